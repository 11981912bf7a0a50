package facts

import (
	"fmt"
	"slices"
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
		if p.side != sideInput || p.list != nil || p.v.empty() || !p.v.scalar() || len(p.v.str) > 200 {
			continue
		}
		if queryWords.anyOf(words(p.name)) || !f.tighter(s, p) && countWords.anyOf(words(p.name)) && !lowerBound.anyOf(p.words) && !upperBound.anyOf(p.words) || ordinal.anyOf(words(p.name)) {
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

// tighter tells whether a count is what cut the items at this step, where the
// run was asked for more: top_k 1 instead of 3.
func (f *finder) tighter(s *stepInfo, p *param) bool {
	st := f.byStep[s.idx]
	if st == nil || st.why.limit == nil || st.why.limit.ptr != p.ptr || st.why.limit.step != s.idx {
		return false
	}
	o := f.givenAbove(s, p)
	if o == nil {
		return false
	}
	n, ok := p.v.float()
	asked, okAsked := o.v.float()
	return ok && okAsked && n < asked
}

// detectMisread finds a value that a step read out of the request otherwise
// than the run has it under the same name: budget 50 instead of 500.
func (f *finder) detectMisread(s *stepInfo) {
	if s.parent < 0 || len(s.kids) > 0 || s.source() || s.d.Type == xray.TypeTool {
		return
	}
	for _, p := range s.params {
		if p.side != sideOutput || p.list != nil || p.v.kind != number || genericNames[strings.ToLower(p.name)] || notEchoed[lowerName(p.name)] ||
			countWords.anyOf(words(p.name)) || scoreWords.anyOf(words(p.name)) || strings.Count(p.ptr, "/") > 3 {
			continue
		}
		n, _ := p.v.float()
		for up, k := s.parent, 0; up >= 0 && k < 50; up, k = f.steps[up].parent, k+1 {
			for _, o := range f.steps[up].params {
				asked, ok := o.v.float()
				if o.side != sideInput || o.list != nil || o.name != p.name || !ok || asked == n || slices.ContainsFunc(s.params, func(q *param) bool { return q.side == sideInput && q.name == p.name }) {
					continue
				}
				f.add(draft{kind: KindChangedParam, sev: xray.SeverityNotice, step: s.idx, weight: 58, ptrs: []string{p.ptr},
					vals:  vals{"parameter": p.name, "value": string(p.v.raw()), "given": string(o.v.raw()), "givenStep": f.steps[up].d.SpanID.String(), "givenPointer": o.ptr},
					text:  fmt.Sprintf("%s put out %s %s, but %s says %s.", f.name(s.idx), p.name, showValue(p.v, 60), f.whereParam(s.idx, o), showValue(o.v, 60)),
					short: fmt.Sprintf("%s made %s of %s %s", f.name(s.idx), showValue(p.v, 40), p.name, showValue(o.v, 40))})
				return
			}
		}
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
		if p.name == "" || p.side != sideInput || p.list != nil || p.v.kind == null || !p.v.scalar() || p.v.empty() || len(p.v.str) > 200 || p.v.kind == boolean || notEchoed[strings.ToLower(p.name)] || genericNames[strings.ToLower(p.name)] {
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
