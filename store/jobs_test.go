package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// explainerFunc is an explainer made of a function.
type explainerFunc func(ctx context.Context, job xray.ReasoningJob) (xray.Explanation, error)

func (f explainerFunc) Explain(ctx context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
	return f(ctx, job)
}

func (f explainerFunc) FromRecords(runs []xray.Recorded, _ []json.RawMessage) []xray.Explanation {
	out := make([]xray.Explanation, len(runs))
	for i, r := range runs {
		out[i], _ = f(context.Background(), xray.ReasoningJob{
			ProjectID: r.Execution.ProjectID, TraceID: r.Execution.TraceID, FactsOnly: true,
		})
	}
	return out
}

func anExplanation(id xray.TraceID) xray.Explanation {
	cost := 0.25
	return xray.Explanation{
		Facts: []xray.Fact{
			{ID: "F1", Kind: "drop", Severity: xray.SeverityAlarm, Text: "All of it went\u0000"},
			{ID: "F2", Kind: "slow", Severity: xray.SeverityInfo, StepID: spanID(2).String(), Pointers: []string{"/output"}},
		},
		Funnel: []int64{5000, 3}, Headline: "Nothing was left", Model: "gpt-x", InputTokens: 100, OutputTokens: 10, CostUSD: &cost,
		Reasonings: []xray.Reasoning{
			{Source: xray.SourceModel, Headline: "Nothing was left", Confidence: "high", Model: "gpt-x", VerifiedRate: 0.5,
				DecisiveSteps: []string{spanID(2).String()}, Missing: []string{"why\x00"},
				Claims: []xray.Claim{{Text: "It fell", Kind: xray.ClaimObserved, Verdict: xray.VerdictVerified,
					Evidence: []xray.Evidence{{StepID: spanID(2).String(), Pointer: "/output", Quote: "0"}}, Facts: []string{"F1"}}}},
			{Source: xray.SourceFacts, StepID: spanID(2), Headline: "Took the most time", VerifiedRate: 1},
		},
	}
}

// jobIn waits until the job of an execution is in a state.
func jobIn(t *testing.T, s *store.Store, id xray.TraceID, status xray.JobStatus) xray.ReasoningJob {
	t.Helper()
	var job *xray.ReasoningJob
	eventually(t, func() string {
		var err error
		if job, err = s.Job(t.Context(), theProject, id); err != nil {
			return err.Error()
		}
		if job == nil {
			return "there is no job"
		}
		if job.Status != status {
			return "the job is " + string(job.Status) + ": " + job.Error
		}
		return ""
	})
	return *job
}

// explained sends one execution with payload and settles it.
func explained(t *testing.T, s *store.Store) {
	t.Helper()
	put(t, s, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 100)), span(1, 2, 1, "filter", 1, 2)))
	inBackground(t, s.Settle)
}

func TestAnExplanationIsStoredWithItsJob(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	inBackground(t, func(ctx context.Context) error {
		return s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
			return anExplanation(job.TraceID), nil
		}))
	})
	explained(t, s)
	job := jobIn(t, s, traceID(1), xray.JobCompleted)
	if job.Attempts != 1 || job.Model != "gpt-x" || job.InputTokens != 100 || *job.CostUSD != 0.25 || job.FinishedAt == nil {
		t.Errorf("job: %+v", job)
	}
	e := settled(t, s, traceID(1))
	if e.Headline != "Nothing was left" || !cmp.Equal(e.Funnel, []int64{5000, 3}) {
		t.Errorf("headline %q, funnel %v", e.Headline, e.Funnel)
	}
	facts, err := s.Facts(t.Context(), theProject, traceID(1))
	if err != nil || len(facts) != 2 || facts[1].StepID != spanID(2).String() {
		t.Errorf("facts %+v, error %v", facts, err)
	}
	reasonings, err := s.Reasonings(t.Context(), theProject, traceID(1))
	if err != nil || len(reasonings) != 2 {
		t.Fatalf("reasonings %+v, error %v", reasonings, err)
	}
	if diff := cmp.Diff(anExplanation(traceID(1)).Reasonings[0].Claims, reasonings[0].Claims); diff != "" {
		t.Errorf("claims differ:\n%s", diff)
	}
	headlines, err := s.StepHeadlines(t.Context(), theProject, traceID(1))
	if err != nil || headlines[spanID(2)] != "Took the most time" || len(headlines) != 1 {
		t.Errorf("headlines %v, error %v", headlines, err)
	}
}

