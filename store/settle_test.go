package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func TestSettledTotals(t *testing.T) {
	t.Parallel()
	cost := 0.5
	pending := func(id, parent int, name string) xray.Step {
		s := span(1, 900+id, parent, name, 0, 0)
		s.Status, s.Pending, s.PendingFor = xray.StatusRunning, true, spanID(id)
		return s
	}
	for name, tc := range map[string]struct {
		requests [][]xray.Step
		want     xray.Execution
	}{
		"one request with everything": {
			requests: [][]xray.Step{{
				span(1, 1, 0, "ask", 0, 100),
				modelCall(span(1, 2, 1, "call", 1, 50), "gpt-x", 10, 5, &cost),
				modelCall(span(1, 3, 1, "call", 50, 60), "gpt-y", 1, 2, &cost),
			}},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 3, HasRoot: true,
				Models: []string{"gpt-x", "gpt-y"}, InputTokens: new(int64(11)), OutputTokens: new(int64(7)), CostUSD: new(1.0),
				Headline: "3 steps in 100 ms"},
		},
		"spans that come twice in different requests count once": {
			requests: [][]xray.Step{
				{modelCall(span(1, 2, 1, "call", 1, 50), "gpt-x", 10, 5, &cost)},
				{span(1, 1, 0, "ask", 0, 100), modelCall(span(1, 2, 1, "call", 1, 50), "gpt-x", 10, 5, &cost)},
			},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 2, HasRoot: true,
				Models: []string{"gpt-x"}, InputTokens: new(int64(10)), OutputTokens: new(int64(5)), CostUSD: &cost,
				Headline: "2 steps in 100 ms"},
		},
		"a span that comes twice in one request counts once": {
			requests: [][]xray.Step{{span(1, 1, 0, "ask", 0, 100), span(1, 1, 0, "ask", 0, 100)}},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 1, HasRoot: true,
				Headline: "1 step in 100 ms"},
		},
		"a model call without a price makes the cost partial": {
			requests: [][]xray.Step{{modelCall(span(1, 1, 0, "call", 0, 1), "x", 1, 1, &cost), modelCall(span(1, 2, 0, "call", 0, 1), "x", 1, 1, nil)}},
			want: xray.Execution{Name: "call", Status: xray.StatusOK, Start: ms(0), End: ms(1), StepCount: 2, HasRoot: true,
				Models: []string{"x"}, InputTokens: new(int64(2)), OutputTokens: new(int64(2)), CostUSD: &cost, CostPartial: true,
				Headline: "2 steps in 1 ms"},
		},
		"a model call that two spans describe is paid for once": {
			requests: [][]xray.Step{
				{modelCall(span(1, 2, 1, "embeddings", 1, 50), "x", 6, 0, &cost)},
				{modelCall(span(1, 3, 2, "embeddings", 2, 49), "y", 6, 0, &cost), span(1, 1, 0, "ask", 0, 100)},
			},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 3, HasRoot: true,
				Models: []string{"x", "y"}, InputTokens: new(int64(6)), OutputTokens: new(int64(0)), CostUSD: &cost,
				Headline: "3 steps in 100 ms"},
		},
		"a model call that was refused costs nothing that we do not know": {
			requests: [][]xray.Step{{
				span(1, 1, 0, "ask", 0, 100), unused(failing(modelCall(span(1, 2, 1, "call", 1, 2), "x", 0, 0, nil), "rate limit")),
				modelCall(span(1, 3, 1, "call", 3, 4), "x", 1, 1, &cost),
			}},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 3, ErrorCount: 1, HasRoot: true,
				Models: []string{"x"}, InputTokens: new(int64(1)), OutputTokens: new(int64(1)), CostUSD: &cost,
				Headline: "Failed at *call*: rate limit"},
		},
		"an error that the root survived leaves it ok": {
			requests: [][]xray.Step{{span(1, 1, 0, "ask", 0, 100), failing(span(1, 2, 1, "tool", 1, 2), "no such city\nat line 3")}},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 2, ErrorCount: 1, HasRoot: true,
				Headline: "Failed at *tool*: no such city"},
		},
		"an error that passed up is named where it began": {
			requests: [][]xray.Step{{
				failing(span(1, 1, 0, "order", 0, 100), "order failed"), failing(span(1, 2, 1, "pay", 1, 90), "pay failed"),
				failing(span(1, 3, 2, "charge", 2, 80), "card declined"),
			}},
			want: xray.Execution{Name: "order", Status: xray.StatusError, Start: ms(0), End: ms(100), StepCount: 3, ErrorCount: 3, HasRoot: true,
				Headline: "Failed at *charge*: card declined"},
		},
		"without a root any error decides": {
			requests: [][]xray.Step{{span(1, 2, 1, "b", 5, 9), failing(span(1, 3, 1, "a", 1, 2), "")}},
			want: xray.Execution{Name: "a", Status: xray.StatusError, Start: ms(1), End: ms(9), StepCount: 2, ErrorCount: 1,
				Headline: "Failed at *a*"},
		},
		"an announced step is replaced by the real one and never counted": {
			requests: [][]xray.Step{{pending(1, 0, "ask")}, {span(1, 2, 1, "child", 1, 2)}, {span(1, 1, 0, "ask", 0, 100)}},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 2, HasRoot: true,
				Headline: "2 steps in 100 ms"},
		},
		"a run that was announced and never ended has failed": {
			requests: [][]xray.Step{{pending(1, 0, "ask")}, {span(1, 2, 1, "child", 1, 2)}},
			want: xray.Execution{Name: "ask", Status: xray.StatusError, Start: ms(0), End: ms(2), StepCount: 1,
				Headline: "*ask* never ended, after 1 step"},
		},
		"work behind the root does not stretch the execution": {
			requests: [][]xray.Step{{span(1, 1, 0, "ask", 0, 100)}, {span(1, 2, 1, "background", 50, 5000)}},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(0), End: ms(100), StepCount: 2, HasRoot: true,
				Headline: "2 steps in 100 ms"},
		},
		"an end before the start is kept": {
			requests: [][]xray.Step{{span(1, 1, 0, "ask", 100, 0)}},
			want: xray.Execution{Name: "ask", Status: xray.StatusOK, Start: ms(100), End: ms(0), StepCount: 1, HasRoot: true,
				Headline: "1 step in 0 ns"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openNew(t)
			for _, steps := range tc.requests {
				put(t, s, batchOf(t, theProject, steps...))
			}
			inBackground(t, s.Settle)
			got := settled(t, s, traceID(1))
			want := tc.want
			want.ProjectID, want.TraceID, want.ExecutionID = theProject, traceID(1), traceID(1).String()
			want.Service, want.Settled, want.Metadata = "shop", true, json.RawMessage("{}")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("settled execution differs (-want +got):\n%s", diff)
			}
		})
	}
}

