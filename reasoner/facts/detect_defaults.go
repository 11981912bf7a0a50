package facts

import (
	"fmt"

	"github.com/xraytrace/xray"
)

// detectDefaults finds a step that hands its input on with a value of its own:
// a default for what was not found. It is worth saying if a later step ran
// with the value and nothing before had it.
func (f *finder) detectDefaults(s *stepInfo) {
	if s.d.Type == xray.TypeLLM || len(s.kids) > 0 || s.parent < 0 || s.source() || f.seen.full || f.request() == nil ||
		s.in == nil || s.out == nil || s.in.kind != object || s.out.kind != object || len(s.in.elems) == 0 {
		return
	}
	for i := range s.in.elems {
		m := &s.in.elems[i]
		if o := s.out.get(m.key); o == nil || !m.empty() && !same(m, o) {
			return // it computes; this is no filling in
		}
	}
	for i := range s.out.elems {
		m := &s.out.elems[i]
		if was := s.in.get(m.key); was != nil && !was.empty() || !entity(m) || notArgument[lowerName(m.key)] || f.seen.known(m.str, f.putOut(s.idx)) {
			continue
		}
		user := f.usedBy(s, m)
		if user < 0 {
			continue
		}
		f.add(draft{kind: KindFallback, sev: xray.SeverityNotice, step: s.idx, weight: 60, ptrs: []string{"/output/" + escape(m.key)},
			vals:  vals{"parameter": m.key, "value": m.str, "usedBy": f.steps[user].d.SpanID.String()},
			text:  fmt.Sprintf("%s filled in %s %s, which stands neither in the request nor in any earlier result; %s ran with it.", f.name(s.idx), m.key, showValue(m, 60), f.name(user)),
			short: fmt.Sprintf("%s filled in %s %s by itself", f.name(s.idx), m.key, showValue(m, 40))})
		return
	}
}

// usedBy is the first later step that was given the value under its name.
func (f *finder) usedBy(s *stepInfo, m *value) int {
	for _, k := range f.order[f.pos[s.idx]+1:] {
		if !f.before(s.idx, k) {
			continue
		}
		for _, p := range f.steps[k].params {
			if p.side == sideInput && p.name == m.key && p.v.kind == text && p.v.str == m.str {
				return k
			}
		}
	}
	return -1
}