// errPanic makes the explainer of the test below panic.
var errPanic = errors.New("panic")

func TestWhatBecomesOfAJob(t *testing.T) {
	t.Parallel()
	limit := xray.Errorf(xray.CodeLimit, "the model asks for a pause")
	limit.RetryAfter = time.Millisecond
	invalid := xray.Errorf(xray.CodeInvalid, "the model refused")
	for name, tc := range map[string]struct {
		errs     []error // of the attempts, the last one repeats
		status   xray.JobStatus
		attempts int
		message  string
	}{
		"a good answer":                     {[]error{nil}, xray.JobCompleted, 1, ""},
		"a limit, then a good answer":       {[]error{limit, limit, nil}, xray.JobCompleted, 3, ""},
		"a limit that never ends":           {[]error{limit}, xray.JobFailed, 5, "the model asks for a pause"},
		"a refusal is final at once":        {[]error{invalid}, xray.JobFailed, 1, "the model refused"},
		"a fault of ours, then a good one":  {[]error{errors.New("secret"), nil}, xray.JobCompleted, 2, ""},
		"a panic, then a good answer":       {[]error{errPanic, nil}, xray.JobCompleted, 2, ""},
		"a fault of ours tells no internal": {[]error{errors.New("secret")}, xray.JobFailed, 5, "the explanation failed inside the server; its log says more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openNew(t)
			var calls atomic.Int64
			inBackground(t, func(ctx context.Context) error {
				return s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
					n := min(int(calls.Add(1)), len(tc.errs)) - 1
					if tc.errs[n] == errPanic {
						panic("at an odd payload")
					}
					facts := xray.Explanation{Facts: []xray.Fact{{ID: "F1"}}, Headline: "from facts", InputTokens: 1}
					return facts, tc.errs[n]
				}))
			})
			explained(t, s)
			job := jobIn(t, s, traceID(1), tc.status)
			if job.Attempts != tc.attempts || job.Error != tc.message || job.InputTokens > int64(tc.attempts) {
				t.Errorf("%d attempts, %q, %d tokens; want %d, %q and one at most for each", job.Attempts, job.Error, job.InputTokens, tc.attempts, tc.message)
			}
			if e := settled(t, s, traceID(1)); e.Headline != "from facts" {
				t.Errorf("the facts are not there whatever the model did: headline %q", e.Headline)
			}
		})
	}
}

func TestAskingForAnExplanation(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	put(t, s, batchOf(t, theProject, span(1, 2, 1, "child", 0, 1)))
	if _, err := s.RequestReasoning(t.Context(), theProject, traceID(1), xray.SpanID{}); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("of a running execution: %v, want conflict", err)
	}
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "root", 0, 1)))
	if _, err := s.RequestReasoning(t.Context(), theProject, traceID(9), xray.SpanID{}); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("of an unknown execution: %v, want not found", err)
	}
	if _, err := s.RequestReasoning(t.Context(), theProject, traceID(1), spanID(7)); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("of an unknown step: %v, want not found", err)
	}
	first, err := s.RequestReasoning(t.Context(), theProject, traceID(1), xray.SpanID{})
	if err != nil || first.Status != xray.JobPending {
		t.Fatalf("%+v, error %v", first, err)
	}
	again, err := s.RequestReasoning(t.Context(), theProject, traceID(1), xray.SpanID{})
	if err != nil || again.ID != first.ID {
		t.Errorf("asked again while open: job %d, error %v; want job %d", again.ID, err, first.ID)
	}
	step, err := s.RequestReasoning(t.Context(), theProject, traceID(1), spanID(2))
	if err != nil || step.ID == first.ID || step.StepID != spanID(2) {
		t.Errorf("of a step: %+v, error %v", step, err)
	}
}

