package facts

import (
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
)

var cutReasons = newSet("length max_tokens max_output_tokens model_length incomplete token_limit")

// detectTruncated finds answers that stop before their end.
func (f *finder) detectTruncated(s *stepInfo) {
	reason := s.d.FinishReason
	ptr := ""
	if s.out != nil && s.out.kind == array {
		for i := range s.out.elems {
			if r := s.out.elems[i].get("finish_reason"); r != nil && r.kind == text {
				reason, ptr = r.str, fmt.Sprintf("/output/%d/finish_reason", i)
			}
		}
	}
	low := strings.ToLower(reason)
	var cutAt []string
	for _, p := range s.cuts {
		if strings.HasPrefix(p, "/output") {
			cutAt = append(cutAt, p)
		}
	}
	if f.recordCut(s) {
		return
	}
	switch {
	case cutReasons[low]:
		d := draft{kind: KindTruncated, sev: xray.SeverityAlarm, step: s.idx, weight: 72, ptrs: append(cutAt, ptr, "/output", "/attributes/gen_ai.response.finish_reasons"), vals: vals{"finishReason": reason, "brokenJSON": len(cutAt) > 0}}
		d.text = fmt.Sprintf("%s stopped at its token limit (finish reason %s)", f.name(s.idx), quote(reason, 30))
		if len(cutAt) > 0 {
			d.text += "; the JSON in its output is broken off"
			d.weight += 8
		} else if f.endsWell(s) {
			d.sev, d.weight = xray.SeverityNotice, 40
		}
		d.text += "."
		d.short = f.name(s.idx) + " was cut off at its token limit"
		f.add(d)
	case len(cutAt) > 0 && f.preview(s, cutAt[0]):
		f.add(draft{kind: KindRecordCut, sev: xray.SeverityInfo, step: s.idx, weight: 15, ptrs: cutAt, vals: vals{"parts": cutAt},
			text: fmt.Sprintf("The output of %s was recorded only in part; what follows the cut is not known.", f.name(s.idx))})
	case len(cutAt) > 0:
		f.add(draft{kind: KindTruncated, sev: xray.SeverityAlarm, step: s.idx, weight: 74, ptrs: cutAt, vals: vals{"finishReason": reason, "brokenJSON": true},
			text: fmt.Sprintf("%s put out JSON that breaks off before its end.", f.name(s.idx)), short: f.name(s.idx) + " put out broken-off JSON"})
	case strings.Contains(low, "filter") || low == "safety" || low == "refusal":
		f.add(draft{kind: KindFiltered, sev: xray.SeverityAlarm, step: s.idx, weight: 70, ptrs: []string{ptr, "/output", "/attributes/gen_ai.response.finish_reasons"}, vals: vals{"finishReason": reason},
			text: fmt.Sprintf("%s was stopped by a content filter (finish reason %s).", f.name(s.idx), quote(reason, 30)), short: f.name(s.idx) + " was stopped by a content filter"})
	}
}

// preview tells whether a text looks cut by whoever recorded it: it says so,
// or has a round length.
func (f *finder) preview(s *stepInfo, ptr string) bool {
	v := f.lookup(s.idx, ptr)
	if v == nil || s.d.Type == xray.TypeLLM {
		return false
	}
	t := strings.TrimSpace(v.str)
	n := len([]rune(v.str))
	return strings.HasSuffix(t, "…") || strings.HasSuffix(t, "...") || strings.HasSuffix(strings.ToLower(t), "truncated]") || strings.HasSuffix(strings.ToLower(t), "truncated)") ||
		n >= 100 && (n%100 == 0 || n&(n-1) == 0)
}

// endsWell tells whether the answer reads as complete all the same: whole
// JSON, or a short label.
func (f *finder) endsWell(s *stepInfo) bool {
	for _, l := range s.lists {
		if l.side == sideOutput {
			return true
		}
	}
	for _, p := range s.passages {
		if p.side == sideOutput && len(p.s) > 0 {
			return len(p.s) < 20 && !strings.ContainsRune(p.s, ' ')
		}
	}
	return false
}

// recordCut notices that the SDK shortened the record; then a broken end says
// nothing about the program.
func (f *finder) recordCut(s *stepInfo) bool {
	t := s.attr.get("xray.truncated")
	if t == nil || t.empty() {
		return false
	}
	f.add(draft{kind: KindRecordCut, sev: xray.SeverityInfo, step: s.idx, weight: 15, ptrs: []string{"/attributes/xray.truncated"}, vals: vals{"parts": string(t.raw())},
		text: fmt.Sprintf("The record of %s was shortened by the SDK; counts and items beyond the cut are not known.", f.name(s.idx))})
	return true
}
