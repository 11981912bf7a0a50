package facts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// turns are what agents and loops count.
var turns = newSet("iteration step turn attempt retry try round depth hop call loop")

var gaveUp = regexp.MustCompile(`(?i)\b(?:max(?:imum)?(?: number of)? (?:iterations?|steps?|turns?|attempts?|retries|tool calls|depth)|(?:iteration|recursion|step|turn|retry|time) limit)(?: of \d+)?\b.{0,24}\b(?:reached|exceeded|hit|exhausted)|\b(?:stopped|gave up|giving up|aborted) (?:due to|after|because of) (?:the |an? )?(?:iteration|recursion|step|turn|time|max|\d+ (?:iterations|steps|turns|attempts|tries))`)

// detectGaveUp finds a step that ended because it was out of turns, not
// because it was done.
func (f *finder) detectGaveUp(s *stepInfo) {
	said, ptr := "", ""
	for _, p := range s.passages[:min(len(s.passages), 50)] { // it is said in a few words
		if p.side != sideOutput || len(p.s) > 400 || !endings(strings.ToLower(p.s)) {
			continue
		}
		if m := gaveUp.FindString(p.s); m != "" {
			said, ptr = m, p.ptr
			break
		}
	}
	if ptr == "" {
		if used, limit := f.outOfTurns(s); limit != nil {
			said, ptr = fmt.Sprintf("%s is %s, and so is %s", used.name, showValue(used.v, 20), limit.name), used.ptr
		}
	}
	if ptr == "" || slices.ContainsFunc(f.drafts, func(d draft) bool { return d.kind == KindGaveUp && d.step >= 0 && f.within(s.idx, d.step) }) {
		return
	}
	below := slices.IndexFunc(f.drafts, func(d draft) bool { return d.kind == KindGaveUp && d.step >= 0 && f.within(d.step, s.idx) })
	d := draft{kind: KindGaveUp, sev: xray.SeverityNotice, step: s.idx, weight: 67, effect: below >= 0, ptrs: []string{ptr}, vals: vals{"says": said},
		text:  fmt.Sprintf("%s ended at its limit rather than with a result: %s.", f.name(s.idx), quote(said, 120)),
		short: fmt.Sprintf("%s was out of turns", f.name(s.idx))}
	f.add(d)
}

// endings asks for a word without which gaveUp cannot match: that is much
// faster than asking the expression.
func endings(low string) bool {
	return strings.Contains(low, "limit") || strings.Contains(low, "max") || strings.Contains(low, "stopped") ||
		strings.Contains(low, "gave up") || strings.Contains(low, "giving up") || strings.Contains(low, "aborted")
}

// outOfTurns finds a counter that stands at its own limit: iterations 5 and
// max_iterations 5.
func (f *finder) outOfTurns(s *stepInfo) (used, limit *param) {
	for _, l := range s.params {
		if l.v.kind != number || l.list != nil || !turns.anyOf(words(l.name)) || !upperBound.anyOf(words(l.name)) {
			continue
		}
		for _, u := range s.params {
			n, ok := u.v.float()
			if u == l || u.v.kind != number || !ok || n < 2 || u.v.str != l.v.str || upperBound.anyOf(words(u.name)) || !sharesWord(words(u.name), words(l.name)) || !turns.anyOf(words(u.name)) {
				continue
			}
			return u, l
		}
	}
	return nil, nil
}