func TestAFloodQueuesNoMoreThanTheBacklog(t *testing.T) {
	t.Parallel()
	opts := quick()
	opts.JobBacklog = 3
	s := open(t, pgtest.New(t), opts)
	for i := range 10 {
		put(t, s, batchOf(t, theProject, withPayload(span(i+1, 1, 0, "ask", 0, 1))))
	}
	inBackground(t, s.Settle)
	queued := 0
	for i := range 10 {
		e := settled(t, s, traceID(i+1))
		job, err := s.Job(t.Context(), theProject, traceID(i+1))
		if err != nil {
			t.Fatal(err)
		}
		if job != nil {
			queued++
		} else if e.Headline == "" {
			t.Errorf("execution %d has neither a job nor a headline: %+v", i+1, e)
		}
	}
	if queued != 3 {
		t.Errorf("%d jobs wait, want 3", queued)
	}
}

func TestExecutionsThatAskForSilenceGetNoJob(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	inBackground(t, s.Settle)
	silent := withPayload(span(1, 1, 0, "silent", 0, 1))
	bare := span(2, 1, 0, "silent and bare", 0, 1)
	silent.Hints = &xray.ExecutionHints{AutoReasoning: new(false)}
	bare.Hints = &xray.ExecutionHints{AutoReasoning: new(false)}
	put(t, s, batchOf(t, theProject, silent))
	put(t, s, batchOf(t, theProject, bare))
	for trace := 1; trace <= 2; trace++ {
		e := settled(t, s, traceID(trace))
		job, err := s.Job(t.Context(), theProject, traceID(trace))
		if err != nil || job != nil || e.Headline == "" {
			t.Errorf("execution %q: job %v, headline %q, error %v", e.Name, job, e.Headline, err)
		}
	}
}

// Some executions without payloads make the history of their pipeline, from
// facts alone; a flood of them is not explained.
func TestOfExecutionsWithoutPayloadsSomeAreExplained(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, c := openAt(t, url, now)
	var flood []xray.Step
	for i := range 300 {
		flood = append(flood, span(i, 1, 0, "busy", 0, 1))
	}
	put(t, s, batchOf(t, theProject, append(flood, span(300, 1, 0, "rare", 0, 1))...))
	c.set(now.Add(time.Minute))
	inBackground(t, s.Settle)
	for i := range 301 {
		if e := settled(t, s, traceID(i)); e.Headline == "" {
			t.Fatalf("execution %d has no headline", i)
		}
	}
	jobs := func() int { return count(t, url, "SELECT count(*) FROM unexplained") }
	if got := jobs(); got != 50 {
		t.Errorf("%d explanations were asked for, want 50", got)
	}
	if job, err := s.Job(t.Context(), theProject, traceID(300)); err != nil || job == nil {
		t.Errorf("the only one of its name: %v, %v", job, err)
	}
	c.set(now.Add(time.Minute + time.Second))
	for i := 400; i < 420; i++ {
		put(t, s, batchOf(t, theProject, span(i, 1, 0, "busy", 0, 1)))
	}
	c.set(now.Add(2 * time.Minute)) // the pause has saved some up
	for i := 400; i < 420; i++ {
		settled(t, s, traceID(i))
	}
	if got := jobs(); got != 70 {
		t.Errorf("%d explanations were asked for after a pause, want 70", got)
	}
	if all := count(t, url, "SELECT count(*) FROM reasoning_jobs"); all != 0 {
		t.Errorf("%d jobs for a model", all)
	}
}