// unused takes a call's tokens away.
func unused(s xray.Step) xray.Step {
	s.Tokens = xray.Tokens{}
	return s
}

func TestLateSpansUnsettleAnExecution(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	inBackground(t, s.Settle)
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 100)))
	settled(t, s, traceID(1))
	put(t, s, batchOf(t, theProject, span(1, 2, 1, "late", 1, 2), span(1, 1, 0, "ask", 0, 100)))
	eventually(t, func() string {
		if e := settled(t, s, traceID(1)); e.StepCount != 2 || e.Headline != "2 steps in 100 ms" {
			return e.Headline
		}
		return ""
	})
}

func TestWhatADeadProcessLeftIsSettledByAnother(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	dead := open(t, url, quick())
	put(t, dead, batchOf(t, theProject, span(1, 1, 0, "rooted", 0, 100)))
	put(t, dead, batchOf(t, theProject, span(2, 2, 1, "rootless", 0, 100)))
	opts := quick()
	opts.Clock = func() time.Time { return time.Now().Add(10 * time.Minute) }
	inBackground(t, open(t, url, opts).Settle)
	settled(t, dead, traceID(1))
	settled(t, dead, traceID(2))
}

func TestHintsOfTheRootGoBeforeThoseOfOthers(t *testing.T) {
	t.Parallel()
	child, sibling, root := span(1, 2, 1, "child", 1, 2), span(1, 3, 1, "sibling", 2, 3), span(1, 1, 0, "root", 0, 9)
	text := func(s string) json.RawMessage { return json.RawMessage(`"` + s + `"`) }
	root.Hints = &xray.ExecutionHints{SessionID: "of root", Tags: []string{"b"}, FinalOutcome: text("done"), Receipt: &xray.Receipt{Started: 3}}
	child.Hints = &xray.ExecutionHints{SessionID: "of child", UserID: "of child", Tags: []string{"a"},
		Metadata: map[string]json.RawMessage{"k": text("child"), "c": text("child")}}
	sibling.Hints = &xray.ExecutionHints{UserID: "of sibling", Name: "better name", Tags: []string{"a", "c"},
		Metadata: map[string]json.RawMessage{"k": text("sibling")}}
	for name, order := range map[string][]xray.Step{
		"root first":     {root, child, sibling},
		"root last":      {sibling, child, root},
		"root between":   {sibling, root, child},
		"each one twice": {child, sibling, root, child, root, sibling},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openNew(t)
			for i, step := range order {
				step.Model = string(rune('a' + i)) // no two requests are equal
				put(t, s, batchOf(t, theProject, step))
			}
			inBackground(t, s.Settle)
			e := settled(t, s, traceID(1))
			if e.Name != "better name" || e.SessionID != "of root" || e.UserID != "of child" || e.StepCount != 3 {
				t.Errorf("name %q, session %q, user %q, %d steps", e.Name, e.SessionID, e.UserID, e.StepCount)
			}
			if diff := cmp.Diff([]string{"a", "b", "c"}, e.Tags); diff != "" {
				t.Errorf("tags:\n%s", diff)
			}
			if string(e.Metadata) != `{"c":"child","k":"child"}` || string(e.FinalOutcome) != `"done"` || e.Receipt.Started != 3 {
				t.Errorf("metadata %s, outcome %s, receipt %+v", e.Metadata, e.FinalOutcome, e.Receipt)
			}
		})
	}
}

