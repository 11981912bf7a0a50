package store_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// found pages through what a filter selects.
func found(t *testing.T, s *store.Store, where []xray.Condition, limit int) []xray.TraceID {
	t.Helper()
	var out []xray.TraceID
	q := xray.ExecutionQuery{Limit: limit, Filter: xray.Filter{Where: where}}
	for {
		page, err := s.Executions(t.Context(), theProject, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Executions {
			out = append(out, e.TraceID)
		}
		if page.Next == nil {
			return out
		}
		if len(page.Executions) < limit && page.SearchedTo == 0 {
			t.Errorf("a page of %d with a next one does not say how far it looked", len(page.Executions))
		}
		q.After = page.Next
	}
}

// selected is what the model says: the traces, newest first, that hold all.
func (m model) selected(where []xray.Condition) []xray.TraceID {
	var out []xray.TraceID
	for id, spans := range m {
		holds := func(c xray.Condition) bool {
			for _, s := range spans {
				if holdsOn(c, s.Name) {
					return !c.Not
				}
			}
			return c.Not
		}
		if !slices.ContainsFunc(where, func(c xray.Condition) bool { return !holds(c) }) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b xray.TraceID) int {
		return cmp.Or(cmp.Compare(m.start(b), m.start(a)), slices.Compare(b[:], a[:]))
	})
	return out
}

// start is that of the root, or without one the first.
func (m model) start(id xray.TraceID) xray.Nano {
	first, root := xray.MaxNano, xray.MaxNano
	for _, s := range m[id] {
		first = min(first, s.Start)
		if s.ParentID.IsZero() {
			root = min(root, s.Start)
		}
	}
	if root < xray.MaxNano {
		return root
	}
	return first
}

func attribute(key, value string) xray.Condition {
	c := xray.Is(xray.FieldAttr, value)
	c.Key = key
	return c
}

func not(c xray.Condition) xray.Condition {
	c.Not = true
	return c
}

// randomSpans draws a request of spans with attributes in their names.
func randomSpans(r *rand.Rand, traces int) []xray.Step {
	var steps []xray.Step
	for range 1 + r.IntN(6) {
		trace, id := r.IntN(traces), 1+r.IntN(5)
		content := rand.New(rand.NewPCG(uint64(trace), uint64(id)))
		name := fmt.Sprintf("a=%d b=%d c=%d-%d text%d", content.IntN(3), content.IntN(20), trace, id, content.IntN(10))
		steps = append(steps, span(trace, id, id/2, name, 100*(trace%7)+id, 100*(trace%7)+id+5))
	}
	return steps
}

func randomFilter(r *rand.Rand, traces int) []xray.Condition {
	draw := func() xray.Condition {
		switch r.IntN(5) {
		case 0:
			return attribute("a", fmt.Sprint(r.IntN(4)))
		case 1:
			return attribute("b", fmt.Sprint(r.IntN(21)))
		case 2:
			return attribute("c", fmt.Sprintf("%d-%d", r.IntN(traces), 1+r.IntN(6)))
		case 3:
			return xray.Is(xray.FieldText, fmt.Sprintf("EXT%d", r.IntN(11)))
		default:
			return not(attribute("a", fmt.Sprint(r.IntN(3))))
		}
	}
	where := []xray.Condition{draw()}
	for r.IntN(2) == 0 {
		where = append(where, draw())
	}
	return where
}