func TestEachJobIsDoneOnceByTwoProcesses(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	var mu sync.Mutex
	done := map[xray.TraceID]int{}
	explain := explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
		mu.Lock()
		defer mu.Unlock()
		done[job.TraceID]++
		return xray.Explanation{}, nil
	})
	a, b := open(t, url, quick()), open(t, url, quick())
	for i, s := range []*store.Store{a, b} {
		inBackground(t, s.Settle)
		inBackground(t, func(ctx context.Context) error { return s.RunJobs(ctx, explain) })
		for n := range 15 {
			put(t, s, batchOf(t, theProject, withPayload(span(100*i+n, 1, 0, "ask", 0, 1))))
		}
	}
	for i := range 2 {
		for n := range 15 {
			jobIn(t, a, traceID(100*i+n), xray.JobCompleted)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for id, n := range done {
		if n != 1 {
			t.Errorf("execution %s was explained %d times", id, n)
		}
	}
}

func TestAJobOfADeadProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	first := open(t, url, quick())
	explained(t, first)
	dying, die := context.WithCancel(context.Background())
	began := make(chan struct{})
	var once sync.Once
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		first.RunJobs(dying, explainerFunc(func(ctx context.Context, _ xray.ReasoningJob) (xray.Explanation, error) {
			once.Do(func() { close(began) })
			<-ctx.Done()
			return xray.Explanation{}, ctx.Err()
		}))
	}()
	<-began
	// As the death of the process would: its connections end, and what it was
	// about to write never comes.
	killConnections(t, url)
	second := open(t, url, quick())
	inBackground(t, func(ctx context.Context) error {
		return second.RunJobs(ctx, explainerFunc(func(context.Context, xray.ReasoningJob) (xray.Explanation, error) {
			return xray.Explanation{Headline: "by the second"}, nil
		}))
	})
	jobIn(t, second, traceID(1), xray.JobCompleted)
	die()
	<-stopped
	if e := settled(t, second, traceID(1)); e.Headline != "by the second" {
		t.Errorf("headline %q", e.Headline)
	}
}

func TestSpansThatComeDuringAnExplanationAreExplained(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	began, goOn := make(chan struct{}, 10), make(chan struct{})
	inBackground(t, func(ctx context.Context) error {
		return s.RunJobs(ctx, explainerFunc(func(ctx context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
			steps, err := s.Steps(ctx, job.ProjectID, job.TraceID)
			began <- struct{}{}
			<-goOn
			return xray.Explanation{Headline: strings.Repeat("x", len(steps))}, err
		}))
	})
	explained(t, s)
	<-began
	put(t, s, batchOf(t, theProject, span(1, 3, 1, "late", 1, 2)))
	settled(t, s, traceID(1))
	close(goOn)
	eventually(t, func() string {
		if e := settled(t, s, traceID(1)); e.Headline != "xxx" {
			return "headline " + e.Headline
		}
		return ""
	})
}

func TestRunningJobsExpiresWhatIsTooOld(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	long := time.Now().AddDate(-1, 0, 0)
	past, _ := openAt(t, url, long)
	put(t, past, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 1)))
	s := open(t, url, quick())
	inBackground(t, func(ctx context.Context) error {
		return s.RunJobs(ctx, explainerFunc(func(context.Context, xray.ReasoningJob) (xray.Explanation, error) {
			return xray.Explanation{}, nil
		}))
	})
	eventually(t, func() string {
		if _, err := s.Execution(t.Context(), theProject, traceID(1).String()); xray.ErrorCode(err) != xray.CodeNotFound {
			return "the execution of a year ago is still there"
		}
		return ""
	})
}

func TestADamagedExecutionDoesNotKeepOthersFromSettling(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	for trace := range 3 { // in two requests each, so that they are counted again
		put(t, s, batchOf(t, theProject, span(trace, 1, 0, "ask", 0, 9)))
		put(t, s, batchOf(t, theProject, span(trace, 2, 1, "child", 1, 2)))
	}
	exec(t, url, "UPDATE steps SET data = '\\x01ff' WHERE trace_id = 'ab000000-0000-0000-0000-000000000001'")
	inBackground(t, s.Settle)
	settled(t, s, traceID(0))
	settled(t, s, traceID(2))
	if e, err := s.Execution(t.Context(), theProject, traceID(1).String()); err != nil || e.Settled {
		t.Errorf("the damaged one: settled %v, error %v", e.Settled, err)
	}
}
