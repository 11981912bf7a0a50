package facts

import (
	"fmt"

	"github.com/xraytrace/xray"
)

var optionWords = newSet("label option choice category class intent enum allowed candidate queue route topic tag sentiment severity priority team department")

// detectLabels finds an answer that is none of the labels that the step was
// told to choose from.
func (f *finder) detectLabels(s *stepInfo) {
	if s.out == nil || len(s.kids) > 0 || s.source() {
		return
	}
	for _, p := range s.params {
		if p.side != sideInput || p.v.kind != array || len(p.v.elems) < 2 || len(p.v.elems) > 60 || p.v.elems[0].kind != text || !optionWords.anyOf(words(p.name)) {
			continue
		}
		for _, o := range s.params {
			if o.side != sideOutput || o.v.kind != text || o.v.empty() || len(o.v.str) > 60 || o.list != nil || !linked(words(o.name), words(p.name)) {
				continue
			}
			if chosen(o.v, p.v) {
				continue
			}
			var names []string
			for i := range p.v.elems {
				names = append(names, cut(p.v.elems[i].str, 30))
			}
			f.add(draft{kind: KindInvented, sev: xray.SeverityNotice, step: s.idx, weight: 69, ptrs: []string{o.ptr, p.ptr},
				vals:  vals{"field": o.name, "value": o.v.str, "options": names},
				text:  fmt.Sprintf("%s answered %s %s, which is none of the %d that it was to choose from: %s.", f.name(s.idx), o.name, quote(o.v.str, 60), len(names), and(names, 5)),
				short: fmt.Sprintf("%s answered %s, which was no choice", f.name(s.idx), quote(o.v.str, 40))})
			return
		}
	}
}

// chosen allows another case, as most programs do.
func chosen(v, options *value) bool {
	for i := range options.elems {
		if foldKey(options.elems[i].str) == foldKey(v.str) {
			return true
		}
	}
	return false
}
