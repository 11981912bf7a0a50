package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// detectPlaceholders finds template variables that nobody filled in.
func (f *finder) detectPlaceholders(s *stepInfo) {
	for _, p := range s.passages {
		if p.side != sideInput {
			continue
		}
		mark := placeholder(p.s, p.role)
		if mark == "" || f.inherited(s, mark) {
			continue
		}
		sev, w := xray.SeverityAlarm, 81.0
		if mark != "[object Object]" && (strings.Contains(p.s, "```") || strings.ContainsAny(p.s, ";<>") || len(p.s) > 4000) {
			sev, w = xray.SeverityNotice, 40 // source code and templates speak of placeholders
		}
		if mark[0] != '{' && mark[0] != '[' && mark[0] != '<' {
			sev, w = xray.SeverityNotice, 57
		}
		f.add(draft{kind: KindPlaceholder, sev: sev, step: s.idx, weight: w, ptrs: []string{p.ptr}, vals: vals{"placeholder": mark},
			text:  fmt.Sprintf("%s was given a text in which %s was not filled in: %s.", f.name(s.idx), quote(mark, 40), quote(around(p.s, max(0, strings.Index(p.s, mark)-30), 100), 120)),
			short: fmt.Sprintf("%s ran with %s not filled in", f.name(s.idx), quote(mark, 40))})
		return
	}
}

func (f *finder) inherited(s *stepInfo, mark string) bool {
	return s.d.Type == xray.TypePrompt || slices.ContainsFunc(f.drafts, func(d draft) bool { return d.kind == KindPlaceholder && d.vals["placeholder"] == mark })
}

// placeholder returns the unfilled part of a text: {{name}}, ${name},
// [object Object], or the word that printing nothing leaves behind.
func placeholder(s, role string) string {
	if strings.Contains(s, "[object Object]") {
		return "[object Object]"
	}
	for _, marks := range [][2]string{{"{{", "}}"}, {"${", "}"}} {
		at := strings.Index(s, marks[0])
		if at < 0 {
			continue
		}
		end := strings.Index(s[at:], marks[1])
		if end < 0 || end > 60 {
			continue
		}
		name := strings.Trim(strings.TrimPrefix(s[at:at+end], marks[0]), " -#")
		if name != "" && !strings.ContainsAny(name, "\"'\n:;,(){}[]<>") && role != "system" {
			return s[at : at+end+len(marks[1])]
		}
	}
	if len(s) < 200 {
		for _, w := range strings.Fields(s) {
			if t := strings.Trim(w, ".,;:!?\"'()"); t == "undefined" || t == "None" && strings.Count(s, " ") < 12 && !strings.HasPrefix(s, "None") || t == "NaN" {
				return t
			}
		}
		if t := strings.TrimSpace(s); t == "null" || t == "None" || t == "N/A" && role == "" {
			return t
		}
	}
	return ""
}
