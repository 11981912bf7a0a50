package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

// detectChangedParams finds a parameter that differs from what the steps
// around this one were asked for by the same name.
func (f *finder) detectChangedParams(s *stepInfo) {
	if s.parent < 0 || len(s.kids) > 0 && f.steps[s.parent].parent < 0 && len(f.steps) > 500 {
		return
	}
	for _, p := range s.params {
		if p.side != sideInput || p.list != nil || p.v.empty() || !p.v.scalar() || genericNames[strings.ToLower(p.name)] || len(p.v.str) > 200 {
			continue
		}
		if queryWords.anyOf(words(p.name)) || countWords.anyOf(words(p.name)) && !lowerBound.anyOf(p.words) && !upperBound.anyOf(p.words) || ordinal.anyOf(words(p.name)) {
			continue
		}
		o := f.givenAbove(s, p)
		if o == nil || !o.v.scalar() || o.v.kind == null || f.variesAmongSiblings(s, p) {
			continue
		}
		how := compareSpelling(p.v, o.v)
		if how == exactly || how == otherForm || p.v.kind == text && o.v.kind == text && loosely(p.v, o.v) {
			continue
		}
		if a, ok := p.v.float(); ok {
			if b, ok := o.v.float(); ok && a == b {
				continue
			}
		}
		f.add(draft{kind: KindChangedParam, sev: xray.SeverityNotice, step: s.idx, weight: 61, ptrs: []string{p.ptr},
			vals:  vals{"parameter": p.name, "value": string(p.v.raw()), "given": string(o.v.raw()), "givenStep": f.steps[o.step].d.SpanID.String(), "givenPointer": o.ptr},
			text:  fmt.Sprintf("%s ran with %s %s, but %s says %s.", f.name(s.idx), p.name, showValue(p.v, 60), f.whereParam(s.idx, o), showValue(o.v, 60)),
			short: fmt.Sprintf("%s used %s %s instead of %s", f.name(s.idx), p.name, showValue(p.v, 40), showValue(o.v, 40))})
	}
}

// variesAmongSiblings tells whether the step is one of a loop over values.
func (f *finder) variesAmongSiblings(s *stepInfo, p *param) bool {
	for n, k := range f.siblings(s) {
		if n > 50 {
			break
		}
		if o := f.steps[k]; k != s.idx && o.d.Name == s.d.Name {
			for _, q := range o.params {
				if q.ptr == p.ptr && !same(q.v, p.v) {
					return true
				}
			}
		}
	}
	return false
}

// detectEcho compares what an answer says it is about with what was asked.
func (f *finder) detectEcho(s *stepInfo) {
	if len(s.kids) > 0 || s.d.Type == xray.TypeLLM {
		return
	}
	for _, p := range s.params {
		if p.side != sideInput || p.list != nil || p.v.kind == null || !p.v.scalar() || p.v.empty() || len(p.v.str) > 200 || p.v.kind == boolean || notEchoed[strings.ToLower(p.name)] || genericNames[strings.ToLower(p.name)] {
			continue
		}
		for _, o := range s.params {
			if o.side != sideOutput || o.list != nil || o.name != p.name || !o.v.scalar() || o.v.empty() || o.v.kind != p.v.kind || strings.Count(o.ptr, "/") > 3 {
				continue
			}
			if how := compareSpelling(p.v, o.v); how != differ || p.v.kind == text && loosely(p.v, o.v) {
				continue
			}
			if a, ok := p.v.float(); ok {
				if b, ok := o.v.float(); ok && a == b {
					continue
				}
			}
			f.add(draft{kind: KindEcho, sev: xray.SeverityNotice, step: s.idx, weight: 66, ptrs: []string{p.ptr, o.ptr},
				vals:  vals{"parameter": p.name, "asked": string(p.v.raw()), "answered": string(o.v.raw())},
				text:  fmt.Sprintf("%s was asked for %s %s, but its output is about %s.", f.name(s.idx), p.name, showValue(p.v, 60), showValue(o.v, 60)),
				short: fmt.Sprintf("%s answered about %s instead of %s", f.name(s.idx), showValue(o.v, 40), showValue(p.v, 40))})
			return
		}
	}
}

var notEchoed = newSet("text content page offset limit size count status score state step message value data result name title description summary body output input format type version timestamp cursor total page_size pagesize price amount quantity draft code notes history confidence answer reason")
