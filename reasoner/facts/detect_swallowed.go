package facts

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xraytrace/xray"
)

// swallowed finds an error inside the output of a step that counts as success.
func (f *finder) swallowed(s *stepInfo) {
	if f.toldBelow(s) {
		return
	}
	f.toolMessages(s)
	if s.out == nil {
		return
	}
	sev, ptr, what := f.errorIn(s)
	if ptr == "" {
		f.itemErrors(s)
		return
	}
	d := draft{kind: KindSwallowed, sev: sev, step: s.idx, weight: 78, ptrs: []string{ptr}, vals: vals{"error": cut(what, 300)}}
	if sev == xray.SeverityNotice {
		d.weight = 50
	}
	if _, rescued := f.retries(s); rescued >= 0 {
		if p := f.steps[rescued]; p.out != nil {
			if _, again, _ := f.errorIn(p); again == "" {
				d.sev, d.weight = xray.SeverityInfo, 25
			}
		}
	}
	d.text = fmt.Sprintf("%s counts as a success, but its output is an error: %s.", f.name(s.idx), quote(what, 200))
	d.short = fmt.Sprintf("%s returned an error that nobody acted on", f.name(s.idx))
	f.add(d)
}

// toldBelow tells whether a descendant already carries the error.
func (f *finder) toldBelow(s *stepInfo) bool {
	for _, d := range f.drafts {
		if (d.kind == KindSwallowed || d.kind == KindError) && d.step >= 0 && f.within(d.step, s.idx) {
			return true
		}
	}
	return false
}

// errorIn reads the top of the output, a wrapper below it, and tool results in
// messages.
func (f *finder) errorIn(s *stepInfo) (xray.Severity, string, string) {
	if s.d.Type == xray.TypeEvaluator || s.d.Type == xray.TypeGuardrail || judgeWords.anyOf(s.words) || lintWords.anyOf(s.words) {
		return "", "", "" // finding faults is their work
	}
	return readError(s.out, "/output", 0, s.d.Type)
}

var lintWords = newSet("lint linter compile compiler diagnose diagnostic typecheck monitor")

func readError(v *value, ptr string, depth int, t xray.StepType) (xray.Severity, string, string) {
	switch v.kind {
	case text:
		return errorInText(v, ptr, depth, t)
	case array:
		if depth < 4 && len(v.elems) <= 20 && (isMessageOrPart(v)) {
			for i := range v.elems {
				if sev, p, what := readError(&v.elems[i], fmt.Sprintf("%s/%d", ptr, i), depth+1, t); p != "" {
					return sev, p, what
				}
			}
		}
		return "", "", ""
	case object:
		return errorInObject(v, ptr, depth, t)
	}
	return "", "", ""
}

func isMessageOrPart(v *value) bool {
	return len(v.elems) > 0 && (isMessage(&v.elems[0]) || v.elems[0].get("type") != nil)
}

func errorInText(v *value, ptr string, depth int, t xray.StepType) (xray.Severity, string, string) {
	if t == xray.TypeLLM || len(v.str) > 100_000 {
		return "", "", ""
	}
	if depth < 4 && strings.ContainsAny(v.str[:min(1, len(v.str))], "{[") {
		if inner, res := parseJSON(v.str); res == parseOK && inner.kind == object {
			if sev, p, what := readError(&inner, ptr, depth+1, t); p != "" {
				return sev, ptr, what
			}
		}
		return "", "", ""
	}
	low := strings.ToLower(strings.TrimSpace(v.str[:min(200, len(v.str))]))
	if len(v.str) < 2000 && (errorStart.MatchString(low) || len(v.str) < 400 && t == xray.TypeTool && failureStart.MatchString(low)) {
		return xray.SeverityAlarm, ptr, v.str
	}
	return "", "", ""
}

// A text is an error if it begins as programs begin one: "ValueError: …",
// "[ERROR] …", "Error 503 …". A tool's short text may also say so in words.
var (
	errorStart = regexp.MustCompile(`^[^a-z0-9]{0,6}(?:` +
		`[a-z_.]*(?:error|exception|failure)(?:\s*[\[(]?\d{3}[\])]?|\s+code\s+\S+|\s+-)?\s*(?:[:({\]]|-\s)` +
		`|[a-z0-9_]+(?:\.[a-z0-9_]+)*\.(?:errors?|exceptions?)\.[a-z_]+\s*[:)]|error\s+\d{3}\b|http(?:/\d\S*)?[\s:]+[45]\d\d\b|[45]\d\d\s+(?:[a-z]+\s)?(?:error|unavailable|timeout|forbidden|unauthorized|too many|not found|bad gateway)` +
		`|traceback \(most recent|fatal[:\s]|panic:|failed to |internal server error|timeout|(?:request|connection) (?:timed out|refused|reset)|rate limit|unauthorized|forbidden|service unavailable|access denied|permission denied)`)
	failureStart = regexp.MustCompile(`^[^a-z0-9]{0,6}(?:could not|couldn't|cannot|can't|unable to|no such|something went wrong|an error occurred|operation failed|request failed)\b`)
)

