package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// detectErrors tells where errors began, who passed them on, and which steps
// carried on as if nothing had happened.
func (f *finder) detectErrors() {
	broken := make([]bool, len(f.steps)) // the step or one below it failed
	for _, i := range f.order {
		s := f.steps[i]
		failed := s.d.Status == xray.StatusError
		below := slices.ContainsFunc(s.kids, func(k int) bool { return broken[k] })
		broken[i] = failed || below
		switch {
		case failed && below:
			f.add(draft{kind: KindError, sev: xray.SeverityInfo, step: i, weight: 10, effect: true, vals: vals{"error": errorText(s), "passedOn": true},
				text: fmt.Sprintf("%s failed after a step within it had failed.", f.name(i))})
		case failed:
			f.errorFact(s)
		}
	}
	for _, i := range f.order {
		if s := f.steps[i]; s.d.Status != xray.StatusError {
			f.swallowed(s)
		}
	}
}

func errorText(s *stepInfo) string {
	for i := range s.d.Events {
		if e := &s.d.Events[i]; e.Name == "exception" && s.d.Error == "" {
			if v, res := parseJSON(string(e.Attributes)); res == parseOK {
				if m := v.get("exception.message"); m != nil {
					return m.str
				}
			}
		}
	}
	return firstOf(s.d.Error, s.d.StatusText)
}

func (f *finder) errorFact(s *stepInfo) {
	msg := errorText(s)
	d := draft{kind: KindError, sev: xray.SeverityAlarm, step: s.idx, weight: 75, ptrs: []string{"/attributes/exception.message", "/attributes/error.type", "/attributes/error", "/output/error", "/input"}, vals: vals{"error": msg}}
	d.text = fmt.Sprintf("%s failed", f.name(s.idx))
	if msg != "" {
		d.text += ": " + quote(msg, 240)
	}
	d.short = fmt.Sprintf("%s failed", f.name(s.idx))
	if msg != "" {
		d.short += " (" + cut(msg, 80) + ")"
	}
	same, rescued := f.retries(s)
	switch {
	case rescued >= 0:
		d.kind, d.sev, d.weight = KindRetried, xray.SeverityInfo, 28
		if f.steps[rescued].d.Name != s.d.Name {
			d.text += fmt.Sprintf("; %s was asked the same afterwards and answered", f.name(rescued))
		} else {
			d.text += fmt.Sprintf("; a later try succeeded (%s tried %d times)", f.name(s.idx), same)
		}
		if same > 3 {
			d.sev = xray.SeverityNotice
		}
	case same > 1:
		d.text += fmt.Sprintf("; it was tried %d times and never succeeded", same)
		if !f.firstFailure(s) {
			d.effect, d.sev, d.weight = true, xray.SeverityNotice, 20
		}
	}
	if low := strings.ToLower(msg); rescued < 0 && d.sev == xray.SeverityAlarm && s.parent >= 0 && f.steps[s.parent].d.Status != xray.StatusError &&
		(strings.Contains(low, "not found") || strings.Contains(low, "404") || strings.Contains(low, "no rows") || strings.Contains(low, "already exists")) {
		d.sev, d.weight = xray.SeverityNotice, 62 // often an answer rather than a failure
	}
	if p := s.parent; p >= 0 && f.steps[p].d.Status != xray.StatusError && rescued < 0 {
		d.text += fmt.Sprintf("; %s went on and ended ok", f.name(p))
		d.weight += 3
		d.vals["parentOk"] = true
	}
	d.text += "."
	f.add(d)
}

// retries counts the siblings with the same name, and finds one that succeeded
// after this failure.
func (f *finder) retries(s *stepInfo) (same, rescued int) {
	rescued = -1
	for _, k := range f.siblings(s) {
		o := f.steps[k]
		if o.d.Name != s.d.Name {
			if o.d.Type == s.d.Type && o.d.Status == xray.StatusOK && len(s.d.Input) > 2 && string(o.d.Input) == string(s.d.Input) && o.d.Start >= s.d.End {
				rescued = k // another provider was asked the same
			}
			continue
		}
		if k != s.idx && len(s.d.Input) > 0 && len(o.d.Input) > 0 && string(s.d.Input) != string(o.d.Input) {
			continue
		}
		same++
		if o.d.Status != xray.StatusError && o.d.Start >= s.d.Start && k != s.idx && (o.d.End >= s.d.End) {
			rescued = k
		}
	}
	return same, rescued
}

func (f *finder) firstFailure(s *stepInfo) bool {
	for _, k := range f.siblings(s) {
		if o := f.steps[k]; o.d.Name == s.d.Name && o.d.Status == xray.StatusError {
			return k == s.idx
		}
	}
	return true
}

func (f *finder) siblings(s *stepInfo) []int {
	if s.parent >= 0 {
		return f.steps[s.parent].kids
	}
	var roots []int
	for _, o := range f.steps {
		if o.parent < 0 {
			roots = append(roots, o.idx)
		}
	}
	return roots
}

var (
	errorKeys   = newSet("error errors err exception fault failure errormessage error_message errormsg error_msg")
	failedState = newSet("error failed failure timeout timed_out exception")
)
