package facts

import (
	"fmt"

	"github.com/xraytrace/xray"
)

var (
	switchedOff = newSet("enabled enable active is_enabled isenabled is_active")
	switchedOn  = newSet("disabled skip skipped bypass bypassed dry_run dryrun noop no_op disable")
)

// detectSwitchedOff finds a step that was told to do nothing.
func (f *finder) detectSwitchedOff(s *stepInfo) {
	if len(s.kids) > 0 || s.parent < 0 {
		return
	}
	for _, p := range s.params {
		name := lowerName(p.name)
		off := switchedOff[name] && p.v.str == "false" || switchedOn[name] && p.v.str == "true"
		if p.side != sideInput || p.list != nil || p.v.kind != boolean || !off {
			continue
		}
		if st := f.byStep[s.idx]; st != nil && st.dropped() > 0 {
			continue // it did something
		}
		f.add(draft{kind: KindFallback, sev: xray.SeverityNotice, step: s.idx, weight: 61, ptrs: []string{p.ptr}, vals: vals{"flag": p.name},
			text:  fmt.Sprintf("%s was switched off: %s is %s.", f.name(s.idx), p.ptr[1:], p.v.str),
			short: fmt.Sprintf("%s was switched off", f.name(s.idx))})
		return
	}
}
