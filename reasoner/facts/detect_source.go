package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

// detectSource checks what a search brought in against its own parameters: it
// was asked for one language, tenant or category and answered with another.
func (f *finder) detectSource(s *stepInfo) {
	l := s.found()
	if l == nil || !s.source() || f.byStep[s.idx] != nil || len(s.kids) > 0 {
		return
	}
	for _, p := range s.params {
		if p.side != sideInput || p.list != nil || queryWords.anyOf(words(p.name)) {
			continue
		}
		for _, c := range l.columns() {
			w, ok := wanted(p, c)
			if !ok || c.idish() || labelWords.anyOf(c.words) && !codes(c) {
				continue
			}
			f.sourceFact(s, l, &w)
		}
	}
}

func (f *finder) sourceFact(s *stepInfo, l *list, w *rule) {
	var wrong []int
	right := 0
	for i := range l.elems {
		switch v := w.col.at(i); {
		case v == nil:
		case w.passes(i), !w.numericOp() && w.op[0] != '!' && w.op != "not_in" && loosely(v, w.param.v):
			right++
		default:
			wrong = append(wrong, i)
		}
	}
	if len(wrong) == 0 {
		return
	}
	d := draft{kind: KindViolated, sev: xray.SeverityNotice, step: s.idx, weight: 46, ptrs: []string{w.param.ptr, l.cellPtr(wrong[0], w.col)},
		vals: vals{"field": w.col.label(), "violating": len(wrong), "conforming": right, "parameterPointer": w.param.ptr}}
	if right == 0 {
		d.weight = 64
	}
	d.text = fmt.Sprintf("%s was asked for %s, but %d of %d items that it brought do not fit: %s has %s %s.", f.name(s.idx), w.clause(), len(wrong), l.len(), l.itemName(wrong[0]), w.col.label(), showValue(w.col.at(wrong[0]), 40))
	d.short = fmt.Sprintf("%s brought items against %s", f.name(s.idx), w.clause())
	f.add(d)
}

// codes tells whether the cells are single words, as a code or a slug is, and
// not titles.
func codes(c *column) bool {
	for i := range c.cells {
		if v := c.at(i); v != nil && (v.kind != text || len(v.str) > 60 || strings.ContainsAny(v.str, " \t\n")) {
			return false
		}
	}
	return true
}
