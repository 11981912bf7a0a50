package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

var countNames = newSet("count returned num_results numresults result_count resultcount n_results size length")

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
