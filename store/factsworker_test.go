package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// finder explains from records alone and remembers what it was shown.
type finder struct {
	t    *testing.T
	mu   sync.Mutex
	runs map[xray.TraceID]xray.Recorded
	many int // most executions that came at once
}

func (f *finder) Explain(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
	return xray.Explanation{Headline: "alone"}, nil
}

func (f *finder) FromRecords(runs []xray.Recorded, _ []json.RawMessage) []xray.Explanation {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.many = max(f.many, len(runs))
	out := make([]xray.Explanation, len(runs))
	for i, r := range runs {
		if r.Execution.Name == "poison" {
			panic("at an odd payload")
		}
		f.runs[r.Execution.TraceID] = r
		out[i] = xray.Explanation{
			Facts: []xray.Fact{{ID: "F1", Kind: "drop"}}, Funnel: []int64{5, 3}, Headline: fmt.Sprintf("%d steps seen", len(r.Steps)),
			Profile: json.RawMessage(`{"a":1}`), Reasonings: []xray.Reasoning{
				{Source: xray.SourceFacts, Headline: "whole", Claims: []xray.Claim{{Text: "It fell"}}, DecisiveSteps: []string{"a\"b", "c"}},
				{Source: xray.SourceFacts, StepID: spanID(2), Headline: "step\x00", Missing: []string{"why"}, VerifiedRate: 1},
			},
		}
		if i > 0 && runs[i-1].Execution.Start > r.Execution.Start {
			f.t.Error("executions do not come in order of start")
		}
	}
	return out
}

// withoutModel opens a store as serve does without a model, and explains.
func withoutModel(t *testing.T, url string) (*store.Store, *finder) {
	opts := quick()
	opts.FactsOnly = true
	s := open(t, url, opts)
	f := &finder{t: t, runs: map[xray.TraceID]xray.Recorded{}}
	inBackground(t, s.Settle)
	inBackground(t, func(ctx context.Context) error { return s.RunJobs(ctx, f) })
	return s, f
}

func headlineIs(t *testing.T, s *store.Store, id xray.TraceID, want string) {
	t.Helper()
	eventually(t, func() string {
		if e := settled(t, s, id); e.Headline != want {
			return fmt.Sprintf("execution %s: headline %q, want %q", id, e.Headline, want)
		}
		return ""
	})
}

func TestWithoutAModelFactsAreFoundManyAtATime(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, f := withoutModel(t, url)
	var all []xray.Step
	for i := range 100 {
		all = append(all, withPayload(span(i, 1, 0, "ask", i, i+9)), span(i, 2, 1, "filter", i+1, i+2))
	}
	put(t, s, batchOf(t, theProject, all...))
	for i := range 100 {
		headlineIs(t, s, traceID(i), "2 steps seen")
	}
	e := settled(t, s, traceID(7))
	facts, err := s.Facts(t.Context(), theProject, traceID(7))
	if err != nil || len(facts) != 1 || len(e.Funnel) != 2 || e.Funnel[1] != 3 {
		t.Errorf("facts %+v, funnel %v, error %v", facts, e.Funnel, err)
	}
	reasonings, err := s.Reasonings(t.Context(), theProject, traceID(7))
	if err != nil || len(reasonings) != 2 || reasonings[0].DecisiveSteps[0] != `a"b` || len(reasonings[0].Claims) != 1 ||
		reasonings[1].StepID != spanID(2) || reasonings[1].Missing[0] != "why" {
		t.Errorf("reasonings %+v, error %v", reasonings, err)
	}
	job, err := s.Job(t.Context(), theProject, traceID(7))
	if err != nil || job == nil || job.Status != xray.JobCompleted || !job.FactsOnly {
		t.Errorf("job %+v, error %v", job, err)
	}
	if steps := f.runs[traceID(7)].Steps; len(steps) != 2 || steps[0].Name != "ask" || !steps[0].HasPayload {
		t.Errorf("the facts were found in %+v", steps)
	}
	if f.many < 2 {
		t.Error("they were explained one by one")
	}
	if n := count(t, url, "SELECT count(*) FROM unexplained"); n != 0 {
		t.Errorf("%d are still noted as unexplained", n)
	}
}

func TestAnExecutionWhoseFactsCannotBeFoundKeepsNoOtherFromIts(t *testing.T) {
	t.Parallel()
	s, _ := withoutModel(t, pgtest.New(t))
	for i := range 5 {
		name := "ask"
		if i == 2 {
			name = "poison"
		}
		put(t, s, batchOf(t, theProject, withPayload(span(i, 1, 0, name, 0, 9))))
	}
	for _, i := range []int{0, 1, 3, 4} {
		headlineIs(t, s, traceID(i), "1 steps seen")
	}
	headlineIs(t, s, traceID(2), "1 step in 9 ms")
	eventually(t, func() string {
		if job, err := s.Job(t.Context(), theProject, traceID(2)); err != nil || job != nil {
			return fmt.Sprintf("it is tried for ever: %+v, %v", job, err)
		}
		return ""
	})
}

func TestSpansThatComeLaterAreInTheFacts(t *testing.T) {
	t.Parallel()
	s, _ := withoutModel(t, pgtest.New(t))
	put(t, s, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 9))))
	headlineIs(t, s, traceID(1), "1 steps seen")
	put(t, s, batchOf(t, theProject, span(1, 2, 1, "late", 1, 2)))
	headlineIs(t, s, traceID(1), "2 steps seen")
}

func TestWhatIsUnexplainedAtADeathIsExplainedByTheNext(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	opts := quick()
	opts.FactsOnly = true
	first := open(t, url, opts)
	inBackground(t, first.Settle)
	put(t, first, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 9))))
	if e := settled(t, first, traceID(1)); e.Headline != "1 step in 9 ms" {
		t.Errorf("before its facts are found, the headline is %q", e.Headline)
	}
	job, err := first.Job(t.Context(), theProject, traceID(1))
	if err != nil || job == nil || job.Status != xray.JobPending {
		t.Errorf("job %+v, error %v", job, err)
	}
	b, err := first.Backlog(t.Context())
	if err != nil || b.Unexplained != 1 {
		t.Errorf("backlog %+v, error %v", b, err)
	}
	second, _ := withoutModel(t, url)
	headlineIs(t, second, traceID(1), "1 steps seen")
}

func TestADeletedExecutionGetsNoFacts(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	opts := quick()
	opts.FactsOnly = true
	s := open(t, url, opts)
	inBackground(t, s.Settle)
	put(t, s, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 9)), withPayload(span(2, 1, 0, "ask", 0, 9))))
	settled(t, s, traceID(1))
	settled(t, s, traceID(2))
	if err := s.Delete(t.Context(), theProject, traceID(1)); err != nil {
		t.Fatal(err)
	}
	second, _ := withoutModel(t, url)
	headlineIs(t, second, traceID(2), "1 steps seen")
	eventually(t, func() string {
		if b, err := second.Backlog(t.Context()); err != nil || b.Unexplained != 0 {
			return fmt.Sprintf("backlog %+v, %v", b, err)
		}
		return ""
	})
	if n := count(t, url, "SELECT count(*) FROM facts"); n != 1 {
		t.Errorf("%d executions have facts, want 1", n)
	}
}
