package facts

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/xraytrace/xray"
)

// detectInjection looks for instructions to a model inside data that a tool or
// a search brought in.
func (f *finder) detectInjection(s *stepInfo) {
	if s.d.Type == xray.TypeLLM || s.d.Type == xray.TypePrompt || s.parent < 0 {
		return
	}
	for _, p := range s.passages {
		if p.side != sideOutput {
			continue
		}
		low := strings.ToLower(p.s)
		for _, phrase := range injections {
			if strings.Contains(low, phrase) {
				f.add(draft{kind: KindInjection, sev: xray.SeverityNotice, step: s.idx, weight: 64, ptrs: []string{p.ptr}, vals: vals{"phrase": phrase},
					text: fmt.Sprintf("The data that %s brought in contains an instruction to a model: %s.", f.name(s.idx), quote(around(p.s, strings.Index(low, phrase), 120), 140)), short: fmt.Sprintf("%s brought in an instruction to the model", f.name(s.idx))})
				return
			}
		}
	}
}

var injections = []string{"ignore previous instructions", "ignore all previous", "ignore the above", "disregard previous", "disregard all previous", "disregard the above", "ignore your instructions", "you must now", "new instructions:", "system prompt:", "override your"}

func around(s string, at, length int) string {
	if at < 0 || at > len(s) {
		return s
	}
	rest := s[at:]
	return strings.TrimFunc(cut(rest, length), unicode.IsSpace)
}
