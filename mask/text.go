package mask

import (
	"cmp"
	"slices"

	"github.com/xraytrace/xray"
)

// found is a part of a text that a rule found.
type found struct {
	span
	rule int
}

const (
	// What is taken out can leave something behind that a rule finds: two halves
	// of a number that come together, a text that now begins a line. So a text is
	// looked at until nothing is found; one that does not come to rest after so
	// many rounds is masked as a whole.
	maxRounds = 8
	// A text may grow by its markers this much; one that would grow more is
	// masked as a whole. It bounds the memory that a request can take.
	growFactor, growSlack = 2, 256
)

// cover masks what the rules find in a text that is not JSON, or is not taken
// as JSON.
func (p *Pass) cover(active rules, loose bool, text string) (masked string, changed bool) {
	out := text
	for round := 0; ; round++ {
		all := p.m.search(active, loose, out)
		if len(all) == 0 {
			return out, round > 0
		}
		first := all[0].rule
		if round == maxRounds {
			return p.marker(first, text), true
		}
		if out = p.cut(out, all); len(out) > growFactor*len(text)+growSlack {
			return p.marker(first, text), true
		}
	}
}

// search returns what rules find outside of markers, in order. What overlaps is
// one: half a secret must not stay because two rules disagree on its end.
func (m *Masker) search(active rules, loose bool, text string) []found {
	var all []found
	for i := range m.rules {
		r := &m.rules[i]
		if r.find != nil && active.has(i) {
			for _, s := range r.find(text) {
				all = append(all, found{s, i})
			}
		}
		if loose && r.loose != nil {
			for _, s := range looseSpans(r.loose, text) {
				all = append(all, found{s, i})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return unite(outside(m.marksIn(text), all))
}

// outside drops what is empty or within a marker, and extends over a marker
// what touches one: no marker is ever broken.
func outside(marks []span, all []found) []found {
	kept := all[:0]
	for _, f := range all {
		// The first marker that ends behind the start.
		i, _ := slices.BinarySearchFunc(marks, f.start+1, func(mark span, start int) int { return cmp.Compare(mark.end, start) })
		within := i < len(marks) && f.start >= marks[i].start && f.end <= marks[i].end
		if within || f.start >= f.end {
			continue
		}
		for ; i < len(marks) && marks[i].start < f.end; i++ {
			f.start, f.end = min(f.start, marks[i].start), max(f.end, marks[i].end)
		}
		kept = append(kept, f)
	}
	return kept
}

// unite joins what overlaps; the first rule gives it its name.
func unite(all []found) []found {
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.rule, b.rule)) })
	out := all[:0]
	for _, f := range all {
		if n := len(out); n > 0 && f.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, f.end)
			out[n-1].rule = min(out[n-1].rule, f.rule)
			continue
		}
		out = append(out, f)
	}
	return out
}

// cut puts markers in the place of what was found.
func (p *Pass) cut(text string, all []found) string {
	out := make([]byte, 0, len(text)+16*len(all))
	done := 0
	for _, f := range all {
		out = append(out, text[done:f.start]...)
		if p.m.rules[f.rule].action != xray.MaskRemove {
			out = append(out, p.marker(f.rule, text[f.start:f.end])...)
		}
		done = f.end
		p.hit(f.rule)
	}
	return string(append(out, text[done:]...))
}
