package store_test

import (
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// TestWhatComesWholeIsSettledAtOnce looks right after the commit; nothing else
// settles in it.
func TestWhatComesWholeIsSettledAtOnce(t *testing.T) {
	t.Parallel()
	cost := 0.5
	announced := span(1, 9, 1, "announced", 0, 0)
	announced.Pending, announced.PendingFor, announced.Status = true, spanID(3), xray.StatusRunning
	for name, tc := range map[string]struct {
		requests  [][]xray.Step
		factsOnly bool
		want      bool
	}{
		"a root alone":                         {[][]xray.Step{{span(1, 1, 0, "ask", 0, 9)}}, false, true},
		"a tree, the root last":                {[][]xray.Step{{span(1, 3, 2, "c", 2, 3), span(1, 2, 1, "b", 1, 4), span(1, 1, 0, "a", 0, 9)}}, false, true},
		"a step whose parent is missing":       {[][]xray.Step{{span(1, 1, 0, "a", 0, 9), span(1, 3, 2, "c", 2, 3)}}, false, false},
		"no root":                              {[][]xray.Step{{span(1, 2, 1, "b", 1, 4)}}, false, false},
		"a step that runs":                     {[][]xray.Step{{span(1, 1, 0, "a", 0, 9), announced}}, false, false},
		"in two parts":                         {[][]xray.Step{{span(1, 2, 1, "b", 1, 4)}, {span(1, 1, 0, "a", 0, 9)}}, false, false},
		"more after the whole":                 {[][]xray.Step{{span(1, 1, 0, "a", 0, 9)}, {span(1, 2, 1, "b", 1, 4)}}, false, false},
		"payloads that a model explains":       {[][]xray.Step{{withPayload(span(1, 1, 0, "a", 0, 9))}}, false, false},
		"payloads that facts explain":          {[][]xray.Step{{withPayload(span(1, 1, 0, "a", 0, 9))}}, true, true},
		"a call whose messages may be in logs": {[][]xray.Step{{modelCall(span(1, 1, 0, "a", 0, 9), "m", 1, 1, &cost)}}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := quick()
			opts.FactsOnly = tc.factsOnly
			s := open(t, pgtest.New(t), opts)
			for _, steps := range tc.requests {
				put(t, s, batchOf(t, theProject, steps...))
			}
			e, err := s.Execution(t.Context(), theProject, traceID(1).String())
			if err != nil || e.Settled != tc.want {
				t.Errorf("settled %v, want %v, error %v", e.Settled, tc.want, err)
			}
		})
	}
}

func TestSettlingWaitsWhereSpansComeLate(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	for i := range 20 {
		put(t, s, batchOf(t, theProject, span(i, 1, 0, "front", 0, 9)))
		put(t, s, batchOf(t, theProject, span(i, 2, 1, "service behind it", 1, 8)))
	}
	put(t, s, batchOf(t, theProject, span(50, 1, 0, "front", 0, 9)))
	if e, err := s.Execution(t.Context(), theProject, traceID(50).String()); err != nil || e.Settled {
		t.Errorf("settled %v, error %v: more is to be expected", e.Settled, err)
	}
	for i := range 300 {
		put(t, s, batchOf(t, theProject, span(100+i, 1, 0, "alone", 0, 9)))
	}
	put(t, s, batchOf(t, theProject, span(500, 1, 0, "alone", 0, 9)))
	if e, err := s.Execution(t.Context(), theProject, traceID(500).String()); err != nil || !e.Settled {
		t.Errorf("settled %v, error %v: nothing came late for long", e.Settled, err)
	}
}

// TestTwoProcessesGetPartsOfATrace: one of them may have settled it at once when
// the other writes it, too.
func TestTwoProcessesGetPartsOfATrace(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	stores := []*store.Store{open(t, url, quick()), open(t, url, quick())}
	const traces = 200
	done := make(chan error, 2*traces)
	for i := range traces {
		for n, steps := range [][]xray.Step{{span(i, 1, 0, "front", 0, 9)}, {span(i, 2, 1, "back", 1, 8)}} {
			b := batchOf(t, theProject, steps...)
			go func() { done <- stores[n].Append(t.Context(), b) }()
		}
	}
	for range 2 * traces {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range stores {
		inBackground(t, s.Settle)
	}
	allSettled(t, url)
	for i := range traces {
		if e := settled(t, stores[0], traceID(i)); e.StepCount != 2 || e.Name != "front" {
			t.Errorf("trace %d: %d steps, %q", i, e.StepCount, e.Name)
		}
	}
	for _, step := range []string{"", "front", "back"} {
		n := benchCount(t, url, "SELECT coalesce(sum(count), 0)::bigint FROM rollups WHERE minutes = 1440 AND step = '"+step+"'")
		if n != traces {
			t.Errorf("statistics count %d of step %q, want %d", n, step, traces)
		}
	}
}

func TestAnExecutionIsNotSettledAtOnceWhereAnotherProcessHasAModel(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	opts := quick()
	opts.FactsOnly = true
	s := open(t, url, opts)
	exec(t, url, "INSERT INTO model_processes (worker, endpoint, seen_at) VALUES (77, '', now())")
	put(t, s, batchOf(t, theProject, withPayload(span(1, 1, 0, "ask", 0, 9)), span(2, 1, 0, "plain", 0, 9)))
	for trace, want := range map[int]bool{1: false, 2: true} {
		if e, err := s.Execution(t.Context(), theProject, traceID(trace).String()); err != nil || e.Settled != want {
			t.Errorf("trace %d: settled %v, want %v, error %v", trace, e.Settled, want, err)
		}
	}
}
