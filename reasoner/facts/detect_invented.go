package facts

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// detectInvented finds ids among the output that stand in no input: a model
// made them up, or a lookup brought them in.
func (f *finder) detectInvented(s *stepInfo) {
	if s.out == nil || s.source() && s.d.Type != xray.TypeLLM || f.seen.full || len(s.kids) > 0 {
		return
	}
	if st := f.byStep[s.idx]; st != nil && len(st.added) > 0 && st.out != nil && st.m.cb != nil {
		f.inventedItems(s, st)
		return
	}
	if f.byStep[s.idx] == nil {
		f.inventedPick(s)
	}
	f.inventedLinks(s)
}

func (f *finder) inventedItems(s *stepInfo, st *station) {
	c := st.m.cb
	var strange []int
	for _, j := range st.added {
		if v := c.at(int(j)); v != nil && !f.seen.known(v.str, f.putOut(s.idx)) {
			strange = append(strange, int(j))
		}
	}
	if len(strange) == 0 || s.source() {
		return
	}
	d := draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 63, vals: vals{"field": c.label(), "items": len(strange), "example": c.at(strange[0]).str}}
	for _, j := range strange[:min(3, len(strange))] {
		d.ptrs = append(d.ptrs, cellHere(st.step, st.out, j, c))
	}
	sameShape := st.in.shaped(st.m.ca, c.at(strange[0]).str)
	if (c.idish() && !c.list.scalar || sameShape) && len(strange)*2 <= st.out.len() && st.nKept > 0 && (s.d.Type == xray.TypeLLM || narrowWords.anyOf(s.words)) {
		d.sev, d.weight = xray.SeverityAlarm, 83
	}
	chooses := st.nKept*2 >= st.out.len() && !st.in.scalar && (s.d.Type == xray.TypeLLM || narrowWords.anyOf(s.words))
	if st.out.scalar && !sameShape && !chooses {
		d.sev, d.weight = xray.SeverityInfo, 20
	}
	d.text = fmt.Sprintf("%s put out %s not among its %d candidates and in no earlier step: %s.", f.name(s.idx), plural(len(strange), "item"), st.in.len(), st.out.names(strange, 3))
	d.short = fmt.Sprintf("%s made up %s", f.name(s.idx), st.out.itemName(strange[0]))
	f.add(d)
}

// shaped tells whether a text looks like the keys of a list: the same pattern
// of letters and digits as most of them, with both in it.
func (l *list) shaped(c *column, s string) bool {
	if c == nil {
		return false
	}
	want := pattern(s)
	if !strings.Contains(want, "9") || !strings.ContainsAny(want, "aA") {
		return false
	}
	n, tried := 0, 0
	for i := range min(len(c.cells), 50) {
		if v := c.at(i); v != nil {
			tried++
			if pattern(v.str) == want {
				n++
			}
		}
	}
	return tried > 0 && n*2 > tried
}

// pattern writes runs of letters as a, of capitals as A and of digits as 9.
func pattern(s string) string {
	if len(s) > 80 {
		return ""
	}
	var b strings.Builder
	var last rune
	for _, r := range s {
		p := r
		switch {
		case unicode.IsDigit(r):
			p = '9'
		case unicode.IsUpper(r):
			p = 'A'
		case unicode.IsLetter(r):
			p = 'a'
		case unicode.IsSpace(r):
			return ""
		}
		if p != last {
			b.WriteRune(p)
		}
		last = p
	}
	return b.String()
}

var pickWords = newSet("selected chosen best winner pick picked top recommended answer choice match final selection recommendation")

// inventedPick handles an answer that names one item which is none of the
// candidates: {"selected_id": "P99"}.
func (f *finder) inventedPick(s *stepInfo) {
	cands := s.side(sideInput, false)
	cands = append(cands, f.earlier(s.idx)...)
	for _, o := range eachNamed(s.params) {
		if o.side != sideOutput || o.v.kind != text && o.v.kind != number || len(o.v.str) > 120 || f.seen.known(o.v.str, f.putOut(s.idx)) {
			continue
		}
		for _, in := range cands[:min(8, len(cands))] {
			if in.single || in.len() < 2 {
				continue
			}
			c := in.bestKey()
			if c == nil {
				continue
			}
			if !f.speaksOf(o, c, in, s) {
				if f.unknownTitle(o, in) {
					f.add(draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 66, ptrs: []string{o.ptr}, vals: vals{"field": o.name, "value": o.v.str, "candidates": in.len()},
						text:  fmt.Sprintf("%s chose %s, but none of the %d candidates is called so.", f.name(s.idx), quote(o.v.str, 80), in.len()),
						short: fmt.Sprintf("%s chose %s, which is no candidate", f.name(s.idx), quote(o.v.str, 40))})
					return
				}
				continue
			}
			d := draft{kind: KindInvented, sev: xray.SeverityAlarm, step: s.idx, weight: 83, ptrs: []string{o.ptr}, vals: vals{"field": o.name, "value": o.v.str, "candidates": in.len()}}
			d.text = fmt.Sprintf("%s named %s as %s, which is none of the %d candidates and stands in no earlier step.", f.name(s.idx), quote(o.v.str, 60), firstOf(o.name, "its answer"), in.len())
			d.short = fmt.Sprintf("%s picked %s, which is no candidate", f.name(s.idx), cut(o.v.str, 40))
			f.add(d)
			return
		}
	}
}