func TestContentInLogRecordsIsWorthAnExplanation(t *testing.T) {
	t.Parallel()
	cost := 0.5
	spans := batchOf(t, theProject, span(1, 1, 0, "ask", 0, 100), modelCall(span(1, 2, 1, "call", 1, 2), "x", 1, 1, &cost))
	logs := logsOf(t, theProject, xray.LogRef{TraceID: traceID(1), SpanID: spanID(2)})
	asked := func(s *store.Store) bool {
		job, err := s.Job(t.Context(), theProject, traceID(1))
		if err != nil {
			t.Fatal(err)
		}
		return job != nil && !job.FactsOnly
	}
	for name, order := range map[string][]xray.Batch{"which come first": {logs, spans}, "which come last": {spans, logs}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openNew(t)
			inBackground(t, s.Settle)
			put(t, s, order[0])
			put(t, s, order[1])
			settled(t, s, traceID(1))
			eventually(t, func() string {
				if !asked(s) {
					return "nobody asked a model for an explanation"
				}
				return ""
			})
		})
	}
	t.Run("which come after it was settled", func(t *testing.T) {
		t.Parallel()
		s := openNew(t)
		inBackground(t, s.Settle)
		put(t, s, spans)
		settled(t, s, traceID(1))
		if asked(s) {
			t.Fatal("there is nothing yet that a model could explain")
		}
		put(t, s, logs)
		eventually(t, func() string {
			if !asked(s) {
				return "nobody asked a model for an explanation"
			}
			return ""
		})
	})
}
