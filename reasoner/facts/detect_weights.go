package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

var weightWords = newSet("weight boost coefficient importance factor multiplier")

// detectWeights finds a field that was given the weight 0 beside others that
// count.
func (f *finder) detectWeights(s *stepInfo) {
	for _, p := range s.params {
		if n, ok := p.v.float(); p.side == sideOutput || p.v.kind != number || !ok || n != 0 || p.list != nil || !weightWords.anyOf(p.words) {
			continue
		}
		up := p.ptr[:strings.LastIndexByte(p.ptr, '/')]
		counts := 0
		for _, o := range s.params {
			if n, ok := o.v.float(); ok && n != 0 && strings.HasPrefix(o.ptr, up+"/") && weightWords.anyOf(o.words) {
				counts++
			}
		}
		if counts == 0 {
			continue
		}
		f.add(draft{kind: KindEmptyParam, sev: xray.SeverityNotice, step: s.idx, weight: 64, ptrs: []string{p.ptr}, vals: vals{"parameter": p.name, "value": "0"},
			text:  fmt.Sprintf("%s gave %s the weight 0: it did not count.", f.name(s.idx), p.name),
			short: fmt.Sprintf("%s did not count for %s", p.name, f.name(s.idx))})
		return
	}
}
