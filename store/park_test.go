package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// watched counts how often each execution is explained, and how many at once.
type watched struct {
	mu         sync.Mutex
	open, most int
	times      map[xray.TraceID]int
	hold       chan struct{} // explanations end when it is closed; nil: at once
}

func (w *watched) explain(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
	w.mu.Lock()
	if job.FactsOnly {
		w.mu.Unlock()
		return anExplanation(job.TraceID), nil
	}
	if w.times == nil {
		w.times = map[xray.TraceID]int{}
	}
	w.times[job.TraceID]++
	w.open++
	w.most = max(w.most, w.open)
	w.mu.Unlock()
	if w.hold != nil {
		<-w.hold
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open--
	return anExplanation(job.TraceID), nil
}

func TestAProjectExplainsOnlySoManyAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	const executions, limit = 24, 2
	w := &watched{hold: make(chan struct{})}
	opts := quick()
	opts.Concurrency = 7
	a, b := open(t, url, opts), open(t, url, opts)
	other, err := a.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetReasoningSettings(t.Context(), theProject, xray.ReasoningSettings{Policy: xray.PolicyAll, Concurrency: limit}); err != nil {
		t.Fatal(err)
	}
	for i := range executions {
		put(t, a, batchOf(t, theProject, withPayload(span(i+1, 1, 0, "ask", 0, 100))))
	}
	for _, s := range []*store.Store{a, b} { // two processes
		inBackground(t, s.Settle)
		inBackground(t, func(ctx context.Context) error { return s.RunJobs(ctx, explainerFunc(w.explain)) })
	}
	eventually(t, func() string {
		if n := count(t, url, "SELECT count(*) FROM reasoning_jobs WHERE parked"); n != executions-limit {
			return "not all but two jobs are parked"
		}
		return ""
	})
	// Those that wait hold no worker: another project has its turn at once.
	put(t, a, batchOf(t, other.ID, withPayload(span(99, 1, 0, "ask", 0, 100))))
	eventually(t, func() string {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.times[traceID(99)] == 0 {
			return "the other project has to wait"
		}
		return ""
	})
	// What a person asks for comes before all that is parked.
	asked, err := a.RequestReasoning(t.Context(), theProject, traceID(executions), xray.SpanID{})
	if err != nil || asked.Status != xray.JobPending {
		t.Fatalf("%+v, %v", asked, err)
	}
	close(w.hold)
	for i := range executions {
		jobIn(t, a, traceID(i+1), xray.JobCompleted)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.most > limit+1 { // and the one of the other project
		t.Errorf("%d explanations were under way at once, want %d", w.most, limit+1)
	}
	for id, n := range w.times {
		if n != 1 {
			t.Errorf("%s was explained %d times", id, n)
		}
	}
	if n := count(t, url, "SELECT count(*) FROM reasoning_jobs WHERE attempts <> 1 OR parked"); n != 0 {
		t.Errorf("%d jobs took more than one attempt, or are still parked", n)
	}
}

func TestWhatIsParkedComesInWhenTheNumberIsRaised(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	w := &watched{hold: make(chan struct{})}
	defer close(w.hold)
	s := open(t, url, quick())
	for i := range 5 {
		put(t, s, batchOf(t, theProject, withPayload(span(i+1, 1, 0, "ask", 0, 100))))
	}
	settings := xray.ReasoningSettings{Policy: xray.PolicyAll, Concurrency: 1}
	if err := s.SetReasoningSettings(t.Context(), theProject, settings); err != nil {
		t.Fatal(err)
	}
	inBackground(t, s.Settle)
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { defer close(stopped); s.RunJobs(ctx, explainerFunc(w.explain)) }()
	parked := func(want int) func() string {
		return func() string {
			if n := count(t, url, "SELECT count(*) FROM reasoning_jobs WHERE parked"); n != want {
				return "the number of parked jobs is not what it should be"
			}
			return ""
		}
	}
	eventually(t, parked(4))
	settings.Concurrency = 3
	if err := s.SetReasoningSettings(t.Context(), theProject, settings); err != nil {
		t.Fatal(err)
	}
	// Another process looks when it starts, as all do every few seconds.
	again := open(t, url, quick())
	inBackground(t, func(ctx context.Context) error { return again.RunJobs(ctx, explainerFunc(w.explain)) })
	eventually(t, parked(2))
	stop()
	for range 5 {
		select {
		case w.hold <- struct{}{}:
		case <-stopped:
		}
	}
}

func TestNothingIsExplainedTwice(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	var basis atomic.Pointer[xray.Basis]
	basis.Store(&xray.Basis{PromptVersion: "p1", Content: [32]byte{1}})
	var written, spared atomic.Int64
	inBackground(t, s.Settle)
	inBackground(t, func(ctx context.Context) error {
		return s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
			if now := *basis.Load(); job.Stands == now {
				spared.Add(1)
				return xray.Explanation{Unchanged: true, Basis: now}, nil
			}
			written.Add(1)
			x := anExplanation(job.TraceID)
			x.Basis = *basis.Load()
			for i := range x.Reasonings {
				x.Reasonings[i].PromptVersion = x.Basis.PromptVersion
			}
			return x, nil
		}))
	})
	again := func(wantWritten, wantSpared int64) {
		t.Helper()
		job, err := s.RequestReasoning(t.Context(), theProject, traceID(1), xray.SpanID{})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, func() string {
			now, err := s.Job(t.Context(), theProject, traceID(1))
			if err != nil || now.ID != job.ID || now.Status != xray.JobCompleted {
				return "the job is not done"
			}
			return ""
		})
		if written.Load() != wantWritten || spared.Load() != wantSpared {
			t.Errorf("%d were written and %d spared, want %d and %d", written.Load(), spared.Load(), wantWritten, wantSpared)
		}
		if n := count(t, url, "SELECT count(*) FROM reasoning_jobs WHERE content IS NOT NULL"); n != 1 {
			t.Errorf("%d explanations stand", n)
		}
		if all, err := s.Reasonings(t.Context(), theProject, traceID(1)); err != nil || len(all) != 2 {
			t.Errorf("reasonings %v, %v", all, err)
		}
	}
	explained(t, s)
	jobIn(t, s, traceID(1), xray.JobCompleted)
	again(1, 1)
	basis.Store(&xray.Basis{PromptVersion: "p2", Content: [32]byte{1}}) // a new prompt
	again(2, 1)
	basis.Store(&xray.Basis{PromptVersion: "p2", Content: [32]byte{2}}) // spans came late
	again(3, 1)
	basis.Store(&xray.Basis{PromptVersion: "p1", Content: [32]byte{1}}) // as it was at first, but that stands no more
	again(4, 1)
	// What no longer stands, whoever took its place, is made again.
	exec(t, url, "UPDATE reasonings SET prompt_version = '', source = 'facts'")
	again(5, 1)
	// The database has the last word.
	if n := count(t, url, `SELECT count(*) FROM pg_indexes WHERE indexname = 'reasoning_jobs_once' AND indexdef LIKE 'CREATE UNIQUE%'`); n != 1 {
		t.Error("nothing keeps two processes from writing one explanation")
	}
}

func TestCallsOfAProjectWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	a, b := open(t, url, quick()), open(t, url, quick())
	if err := a.SetReasoningSettings(t.Context(), theProject, xray.ReasoningSettings{Policy: xray.PolicyAll, Concurrency: 2}); err != nil {
		t.Fatal(err)
	}
	var open []int64
	for _, s := range []*store.Store{a, b} {
		id, err := s.ReserveCall(t.Context(), aCall(0.1))
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, id)
	}
	_, err := b.ReserveCall(t.Context(), aCall(0.1))
	if e, ok := err.(*xray.Error); !ok || e.Code != xray.CodeLimit || e.RetryAfter <= 0 {
		t.Fatalf("a third call: %v", err)
	}
	c := aCall(0.1)
	c.Outcome = "answered"
	if err := a.SettleCall(t.Context(), open[0], c); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ReserveCall(t.Context(), aCall(0.1)); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
	// The spending counts each once, also those that had to ask again.
	if days, err := a.ReasoningSpend(t.Context(), theProject, time.Now().AddDate(0, 0, -1)); err != nil || days[0].Calls != 3 {
		t.Errorf("%+v, %v", days, err)
	}
}

func TestCallsOfADeadProcessDoNotStayOpen(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	for range 2 {
		if _, err := s.ReserveCall(t.Context(), aCall(0.1)); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, url, "UPDATE model_calls SET worker = 12345 WHERE id = 1") // whose lock nobody holds
	inBackground(t, func(ctx context.Context) error { return s.RunJobs(ctx, explainerFunc((&watched{}).explain)) })
	eventually(t, func() string {
		if count(t, url, "SELECT count(*) FROM model_calls WHERE outcome = 'lost with its process' AND id = 1") == 0 {
			return "the call of the dead is open"
		}
		return ""
	})
	if n := count(t, url, "SELECT count(*) FROM model_calls WHERE outcome = 'open'"); n != 1 {
		t.Errorf("%d calls are open, want the one that may still be under way", n)
	}
}

func TestCallsAreListedForAWhile(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s, c := openAt(t, url, now)
	if err := s.SetRetention(t.Context(), theProject, xray.Retention{PayloadDays: 1, StructureDays: 2}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReserveCall(t.Context(), aCall(0.1)); err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct{ day, calls int }{{89, 1}, {92, 0}} {
		c.set(now.AddDate(0, 0, at.day))
		if err := s.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, url, "SELECT count(*) FROM model_calls"); n != at.calls {
			t.Errorf("day %d: %d calls, want %d", at.day, n, at.calls)
		}
	}
	if n := count(t, url, "SELECT count(*) FROM reasoning_spend"); n != 1 {
		t.Error("what the day cost is forgotten")
	}
}

func TestSettingsAreKeptAsTheyWereSet(t *testing.T) {
	t.Parallel()
	opts := quick()
	opts.Policy, opts.Concurrency = xray.PolicyOnDemand, 5
	s := open(t, pgtest.New(t), opts)
	holds, err := s.ModelSettings(t.Context(), theProject)
	if err != nil || holds.Policy != xray.PolicyOnDemand || holds.Concurrency != 5 {
		t.Errorf("without settings %+v holds, %v", holds, err)
	}
	want := xray.ReasoningSettings{Policy: xray.PolicyDefault, SamplePercent: 5, Concurrency: 3, Model: "m-2", BaseURL: "https://llm.example/v1"}
	if err := s.SetReasoningSettings(t.Context(), theProject, want); err != nil {
		t.Fatal(err)
	}
	if got, err := s.ReasoningSettings(t.Context(), theProject); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	want.Policy = xray.PolicyOnDemand
	if got, err := s.ModelSettings(t.Context(), theProject); err != nil || got != want {
		t.Errorf("%+v holds, %v", got, err)
	}
}
