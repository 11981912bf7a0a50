package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// process starts a server's work on a database: with a model, or without. What
// it explains bears its name.
func process(t *testing.T, url, name string, opts store.Options) (s *store.Store, stop func()) {
	t.Helper()
	s = open(t, url, opts)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
			if job.FactsOnly {
				return xray.Explanation{Headline: "facts", Facts: []xray.Fact{{ID: "F1", Kind: "drop"}}}, nil
			}
			return xray.Explanation{Headline: name}, nil
		}))
	}()
	inBackground(t, s.Settle)
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return s, stop
}

func bare() store.Options {
	opts := quick()
	opts.FactsOnly = true
	return opts
}

// headlined waits for the headline of an execution.
func headlined(t *testing.T, s *store.Store, trace int, want string) {
	t.Helper()
	eventually(t, func() string {
		if e := settled(t, s, traceID(trace)); e.Headline != want {
			return "the headline is " + e.Headline + ", want " + want
		}
		return ""
	})
}

func TestJobsAreDoneByAProcessWithTheirModel(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	without, _ := process(t, url, "without", bare())
	// Nobody has a model: facts, at once, and no job.
	put(t, without, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 100))))
	headlined(t, without, 1, "facts")

	second := quick()
	second.Endpoints = []string{"http://second.example/v1"}
	other, err := without.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if err := without.SetReasoningSettings(t.Context(), other.ID, xray.ReasoningSettings{Policy: xray.PolicyAll, BaseURL: second.Endpoints[0]}); err != nil {
		t.Fatal(err)
	}
	first, _ := process(t, url, "first", quick())
	_, stopSecond := process(t, url, "second", second)
	eventually(t, func() string {
		if count(t, url, "SELECT count(*) FROM model_processes") != 2 {
			return "two processes should say which models they may ask"
		}
		return ""
	})
	const executions = 30 // more than any process would leave to chance
	for i := range executions {
		put(t, without, batchOf(t, theProject, withPayload(span(100+i, 1, 0, "ask", 0, 100))))
		put(t, without, batchOf(t, other.ID, withPayload(span(200+i, 1, 0, "ask", 0, 100))))
	}
	for i := range executions {
		headlined(t, first, 100+i, "first")
	}
	eventually(t, func() string {
		if n := count(t, url, "SELECT count(*) FROM executions WHERE headline = 'second'"); n != executions {
			return "not all are explained by the process of the second endpoint"
		}
		return ""
	})
	// Who asks at the wrong process is answered by the right one.
	if _, err := without.RequestReasoning(t.Context(), theProject, traceID(1), xray.SpanID{}); err != nil {
		t.Fatal(err)
	}
	headlined(t, without, 1, "first")

	// An endpoint whose only process has gone may be chosen no more; its job
	// follows the settings.
	stopSecond()
	put(t, without, batchOf(t, other.ID, withPayload(span(300, 1, 0, "ask", 0, 100))))
	eventually(t, func() string {
		if count(t, url, "SELECT count(*) FROM reasoning_jobs WHERE status = 'pending' AND queue <> 'explain'") != 1 {
			return "the job should wait for its endpoint"
		}
		return ""
	})
	if err := without.SetReasoningSettings(t.Context(), other.ID, xray.ReasoningSettings{Policy: xray.PolicyAll}); err != nil {
		t.Fatal(err)
	}
	late := bare()
	late.Clock = later(3 * time.Minute)
	process(t, url, "late", late)
	eventually(t, func() string {
		if count(t, url, "SELECT count(*) FROM executions WHERE trace_id = '"+traceID(300).String()+"' AND headline = 'first'") != 1 {
			return "the job should have gone to the endpoint that the settings name now"
		}
		return ""
	})
}

func later(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }

func TestWhileTheProcessWithTheModelIsAwayThereAreFacts(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	with, stop := process(t, url, "with", quick())
	put(t, with, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 100))))
	headlined(t, with, 1, "with")
	stop()

	without, _ := process(t, url, "without", bare())
	for trace := 2; trace <= 3; trace++ {
		put(t, without, batchOf(t, theProject, withPayload(span(trace, 1, 0, "ask", 0, 100))))
		headlined(t, without, trace, "facts")
		jobIn(t, without, traceID(trace), xray.JobPending)
	}
	// Another process looks at once: the jobs say why they wait.
	process(t, url, "third", bare())
	eventually(t, func() string {
		if job := jobIn(t, without, traceID(2), xray.JobPending); !strings.Contains(job.Error, "No process") {
			return "the job does not say why it waits: " + job.Error
		}
		return ""
	})
	// It comes back in time.
	process(t, url, "back", quick())
	for trace := 2; trace <= 3; trace++ {
		headlined(t, without, trace, "back")
		jobIn(t, without, traceID(trace), xray.JobCompleted)
	}
}

func TestAJobThatNobodyCanDoIsAnsweredByWhoeverIsThere(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	with, stop := process(t, url, "with", quick())
	put(t, with, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 100))))
	headlined(t, with, 1, "with")
	stop()
	without, _ := process(t, url, "whoever", bare())
	put(t, without, batchOf(t, theProject, withPayload(span(2, 1, 0, "ask", 0, 100))))
	jobIn(t, without, traceID(2), xray.JobPending)
	// Three minutes later, nobody has come.
	late := bare()
	late.Clock = later(3 * time.Minute)
	process(t, url, "whoever", late)
	if job := jobIn(t, without, traceID(2), xray.JobCompleted); job.Error != "" {
		t.Errorf("the job still says why it waited: %s", job.Error)
	}
	headlined(t, without, 2, "whoever")
}
