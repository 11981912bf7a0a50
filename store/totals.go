package store

import (
	"cmp"
	"slices"
	"time"

	"github.com/xraytrace/xray"
)

// traceKey names an execution: the same trace id in two projects is two.
type traceKey struct {
	project int32
	trace   xray.TraceID
}

func (k traceKey) compare(o traceKey) int {
	return cmp.Or(cmp.Compare(k.project, o.project), slices.Compare(k.trace[:], o.trace[:]))
}

// execution is a row of table executions.
type execution struct {
	traceKey
	xray.Execution        // without Settled and Funnel; Metadata, FinalOutcome and Receipt are in hints
	first, last    int64  // segments
	payload        bool   // some step recorded input or output
	baseName       string // without hints
	hints          hints
}

// summary is what a set of distinct spans says about their execution. It is
// exact if the set is complete.
type summary struct {
	execution
	pending bool       // an announced step has not ended
	whole   bool       // nothing seems to be missing; only of what has just come
	calls   bool       // some step is a model call
	failed  *xray.Step // the step whose error tells most
	stats   []stat     // of the ended steps, in order of start
}

// distinct keeps one step for each span id, the last to come, and the real one
// before the one that announced it. steps come in order of arrival; the result
// is in order of start.
func distinct(steps []*xray.Step) []*xray.Step {
	at := make(map[xray.SpanID]int, len(steps))
	kept := make([]*xray.Step, 0, len(steps))
	for _, step := range steps {
		old, there := at[step.SpanID]
		switch {
		case !there:
			at[step.SpanID] = len(kept)
			kept = append(kept, step)
		case !step.Pending || kept[old].Pending:
			kept[old] = step
		}
	}
	slices.SortStableFunc(kept, func(a, b *xray.Step) int { return cmp.Compare(a.Start, b.Start) })
	return kept
}

// summarise computes the row of an execution from its distinct steps.
func summarise(key traceKey, steps []*xray.Step) summary {
	s := summary{execution: execution{traceKey: key}}
	s.Start = xray.MaxNano
	var bestEnd xray.Nano
	repeated := xray.RepeatedCalls(steps)
	s.stats = make([]stat, 0, len(steps))
	for _, step := range steps {
		s.hints.add(step)
		s.payload = s.payload || step.HasPayload
		s.Start = min(s.Start, step.Start)
		bestEnd = max(bestEnd, step.End)
		if step.Pending {
			s.pending = true
			continue
		}
		s.count(step, repeated[step.SpanID])
	}
	if s.ErrorCount > 0 {
		s.failed = decisiveFailure(steps)
	}
	s.setFrame(steps, bestEnd)
	slices.Sort(s.Models)
	return s
}

// count adds one ended step to the totals. What only repeats another call's
// tokens and cost is a step like any other, but nothing is paid for it.
func (s *summary) count(step *xray.Step, repeated bool) {
	s.StepCount++
	s.stats = append(s.stats, statOf(step, repeated))
	if step.Status == xray.StatusError {
		s.ErrorCount++
	}
	if !step.ModelCall {
		return
	}
	s.calls = true
	if step.Model != "" && !slices.Contains(s.Models, step.Model) {
		s.Models = append(s.Models, step.Model)
	}
	if repeated {
		return
	}
	s.InputTokens = sum(s.InputTokens, step.Tokens.InputTotal())
	s.OutputTokens = sum(s.OutputTokens, step.Tokens.OutputTotal())
	s.CostUSD = sum(s.CostUSD, step.CostUSD)
	s.CostPartial = s.CostPartial || step.CostUSD == nil && !costless(step)
}

// costless reports whether a call failed before anything was used: providers
// charge nothing for a refusal, so that its unknown cost hides none.
func costless(call *xray.Step) bool {
	return call.Status == xray.StatusError && call.Tokens.InputTotal() == nil && call.Tokens.OutputTotal() == nil
}

