package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

var countNames = newSet("count returned num_results numresults result_count resultcount n_results size length")

var fallbackNames = newSet("fallback used_fallback usedfallback is_fallback isfallback fallback_used fallbackused default_used used_default useddefault degraded partial partial_results partialresults timed_out timedout incomplete is_partial circuit_open")

// detectFallback finds steps that say of themselves that they answered with a
// default, or in part.
func (f *finder) detectFallback(s *stepInfo) {
	if len(s.kids) > 0 {
		return
	}
	for _, p := range s.params {
		name := lowerName(p.name[strings.LastIndexByte(p.name, '.')+1:])
		if p.side == sideInput || !fallbackNames[name] || p.v.str != "true" || p.list != nil {
			continue
		}
		f.add(draft{kind: KindFallback, sev: xray.SeverityNotice, step: s.idx, weight: 59, ptrs: []string{p.ptr}, vals: vals{"flag": p.name},
			text:  fmt.Sprintf("%s says of its own answer that it is not the full one: %s is true.", f.name(s.idx), strings.TrimPrefix(p.ptr, "/")),
			short: fmt.Sprintf("%s fell back (%s)", f.name(s.idx), p.name)})
		return
	}
}

// readFlags compares what an output says about itself with what it holds.
func (f *finder) readFlags(s *stepInfo) {
	l := s.found()
	if l == nil || s.out == nil || s.out.kind != object || len(s.kids) > 0 {
		return
	}
	for i := range s.out.elems {
		m := &s.out.elems[i]
		n, ok := m.float()
		if !ok || m.kind != number || !countNames[strings.ToLower(m.key)] || n == float64(l.len()) || n < 0 || strings.Count(l.home(), "/") != 2 {
			continue
		}
		f.add(draft{kind: KindCount, sev: xray.SeverityNotice, step: s.idx, weight: 44, ptrs: []string{"/output/" + escape(m.key), l.home()}, vals: vals{"says": n, "has": l.len()},
			text:  fmt.Sprintf("%s says %s is %s, but its list has %s.", f.name(s.idx), m.key, showNumber(n), plural(l.len(), "item")),
			short: fmt.Sprintf("%s counts %s but lists %d", f.name(s.idx), showNumber(n), l.len())})
		return
	}
}
