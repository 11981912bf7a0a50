package facts

import (
	"fmt"

	"github.com/xraytrace/xray"
)

// inverted finds a filter that did the opposite of its parameter: every kept
// item has what it was to exclude, and no dropped one has.
func (f *finder) inverted(st *station) {
	if st.nKept == 0 || st.dropped() == 0 || st.explicit != nil {
		return
	}
	for _, p := range f.paramsFor(st) {
		if p.step != st.step || !negative.anyOf(p.words) || lowerBound.anyOf(p.words) || upperBound.anyOf(p.words) {
			continue
		}
		r := rule{val: p.v, param: p, op: "not_in"}
		switch p.v.kind {
		case text:
			r.op = "!="
		case array:
		default:
			continue
		}
		for _, c := range st.in.columns() {
			if r.col = c; f.opposite(st, &r) {
				f.invertedFact(st, &r)
				return
			}
		}
	}
}

func (f *finder) opposite(st *station, r *rule) bool {
	for i, kept := range st.kept {
		if r.passes(i) == kept {
			return false
		}
	}
	return true
}

func (f *finder) invertedFact(st *station, r *rule) {
	d := draft{kind: KindViolated, sev: xray.SeverityAlarm, step: st.step, weight: 83, ptrs: []string{r.param.ptr},
		vals: vals{"field": r.col.label(), "violating": st.nKept, "conforming": 0, "parameterPointer": r.param.ptr}}
	if 2/choose(st.in.len(), st.nKept) > 0.34 {
		d.sev = xray.SeverityNotice
	}
	for i, kept := range st.kept {
		if kept && len(d.ptrs) < 4 {
			d.ptrs = append(d.ptrs, cellHere(st.step, st.in, i, r.col))
		}
	}
	d.text = fmt.Sprintf("%s did the opposite of %s: it kept all %d items with %s in %s and dropped all others.", f.name(st.step),
		f.whereParam(st.step, r.param), st.nKept, r.col.label(), r.show())
	d.short = fmt.Sprintf("%s kept what it was to exclude", f.name(st.step))
	f.add(d)
}
