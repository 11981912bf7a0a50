package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// model is what a store must say of one project: the last version of each span.
type model map[xray.TraceID]map[xray.SpanID]xray.Step

func (m model) add(steps []xray.Step) {
	for _, s := range steps {
		if m[s.TraceID] == nil {
			m[s.TraceID] = map[xray.SpanID]xray.Step{}
		}
		m[s.TraceID][s.SpanID] = s
	}
}

// totals computes what settling must find, in the plainest way.
func (m model) totals(id xray.TraceID) (steps, errs int, tokens int64, status xray.Status) {
	hasRoot, rootFailed := false, false
	for _, s := range m[id] {
		steps++
		if s.Status == xray.StatusError {
			errs++
		}
		if s.ModelCall {
			tokens += *s.Tokens.Input + *s.Tokens.Output
		}
		if s.ParentID.IsZero() {
			hasRoot = true
			rootFailed = rootFailed || s.Status == xray.StatusError
		}
	}
	status = xray.StatusOK
	if rootFailed || !hasRoot && errs > 0 {
		status = xray.StatusError
	}
	return steps, errs, tokens, status
}

// randomRequest draws a few spans of a few traces. The same span always has the
// same content, as with real clients: only requests differ.
func randomRequest(r *rand.Rand, traces int) []xray.Step {
	var steps []xray.Step
	for range 1 + r.IntN(6) {
		trace, id := r.IntN(traces), 1+r.IntN(12)
		content := rand.New(rand.NewPCG(uint64(trace), uint64(id)))
		parent := id / 2 // 1 is the root
		s := span(trace, id, parent, fmt.Sprintf("step %d", id), id, id+content.IntN(50))
		if content.IntN(4) == 0 {
			s = failing(s, "no")
		}
		if content.IntN(3) == 0 {
			s = modelCall(s, fmt.Sprintf("model %d", content.IntN(3)), content.Int64N(100), content.Int64N(100), nil)
		}
		steps = append(steps, s)
	}
	return steps
}

// TestRandomTraffic sends random requests through two stores on one database:
// some again, some at the same time, spans again in other requests, while both
// settle. In the end the database must say what the model says.
func TestRandomTraffic(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3, 4} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			url := pgtest.New(t)
			stores := []*store.Store{open(t, url, quick()), open(t, url, quick())}
			for _, s := range stores {
				inBackground(t, s.Settle)
			}
			r := rand.New(rand.NewPCG(seed, 0))
			want := model{}
			var sent [][]xray.Step
			var wg sync.WaitGroup
			for range 150 {
				steps := randomRequest(r, 15)
				if len(sent) > 0 && r.IntN(4) == 0 {
					steps = sent[r.IntN(len(sent))] // a client that saw no answer
				}
				sent = append(sent, steps)
				want.add(steps)
				for range 1 + r.IntN(3)/2 {
					s, b := stores[r.IntN(2)], batchOf(t, theProject, steps...)
					wg.Go(func() {
						if err := s.Append(context.WithoutCancel(t.Context()), b); err != nil {
							t.Error(err)
						}
					})
				}
				if r.IntN(10) == 0 {
					wg.Wait()
				}
			}
			wg.Wait()
			for id := range want {
				checkAgainst(t, stores[0], want, id)
			}
		})
	}
}

func checkAgainst(t *testing.T, s *store.Store, want model, id xray.TraceID) {
	t.Helper()
	e := settled(t, s, id)
	steps, errs, tokens, status := want.totals(id)
	got := sumOf(e.InputTokens) + sumOf(e.OutputTokens)
	if e.StepCount != steps || e.ErrorCount != errs || got != tokens || e.Status != status {
		t.Errorf("execution %s: %d steps, %d errors, %d tokens, %s; want %d, %d, %d, %s",
			id, e.StepCount, e.ErrorCount, got, e.Status, steps, errs, tokens, status)
	}
	read, err := s.Steps(t.Context(), theProject, id)
	if err != nil {
		t.Error(err)
		return
	}
	byID := map[xray.SpanID]xray.Step{}
	for _, step := range read {
		byID[step.SpanID] = step
	}
	if diff := cmp.Diff(want[id], byID); diff != "" || len(read) != len(byID) {
		t.Errorf("steps of %s (-want +got):\n%s", id, diff)
	}
	details, err := s.Details(t.Context(), theProject, id)
	if err != nil || len(details) != len(want[id]) {
		t.Errorf("execution %s has %d details, want %d; error %v", id, len(details), len(want[id]), err)
	}
	for i := range details {
		if diff := cmp.Diff(want[id][details[i].SpanID], details[i].Step); diff != "" {
			t.Errorf("detail (-want +got):\n%s", diff)
		}
	}
	if !slices.IsSortedFunc(read, func(a, b xray.Step) int { return int(a.Start - b.Start) }) {
		t.Errorf("steps of %s are not in order of start", id)
	}
}

func sumOf(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