// eachNamed adds the elements of short arrays, which name something each:
// {"sources": ["doc-1", "doc-7"]}.
func eachNamed(params []*param) []*param {
	out := slices.Clone(params)
	for _, p := range params {
		if p.side != sideOutput || p.v.kind != array || len(p.v.elems) > 20 {
			continue
		}
		for i := range p.v.elems {
			if e := &p.v.elems[i]; e.scalar() {
				q := *p
				q.v, q.ptr = e, fmt.Sprintf("%s/%d", p.ptr, i)
				out = append(out, &q)
			}
		}
	}
	return out
}

// unknownTitle tells whether a field that names a choice holds a short title
// that resembles none of the candidates'.
func (f *finder) unknownTitle(o *param, in *list) bool {
	if !pickWords.anyOf(words(o.name)) || o.v.kind != text || len(o.v.str) > 80 || strings.Count(o.v.str, " ") > 8 || in.len() > 2000 {
		return false
	}
	titled := 0
	for i := range in.elems {
		label := in.itemLabel(i)
		if label == "" {
			continue
		}
		titled++
		if similarity(foldKey(o.v.str), foldKey(label)) >= similar {
			return false
		}
	}
	return titled*2 > in.len()
}

func (l *list) bestKey() *column {
	if c := l.primary(); c != nil {
		return c
	}
	for _, c := range l.keyColumns() {
		if c.idish() {
			return c
		}
	}
	if ks := l.keyColumns(); len(ks) > 0 {
		return ks[0]
	}
	return nil
}

// speaksOf tells whether an output field names an item of the candidates: it
// is called as their key is and stands in a choosing step, or it looks just
// like their keys.
func (f *finder) speaksOf(o *param, c *column, in *list, s *stepInfo) bool {
	ws := words(o.name)
	chooses := pickWords.anyOf(ws) || pickWords.anyOf(o.words) || narrowWords.anyOf(s.words)
	last := ""
	if len(ws) > 0 {
		last = ws[len(ws)-1]
	}
	named := last != "" && len(c.words) > 0 && last == c.words[len(c.words)-1]
	if named && pickWords.anyOf(ws) || in.shaped(c, o.v.str) && (chooses || s.d.Type == xray.TypeLLM) {
		return true
	}
	return o.name == c.name && chooses && o.v.kind == number && isInteger(o.v.str) && c.allIntegers()
}

func (c *column) allIntegers() bool {
	for _, v := range c.cells {
		if v == nil || !isInteger(v.str) {
			return false
		}
	}
	return true
}

// inventedLinks finds web addresses in a model's answer that stood nowhere
// before.
func (f *finder) inventedLinks(s *stepInfo) {
	if s.d.Type != xray.TypeLLM && s.d.Type != xray.TypeAgent {
		return
	}
	for _, p := range s.passages {
		if p.side != sideOutput {
			continue
		}
		for _, u := range links(p.s) {
			if f.seen.known(u, f.putOut(s.idx)) {
				continue
			}
			f.add(draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 48, ptrs: []string{p.ptr}, vals: vals{"value": u},
				text: fmt.Sprintf("%s names the address %s, which stands in nothing it was given.", f.name(s.idx), quote(u, 120)), short: fmt.Sprintf("%s cites an address that it was not given", f.name(s.idx))})
			return
		}
	}
}

func links(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()<>[]\"'`", r) }) {
		if strings.HasPrefix(w, "http://") || strings.HasPrefix(w, "https://") {
			if w = strings.TrimRight(w, ".,;:!?*"); len(out) < 20 && len(w) > 10 {
				out = append(out, w)
			}
		}
	}
	return out
}