// TestRandomSearches does random things to a database through two stores, of
// which only one remembers what it wrote, and asks for attributes and text.
func TestRandomSearches(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			url := pgtest.New(t)
			stores := []*store.Store{open(t, url, quick()), open(t, url, quick())}
			for _, s := range stores {
				inBackground(t, s.Settle)
			}
			r := rand.New(rand.NewPCG(seed, 1))
			want := model{}
			const traces = 40
			for range 120 {
				s := stores[r.IntN(2)]
				switch r.IntN(8) {
				case 0:
					if err := s.IndexNow(t.Context()); err != nil {
						t.Fatal(err)
					}
				case 1:
					id := traceID(r.IntN(traces))
					if err := s.Delete(t.Context(), theProject, id); err != nil && xray.ErrorCode(err) != xray.CodeNotFound {
						t.Fatal(err)
					}
					delete(want, id)
				case 2:
					if r.IntN(5) == 0 {
						if err := s.Reindex(t.Context(), nil); err != nil {
							t.Fatal(err)
						}
					}
				case 3, 4, 5:
					steps := randomSpans(r, traces)
					b := batchOf(t, theProject, steps...)
					if r.IntN(2) == 0 { // as the receiver does
						terms, err := lineCodec{}.Terms(theProject, b.Segments[0].Data)
						if err != nil {
							t.Fatal(err)
						}
						b.Segments[0].Terms = &terms
					}
					b.RequestHash = hashOf(fmt.Append(nil, r.Uint64()))
					put(t, s, b)
					want.add(steps)
				default:
					where := randomFilter(r, traces)
					if got, want := found(t, s, where, 1+r.IntN(9)), want.selected(where); !slices.Equal(got, want) {
						t.Fatalf("%+v: found %v, want %v", where, got, want)
					}
				}
			}
		})
	}
}

func TestWhatWaitsForTheIndexIsFoundByOthers(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	put(t, open(t, url, quick()), batchOf(t, theProject, span(1, 1, 0, "k=v", 1, 2)))
	other := open(t, url, quick())
	if got := found(t, other, []xray.Condition{attribute("k", "v")}, 10); len(got) != 1 {
		t.Errorf("found %v, want trace 1", got)
	}
}

func TestSegmentsOfOlderVersionsAreIndexed(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	for trace := range 20 {
		put(t, s, batchOf(t, theProject, span(trace, 1, 0, fmt.Sprintf("k=%d", trace), trace, trace+1)))
	}
	exec(t, url, "UPDATE unindexed SET segment = segment") // as the migration leaves it
	restarted := open(t, url, quick())
	if err := restarted.IndexNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := benchCount(t, url, "SELECT count(*) FROM unindexed"); left != 0 {
		t.Errorf("%d segments still wait", left)
	}
	if got := found(t, restarted, []xray.Condition{attribute("k", "7")}, 10); !slices.Equal(got, []xray.TraceID{traceID(7)}) {
		t.Errorf("found %v, want trace 7", got)
	}
}

func TestAnotherProjectsAttributesAreNotFound(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, batchOf(t, other.ID, span(1, 1, 0, "k=v", 1, 2)))
	for range 2 {
		if got := found(t, s, []xray.Condition{attribute("k", "v")}, 10); len(got) != 0 {
			t.Errorf("found %v of another project", got)
		}
		if err := s.IndexNow(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestASearchStopsWhenItsClientGoes(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	for trace := range 5 {
		put(t, s, batchOf(t, theProject, span(trace, 1, 0, "text", trace, trace+1)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	q := xray.ExecutionQuery{Filter: xray.Filter{Where: []xray.Condition{xray.Is(xray.FieldText, "text")}}}
	if _, err := s.Executions(ctx, theProject, q); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("error %v, want that it was cancelled", err)
	}
}

func TestAnExecutionOfManySegmentsIsDecidedByAny(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	for id := 1; id <= 30; id++ {
		put(t, s, batchOf(t, theProject, span(1, id, id/2, fmt.Sprintf("k=v word%d.", id), id, id+1)))
	}
	put(t, s, batchOf(t, theProject, span(2, 1, 0, "another k=v", 0, 1)))
	for name, tc := range map[string]struct {
		where xray.Condition
		want  []xray.TraceID
	}{
		"in the last segment":        {xray.Is(xray.FieldText, "word30."), []xray.TraceID{traceID(1)}},
		"in the first segment":       {xray.Is(xray.FieldText, "word1."), []xray.TraceID{traceID(1)}},
		"in none":                    {xray.Is(xray.FieldText, "word31."), nil},
		"not in the last":            {not(xray.Is(xray.FieldText, "word30.")), []xray.TraceID{traceID(2)}},
		"an attribute that all have": {attribute("k", "v"), []xray.TraceID{traceID(1), traceID(2)}},
	} {
		if got := found(t, s, []xray.Condition{tc.where}, 10); !slices.Equal(got, tc.want) {
			t.Errorf("%s: found %v, want %v", name, got, tc.want)
		}
	}
}
