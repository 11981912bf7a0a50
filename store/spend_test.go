package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func aCall(usd float64) xray.ModelCall {
	return xray.ModelCall{ProjectID: theProject, TraceID: traceID(1), Task: "steps", Model: "m", PromptBytes: 7, CostUSD: &usd}
}

func TestCallsStayUnderTheCaps(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	if err := s.SetReasoningSettings(t.Context(), theProject, xray.ReasoningSettings{Policy: xray.PolicyAll, DailyCapUSD: new(1.0)}); err != nil {
		t.Fatal(err)
	}
	// Thirty at once, of which ten fit.
	var mu sync.Mutex
	var made []int64
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			id, err := s.ReserveCall(t.Context(), aCall(0.0999))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made = append(made, id)
			case xray.ErrorCode(err) != xray.CodeConflict:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(made) != 10 {
		t.Fatalf("%d calls were made, want 10", len(made))
	}
	// They cost less than was thought: there is room again.
	for _, id := range made {
		c := aCall(0.01)
		c.InputTokens, c.OutputTokens, c.Outcome = 100, 10, "answered"
		if err := s.SettleCall(t.Context(), id, c); err != nil {
			t.Fatal(err)
		}
		if err := s.SettleCall(t.Context(), id, c); err == nil {
			t.Fatal("a call was settled twice")
		}
	}
	if _, err := s.ReserveCall(t.Context(), aCall(0.85)); err != nil {
		t.Error(err)
	}
	days, err := s.ReasoningSpend(t.Context(), theProject, time.Now().AddDate(0, 0, -1))
	if err != nil || len(days) != 1 {
		t.Fatalf("%v %v", days, err)
	}
	if d := days[0]; d.Calls != 11 || d.InputTokens != 1000 || d.OutputTokens != 100 || d.CostUSD < 0.949 || d.CostUSD > 0.951 {
		t.Errorf("the day is %+v", d)
	}
	unknown := aCall(0)
	unknown.CostUSD = nil
	if _, err := s.ReserveCall(t.Context(), unknown); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("a call of unknown price under a cap: %v", err)
	}
}

func TestAMonthsCapHoldsOverItsDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 30, 23, 0, 0, 0, time.UTC)
	s, err := store.Open(t.Context(), pgtest.New(t), store.Options{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.SetReasoningSettings(t.Context(), theProject, xray.ReasoningSettings{Policy: xray.PolicyAll, MonthlyCapUSD: new(1.0)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReserveCall(t.Context(), aCall(0.6)); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour) // the 31st
	if _, err := s.ReserveCall(t.Context(), aCall(0.6)); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("over the month's cap: %v", err)
	}
	now = now.Add(24 * time.Hour) // the 1st
	if _, err := s.ReserveCall(t.Context(), aCall(0.6)); err != nil {
		t.Errorf("in a new month: %v", err)
	}
}

func TestAPolicySaysWhichJobsMayAskAModel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		policy      xray.ReasoningPolicy
		auto, asked bool // may the job ask a model
	}{
		{"all", xray.PolicyAll, true, true},
		{"on demand", xray.PolicyOnDemand, false, true},
		{"failures, and this is none", xray.PolicyFailures, false, true},
		{"a sample of nothing", xray.PolicySample, false, true},
		{"off", xray.PolicyOff, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := openNew(t)
			if err := s.SetReasoningSettings(t.Context(), theProject, xray.ReasoningSettings{Policy: c.policy}); err != nil {
				t.Fatal(err)
			}
			inBackground(t, func(ctx context.Context) error {
				return s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
					return anExplanation(job.TraceID), nil
				}))
			})
			explained(t, s)
			if job := jobIn(t, s, traceID(1), xray.JobCompleted); job.FactsOnly == c.auto {
				t.Errorf("the job of settling is %+v", job)
			}
			job, err := s.RequestReasoning(t.Context(), theProject, traceID(1), xray.SpanID{})
			if err != nil || job.FactsOnly == c.asked {
				t.Errorf("a person's job is %+v, %v", job, err)
			}
		})
	}
}

func TestAnswersAreKeptForTheirProjectUntilADeletion(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	a, b := open(t, url, quick()), open(t, url, quick())
	other, err := a.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	key := [32]byte{1}
	a.Keep(t.Context(), theProject, key, "it fell")
	if got, ok := b.Answer(t.Context(), theProject, key); !ok || got != "it fell" {
		t.Errorf("another process finds %q", got)
	}
	if _, ok := b.Answer(t.Context(), other.ID, key); ok {
		t.Error("an answer crossed to another project")
	}
	put(t, a, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 100)))
	if err := a.Delete(t.Context(), theProject, traceID(1)); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Answer(t.Context(), theProject, key); ok {
		t.Error("an answer that may quote a deleted execution is still there")
	}
}
