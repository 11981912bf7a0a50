package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

const (
	maxNear     = 5
	maxQueries  = 20
	maxMentions = 10
	similar     = 0.45 // below it a name is another name
)

// WhyNot answers why a thing is not in the result: it takes a key, a title or
// part of one.
func (l *Lineage) WhyNot(text string) xray.WhyNot {
	a := xray.WhyNot{Match: xray.MatchNever, Searches: l.f.queries(), LeftOut: l.f.left}
	key := foldKey(text)
	if key == "" {
		a.Text = "Ask for a key or a name."
		return a
	}
	if t := l.find(key); t != nil {
		p := l.passport(t)
		a.Match, a.Passport, a.Text = xray.MatchExact, &p, p.Text
		return a
	}
	a.Near = l.near(key)
	a.Mentions = l.f.mentions(key)
	if len(a.Near) > 0 {
		a.Match = xray.MatchNear
		var names []string
		for _, n := range a.Near {
			names = append(names, quote(firstOf(n.Label, n.Key), 60))
		}
		a.Text = fmt.Sprintf("No item is called %s; the nearest are %s.", quote(text, 80), and(names, 3))
		return a
	}
	a.Text = fmt.Sprintf("%s was never a candidate: no step put it out.", quote(text, 80))
	if len(a.Searches) > 0 {
		var qs []string
		for _, q := range a.Searches {
			qs = append(qs, quote(q.Text, 60))
		}
		a.Text += " Searched was for " + and(qs, 3) + "."
	}
	return a
}

// find looks up a key or title, then any field that identifies an item.
func (l *Lineage) find(key string) *tracked {
	if t := l.byKey[key]; t != nil || key == "" {
		return t
	}
	for _, t := range l.items {
		for _, r := range t.at {
			for _, c := range r.l.keyColumns() {
				if cellKey(c.cells[r.i]) == key {
					return t
				}
			}
		}
	}
	return nil
}

func (l *Lineage) near(key string) []NearItem {
	type scored struct {
		t *tracked
		s float64
	}
	var found []scored
	for _, t := range l.items {
		if s := max(similarity(key, foldKey(t.key)), similarity(key, foldKey(t.label))); s >= similar {
			found = append(found, scored{t, s})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.s, a.s) })
	var out []NearItem
	for _, f := range found[:min(maxNear, len(found))] {
		out = append(out, NearItem{Item: l.passport(f.t).Item, Similarity: round(f.s)})
	}
	return out
}

// similarity compares two folded names by their pairs of letters (Dice), and
// counts a name that contains the other whole as near.
func similarity(a, b string) float64 {
	if a == "" || b == "" {
		return 0
	}
	if len(a) > 200 || len(b) > 2000 {
		return 0
	}
	if len(a) >= 3 && strings.Contains(b, a) || len(b) >= 3 && strings.Contains(a, b) {
		return 0.6 + 0.4*float64(min(len(a), len(b)))/float64(max(len(a), len(b)))
	}
	pa, pb := pairs(a), pairs(b)
	if len(pa) == 0 || len(pb) == 0 {
		return 0
	}
	common, total := 0, 0
	for p, n := range pa {
		common += min(n, pb[p])
		total += n
	}
	for _, n := range pb {
		total += n
	}
	return 2 * float64(common) / float64(total)
}

func pairs(s string) map[[2]rune]int {
	out := map[[2]rune]int{}
	var last rune
	for i, r := range []rune(s) {
		if i > 0 {
			out[[2]rune{last, r}]++
		}
		last = r
	}
	return out
}

// queries lists what the run searched for.
func (f *finder) queries() []xray.Search {
	var out []xray.Search
	for _, i := range f.order {
		s := f.steps[i]
		if !s.source() || len(out) >= maxQueries {
			continue
		}
		for _, p := range s.params {
			if p.side != sideInput || p.list != nil || p.v.kind == null || !queryWords.anyOf(words(p.name)) && p.ptr != "/input" {
				continue
			}
			q := xray.Search{Step: s.d.SpanID, Name: s.d.Name, Pointer: p.ptr, Text: cut(paramText(p), 200)}
			if l := s.found(); l != nil {
				q.Found = l.len()
			}
			out = append(out, q)
		}
	}
	return out
}

func (f *finder) mentions(key string) []xray.Mention {
	var out []xray.Mention
	for _, i := range f.order {
		for _, p := range f.steps[i].passages {
			if len(out) < maxMentions && len(key) >= 3 && containsWord(strings.ToLower(p.s), key) {
				out = append(out, xray.Mention{Step: f.steps[i].d.SpanID, Name: f.steps[i].d.Name, Pointer: p.ptr})
			}
		}
	}
	return out
}