// setFrame sets name, service, times and status. Ended roots decide them: work
// that goes on behind a root is not part of what its caller waited for. Without
// one, an announced root lends its name, else the first step does.
func (s *summary) setFrame(steps []*xray.Step, lastEnd xray.Nano) {
	s.Status = xray.StatusRunning
	var frame *xray.Step
	for _, step := range steps {
		if !step.ParentID.IsZero() || step.Pending {
			continue
		}
		if frame == nil {
			frame = step
			s.HasRoot, s.Status, s.Start = true, xray.StatusOK, step.Start
		}
		s.End = max(s.End, step.End)
		if step.Status == xray.StatusError {
			s.Status = xray.StatusError
		}
	}
	if frame == nil {
		frame = firstOf(steps, func(step *xray.Step) bool { return step.ParentID.IsZero() })
	}
	if frame == nil {
		frame = firstOf(steps, func(*xray.Step) bool { return true })
	}
	if frame != nil {
		s.baseName, s.Service = frame.Name, frame.Service
	}
	if !s.HasRoot {
		s.End = lastEnd // shown once it is settled; a running execution has none
	}
}

func firstOf(steps []*xray.Step, want func(*xray.Step) bool) *xray.Step {
	for _, step := range steps {
		if want(step) {
			return step
		}
	}
	return nil
}

// decisiveFailure is the first error without an error below it: where it broke,
// not where it was passed on. nil if nothing failed.
func decisiveFailure(steps []*xray.Step) *xray.Step {
	passedOn := make(map[xray.SpanID]bool)
	for _, step := range steps {
		if step.Status == xray.StatusError {
			passedOn[step.ParentID] = true
		}
	}
	return firstOf(steps, func(s *xray.Step) bool {
		return s.Status == xray.StatusError && !passedOn[s.SpanID]
	})
}

// finalStatus is the status of an execution that will not change any more.
// Without a root, any error decides; what was announced and never ended has
// failed: its process is gone.
func (s *summary) finalStatus() xray.Status {
	switch {
	case s.HasRoot:
		return s.Status
	case s.ErrorCount > 0 || s.pending:
		return xray.StatusError
	default:
		return xray.StatusOK
	}
}

// absorb adds spans that came later to the row that is there. The totals become
// provisional: a span that came before counts twice until settling.
func (e *execution) absorb(later *summary) {
	e.StepCount += later.StepCount
	e.ErrorCount += later.ErrorCount
	e.InputTokens = sum(e.InputTokens, later.InputTokens)
	e.OutputTokens = sum(e.OutputTokens, later.OutputTokens)
	e.CostUSD = sum(e.CostUSD, later.CostUSD)
	e.CostPartial = e.CostPartial || later.CostPartial
	for _, m := range later.Models {
		if at, there := slices.BinarySearch(e.Models, m); !there {
			e.Models = slices.Insert(e.Models, at, m)
		}
	}
	e.payload = e.payload || later.payload
	e.hints.merge(later.hints)
	e.first, e.last = min(e.first, later.first), max(e.last, later.last)
	e.absorbFrame(later)
}

func (e *execution) absorbFrame(later *summary) {
	takesFrame := later.Start < e.Start
	switch {
	case later.HasRoot && !e.HasRoot:
		takesFrame = true
		e.HasRoot, e.Status, e.End = true, later.Status, later.End
	case later.HasRoot:
		e.End = max(e.End, later.End)
		if later.Status == xray.StatusError {
			e.Status = xray.StatusError
		}
	case e.HasRoot:
		return
	default: // neither has one: it runs on
		e.Status, e.End = xray.StatusRunning, 0
	}
	if takesFrame {
		e.Start, e.baseName, e.Service = later.Start, later.baseName, later.Service
	}
}

// finish fills in the columns that follow from hints.
func (e *execution) finish() {
	e.Name = cmp.Or(e.hints.text(wordName), e.baseName)
	e.ExecutionID = e.hints.text(wordExecutionID)
	e.SessionID = e.hints.text(wordSession)
	e.UserID = e.hints.text(wordUser)
	e.Environment = e.hints.text(wordEnvironment)
	e.Release = e.hints.text(wordRelease)
	e.Tags = e.hints.Tags
	if e.Status == xray.StatusRunning {
		e.End = 0
	}
}

// duration is End − Start, zero while running and never below.
func (e *execution) duration() time.Duration {
	return time.Duration(max(0, e.End-e.Start))
}

// sum adds what was reported; nil is "not reported", not zero.
func sum[N int64 | float64](a, b *N) *N {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	total := *a + *b
	return &total
}