func errorInObject(v *value, ptr string, depth int, t xray.StepType) (xray.Severity, string, string) {
	for i := range v.elems {
		m := &v.elems[i]
		name := strings.ToLower(m.key)
		at := ptr + "/" + escape(m.key)
		switch {
		case errorKeys[strings.ReplaceAll(name, "-", "_")] && saysError(m):
			sev := xray.SeverityAlarm
			if name == "errors" && m.kind == array && otherContent(v, m.key) {
				sev = xray.SeverityNotice // a part failed, the rest is there
			}
			return sev, at, errorMessage(m)
		case (name == "iserror" || name == "is_error") && m.str == "true", (name == "ok" || name == "success" || name == "succeeded") && m.kind == boolean && m.str == "false":
			return xray.SeverityAlarm, at, firstOf(v.get("message").textOr(""), v.get("detail").textOr(""), v.get("content").textOr(""), v.get("reason").textOr(""), m.key+": "+m.str)
		case name == "status" && m.kind == text && failedState[strings.ToLower(m.str)]:
			sev := xray.SeverityNotice
			if strings.EqualFold(m.str, "error") || v.get("message") != nil && t == xray.TypeTool {
				sev = xray.SeverityAlarm
			}
			return sev, at, firstOf(v.get("message").textOr(""), v.get("detail").textOr(""), "status: "+m.str)
		case name == "statuscode" || name == "status_code" || name == "status" || name == "http_status" || name == "httpstatus":
			if code, ok := m.float(); ok && code >= 400 && code < 600 {
				return xray.SeverityAlarm, at, firstOf(v.get("message").textOr(""), v.get("body").textOr(""), m.key+": "+m.str)
			}
		}
	}
	if depth >= 4 {
		return "", "", ""
	}
	for i := range v.elems {
		m := &v.elems[i]
		switch strings.ToLower(m.key) {
		case "result", "response", "data", "output", "content", "parts", "body", "tool_result", "value", "messages", "meta", "metadata":
			if sev, p, what := readError(m, ptr+"/"+escape(m.key), depth+1, t); p != "" {
				return sev, p, what
			}
		}
	}
	return "", "", ""
}

// otherContent tells whether an object has more to give than one member.
func otherContent(v *value, but string) bool {
	for i := range v.elems {
		if m := &v.elems[i]; m.key != but && (m.kind == array || m.kind == object) && len(m.elems) > 0 {
			return true
		}
	}
	return false
}

// saysError leaves out error fields that say there is none.
func saysError(m *value) bool {
	switch m.kind {
	case null:
		return false
	case boolean:
		return m.str == "true"
	case number: // an error rate, a count, an error in metres
		return false
	case text:
		t := strings.ToLower(strings.TrimSpace(m.str))
		return t != "" && t != "none" && t != "null" && t != "false" && t != "ok" && t != "no" && t != "0" && t != "n/a" && t != "no error"
	}
	return len(m.elems) > 0
}

func errorMessage(m *value) string {
	if m.kind == object {
		return firstOf(m.get("message").textOr(""), m.get("msg").textOr(""), m.get("detail").textOr(""), m.get("type").textOr(""), string(m.raw()))
	}
	if m.kind == text {
		return m.str
	}
	return string(m.raw())
}

func (v *value) textOr(other string) string {
	if v == nil || v.kind != text || v.str == "" {
		return other
	}
	return v.str
}

// toolMessages finds an error in a tool's answer that stands in the messages
// given to a model, where the tool has no step of its own.
func (f *finder) toolMessages(s *stepInfo) {
	if s.d.Type != xray.TypeLLM || s.in == nil || s.in.kind != array {
		return
	}
	for i := range s.in.elems {
		m := &s.in.elems[i]
		parts := m.get("parts")
		if role := m.get("role"); role == nil || role.str != "tool" || parts == nil {
			continue
		}
		for k := range parts.elems {
			r := parts.elems[k].get("response")
			if r == nil {
				continue
			}
			sev, ptr, what := readError(r, fmt.Sprintf("/input/%d/parts/%d/response", i, k), 1, xray.TypeTool)
			if ptr == "" || f.told(what) {
				continue
			}
			f.add(draft{kind: KindSwallowed, sev: sev, step: s.idx, weight: 76, ptrs: []string{ptr}, vals: vals{"error": cut(what, 300)},
				text:  fmt.Sprintf("%s went on from a tool result that is an error: %s.", f.name(s.idx), quote(what, 200)),
				short: fmt.Sprintf("%s went on from a tool's error", f.name(s.idx))})
			return
		}
	}
}

// told tells whether an error is already reported by another step.
func (f *finder) told(what string) bool {
	for _, d := range f.drafts {
		if d.kind == KindSwallowed && d.vals["error"] == cut(what, 300) || (d.kind == KindError || d.kind == KindRetried) && d.step >= 0 {
			return true
		}
	}
	return false
}

// itemErrors finds items of an output that each carry an error.
func (f *finder) itemErrors(s *stepInfo) {
	for _, l := range s.lists {
		if l.side != sideOutput || l.single || l.scalar || l.len() == 0 || l.dropish() || errorKeys[strings.ToLower(l.name)] {
			continue
		}
		for _, c := range l.columns() {
			if !errorKeys[strings.ToLower(c.name)] {
				continue
			}
			var bad []int
			for i := range l.elems {
				if v := c.at(i); v != nil && saysError(v) {
					bad = append(bad, i)
				}
			}
			if len(bad) == 0 {
				continue
			}
			f.add(draft{kind: KindItemErrors, sev: xray.SeverityNotice, step: s.idx, weight: 60 + 10*float64(len(bad))/float64(l.len()), ptrs: []string{l.cellPtr(bad[0], c)},
				vals:  vals{"items": len(bad), "of": l.len(), "error": cut(c.at(bad[0]).str, 200)},
				text:  fmt.Sprintf("%s put out %d of %d items with an error, %s: %s.", f.name(s.idx), len(bad), l.len(), l.names(bad, 3), quote(errorMessage(c.at(bad[0])), 120)),
				short: fmt.Sprintf("%d of %d items of %s carry an error", len(bad), l.len(), f.name(s.idx))})
			return
		}
	}
}
