package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

// detectVerdict finds a check that said no while the run went on.
func (f *finder) detectVerdict(s *stepInfo) {
	judge := s.d.Type == xray.TypeGuardrail || s.d.Type == xray.TypeEvaluator || judgeWords.anyOf(s.words)
	if !judge || s.out == nil || s.out.kind != object {
		return
	}
	for i := range s.out.elems {
		m := &s.out.elems[i]
		ws := words(m.key)
		no := m.kind == boolean && (m.str == "false" && yesWords.anyOf(ws) || m.str == "true" && noWords.anyOf(ws)) ||
			m.kind == text && verdictWords.anyOf(ws) && refusals[strings.ToLower(m.str)]
		if !no {
			continue
		}
		next, again := f.after(s)
		d := draft{kind: KindVerdict, sev: xray.SeverityInfo, step: s.idx, weight: 30, ptrs: []string{"/output/" + escape(m.key)}, vals: vals{"verdict": string(m.raw())}}
		d.text = fmt.Sprintf("%s said no (%s is %s)", f.name(s.idx), m.key, showValue(m, 40))
		if next >= 0 && !again {
			d.sev, d.weight = xray.SeverityNotice, 60
			d.text += fmt.Sprintf(", and the run went on with %s", f.name(next))
			d.short = fmt.Sprintf("%s said no and the run went on", f.name(s.idx))
		}
		d.text += "."
		f.add(d)
		return
	}
}

// after is the sibling that follows, and whether the same check ran again and
// a loop may have mended what it found.
func (f *finder) after(s *stepInfo) (next int, again bool) {
	next = -1
	for _, k := range f.siblings(s) {
		o := f.steps[k]
		if k == s.idx || o.d.Start < s.d.End {
			continue
		}
		if o.d.Name == s.d.Name {
			again = true
		}
		if next < 0 && o.d.Status != xray.StatusError {
			next = k
		}
	}
	return next, again
}

var (
	judgeWords   = newSet("guard guardrail check validate validator validation moderate moderation evaluate evaluator judge verify verifier safety policy compliance critic review test")
	yesWords     = newSet("passed pass valid allowed approved safe ok success compliant grounded accepted supported")
	noWords      = newSet("blocked flagged rejected violation unsafe denied failed invalid")
	verdictWords = newSet("verdict decision result status outcome label")
	refusals     = newSet("fail failed reject rejected block blocked deny denied unsafe invalid no")
)
