package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

// betterCodec is a later version that understands more of the same bytes.
type betterCodec struct{ lineCodec }

func better(s xray.Step) xray.Step {
	s.Name = "better " + s.Name
	s.Model, s.ModelCall, s.Tokens.Input = "gpt-x", true, new(int64(7))
	if s.ParentID.IsZero() {
		s.Hints = &xray.ExecutionHints{SessionID: "better"}
	}
	return s
}

func (c betterCodec) Steps(project int32, data []byte) ([]xray.Step, error) {
	steps, err := c.lineCodec.Steps(project, data)
	for i := range steps {
		steps[i] = better(steps[i])
	}
	return steps, err
}

func TestReindexMakesWhatTheNewMappingWouldHaveMade(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	opts := quick()
	opts.Codec = betterCodec{}
	s := open(t, url, opts)
	inBackground(t, s.Settle)
	const traces = 12
	for trace := range traces { // root first, and each trace over three segments
		root := span(trace, 1, 0, "root", 0, 9)
		root.Hints = &xray.ExecutionHints{SessionID: "old", UserID: "gone with the new mapping"}
		put(t, s, batchOf(t, theProject, root, span(trace, 2, 1, "child", 1, 2)))
	}
	var children, again []xray.Step
	for trace := range traces {
		children = append(children, span(trace, 3, 1, "child", 2, 3))
		again = append(again, span(trace, 3, 1, "child", 2, 3), span(trace, 4, 1, "child", 3, 4))
	}
	put(t, s, batchOf(t, theProject, children...))
	put(t, s, batchOf(t, theProject, again...))
	for trace := range traces {
		settled(t, s, traceID(trace))
	}

	var last, total int
	if err := s.Reindex(t.Context(), func(done, of int) { last, total = done, of }); err != nil {
		t.Fatal(err)
	}
	if last != total || last == 0 {
		t.Errorf("the last progress was %d of %d", last, total)
	}
	for trace := range traces {
		e, err := s.Execution(t.Context(), theProject, traceID(trace).String())
		if err != nil {
			t.Fatal(err)
		}
		if e.Name != "better root" || e.SessionID != "better" || e.UserID != "" || e.StepCount != 4 ||
			*e.InputTokens != 28 || !e.Settled || e.Headline != "4 steps in 9 ms" {
			t.Errorf("trace %d: %+v", trace, e)
		}
		got, err := s.Steps(t.Context(), theProject, traceID(trace))
		if err != nil {
			t.Fatal(err)
		}
		want := []xray.Step{
			better(span(trace, 1, 0, "root", 0, 9)), better(span(trace, 2, 1, "child", 1, 2)),
			better(span(trace, 3, 1, "child", 2, 3)), better(span(trace, 4, 1, "child", 3, 4)),
		}
		want[0].Hints = nil // not part of the structure
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("trace %d (-want +got):\n%s", trace, diff)
		}
	}
}

func TestReindexBesideWritesAndDeletions(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	opts := quick()
	opts.Codec = betterCodec{}
	s := open(t, url, opts)
	inBackground(t, s.Settle)
	const traces = 30
	var steps []xray.Step
	for i := range traces * 4 {
		steps = append(steps, span(i%traces, i/traces+1, i/traces, "step", i, i+1))
	}
	put(t, s, batchOf(t, theProject, steps[:traces*2]...))
	put(t, s, batchOf(t, theProject, steps[traces*2:]...))
	var wg sync.WaitGroup
	work := func(name string, do func(trace int) error) {
		wg.Go(func() {
			for trace := range traces / 3 {
				if err := do(trace); err != nil {
					t.Errorf("%s trace %d: %v", name, trace, err)
				}
			}
		})
	}
	ctx := context.WithoutCancel(t.Context())
	work("append to", func(n int) error {
		return s.Append(ctx, batchOf(t, theProject, better(span(n*3, 9, 1, "late", 1, 2))))
	})
	work("delete", func(n int) error { return s.Delete(ctx, theProject, traceID(n*3+1)) })
	for range 2 {
		if err := s.Reindex(ctx, nil); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	for trace := range traces {
		want := 4
		switch trace % 3 {
		case 0:
			want = 5
		case 1:
			if _, err := s.Execution(ctx, theProject, traceID(trace).String()); xray.ErrorCode(err) != xray.CodeNotFound {
				t.Errorf("trace %d was deleted: %v", trace, err)
			}
			continue
		}
		eventually(t, func() string {
			if e := settled(t, s, traceID(trace)); e.StepCount != want || e.Name != "better step" {
				return fmt.Sprintf("trace %d has %d steps, want %d, and is called %q", trace, e.StepCount, want, e.Name)
			}
			return ""
		})
		details, err := s.Details(ctx, theProject, traceID(trace))
		if err != nil || len(details) != want {
			t.Errorf("trace %d has %d details, want %d; error %v", trace, len(details), want, err)
		}
	}
}

func TestReindexKeepsTheHeadlineOfWhatLogRecordsExplained(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	inBackground(t, s.Settle)
	inBackground(t, func(ctx context.Context) error {
		return s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
			return anExplanation(job.TraceID), nil
		}))
	})
	cost := 0.5
	put(t, s, logsOf(t, theProject, xray.LogRef{TraceID: traceID(1), SpanID: spanID(2)}))
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 100), modelCall(span(1, 2, 1, "call", 1, 2), "x", 1, 1, &cost)))
	jobIn(t, s, traceID(1), xray.JobCompleted)
	if err := s.Reindex(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if e := settled(t, s, traceID(1)); e.Headline != "Nothing was left" {
		t.Errorf("headline %q", e.Headline)
	}
}
