package receiver_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver"
)

func seedExecution() xray.NewExecution {
	return xray.NewExecution{
		ExecutionID: "run-17",
		Name:        "competitor search",
		Metadata:    json.RawMessage(`{"plan":"pro"}`),
		Steps: []xray.NewStep{
			{Name: "keywords", Input: json.RawMessage(`{"title":"bottle"}`), Output: json.RawMessage(`["bottle"]`), DurationMs: 120.5, Reasoning: "the title says so"},
			{Name: "search", DurationMs: 30},
			{Name: "rank", Error: "no candidates"},
		},
		FinalOutcome: json.RawMessage(`{"winner":null}`),
	}
}

var shop = xray.Principal{Project: xray.Project{ID: 7, Slug: "shop"}, Scope: xray.ScopeIngest}

func TestAnExecutionWithoutOpenTelemetryBecomesSpans(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	id, executionID, err := h.receiver.Import(t.Context(), shop, seedExecution())
	if err != nil || executionID != "run-17" {
		t.Fatalf("id %s, execution %q, error %v", id, executionID, err)
	}
	segments := h.sink.segments(xray.SignalTraces)
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(segments[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	if spans.Len() != 4 {
		t.Fatalf("%d spans", spans.Len())
	}
	root := spans.At(0)
	attr := func(s ptrace.Span, key string) string { v, _ := s.Attributes().Get(key); return v.AsString() }
	if root.Name() != "competitor search" || attr(root, "xray.execution.id") != "run-17" ||
		attr(root, "xray.metadata") != `{"plan":"pro"}` || attr(root, "xray.execution.outcome") != `{"winner":null}` ||
		root.Status().Code() != ptrace.StatusCodeError || root.TraceID().String() != id {
		t.Errorf("root is %q with %v, status %v", root.Name(), root.Attributes().AsRaw(), root.Status().Code())
	}
	first := spans.At(1)
	if attr(first, "xray.input") != `{"title":"bottle"}` || attr(first, "xray.output") != `["bottle"]` || attr(first, "xray.reasoning") != "the title says so" {
		t.Errorf("first step carries %v", first.Attributes().AsRaw())
	}
	if last := spans.At(3); last.Status().Code() != ptrace.StatusCodeError || last.Status().Message() != "no candidates" {
		t.Errorf("last step's status is %v %q", last.Status().Code(), last.Status().Message())
	}
	at := noon.Add(-150500 * time.Microsecond) // ends now
	for i, d := range []time.Duration{120500 * time.Microsecond, 30 * time.Millisecond, 0} {
		s := spans.At(i + 1)
		if got := s.StartTimestamp().AsTime(); !got.Equal(at) || s.ParentSpanID() != root.SpanID() {
			t.Errorf("step %d starts at %v, want %v", i, got, at)
		}
		at = at.Add(d)
		if got := s.EndTimestamp().AsTime(); !got.Equal(at) {
			t.Errorf("step %d ends at %v, want %v", i, got, at)
		}
	}
	if !root.EndTimestamp().AsTime().Equal(noon) {
		t.Errorf("root ends at %v", root.EndTimestamp().AsTime())
	}
}

func TestSendingAnExecutionAgainChangesNothing(t *testing.T) {
	t.Parallel()
	now := noon
	h := open(t, receiver.Options{Clock: func() time.Time { return now }})
	first, _, err := h.receiver.Import(t.Context(), shop, seedExecution())
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	again, _, err := h.receiver.Import(t.Context(), shop, seedExecution())
	if err != nil || again != first || len(h.sink.batches) != 1 {
		t.Errorf("ids %s and %s, %d batches, error %v", first, again, len(h.sink.batches), err)
	}
	other := shop
	other.Project.ID = 8
	if id, _, err := h.receiver.Import(t.Context(), other, seedExecution()); err != nil || id == first {
		t.Errorf("another project gets id %s, error %v", id, err)
	}
	changed := seedExecution()
	changed.Steps[2].Error = ""
	if id, _, err := h.receiver.Import(t.Context(), shop, changed); err != nil || id != first || len(h.sink.batches) != 3 {
		t.Errorf("new content of the same execution: id %s, %d batches, error %v", id, len(h.sink.batches), err)
	}
}

func TestAnExecutionWithoutAnIDGetsOne(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	e := seedExecution()
	e.ExecutionID, e.Name, e.StartedAt = "", "", time.Unix(1_700_000_000, 0)
	id, executionID, err := h.receiver.Import(t.Context(), shop, e)
	if err != nil || executionID != id {
		t.Errorf("id %s, execution %q, error %v", id, executionID, err)
	}
	if second, _, _ := h.receiver.Import(t.Context(), shop, e); second == id {
		t.Error("two executions have one id")
	}
	if s := h.sink.steps()[0]; s.Name != "execution" || s.Start.Time() != e.StartedAt.UTC() {
		t.Errorf("root is %q from %v", s.Name, s.Start.Time())
	}
}

func TestAnExecutionThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	with := func(f func(*xray.NewExecution)) xray.NewExecution {
		e := seedExecution()
		f(&e)
		return e
	}
	tests := map[string]struct {
		who  xray.Principal
		what xray.NewExecution
		want xray.Code
	}{
		"a step without a name":     {shop, with(func(e *xray.NewExecution) { e.Steps[1].Name = "" }), xray.CodeInvalid},
		"a negative duration":       {shop, with(func(e *xray.NewExecution) { e.Steps[1].DurationMs = -1 }), xray.CodeInvalid},
		"a duration that is NaN":    {shop, with(func(e *xray.NewExecution) { e.Steps[1].DurationMs = math.NaN() }), xray.CodeInvalid},
		"a duration without end":    {shop, with(func(e *xray.NewExecution) { e.Steps[1].DurationMs = math.Inf(1) }), xray.CodeInvalid},
		"metadata that is a list":   {shop, with(func(e *xray.NewExecution) { e.Metadata = json.RawMessage(`[]`) }), xray.CodeInvalid},
		"input that is no JSON":     {shop, with(func(e *xray.NewExecution) { e.Steps[0].Input = json.RawMessage(`{`) }), xray.CodeInvalid},
		"an outcome that is none":   {shop, with(func(e *xray.NewExecution) { e.FinalOutcome = json.RawMessage(`{`) }), xray.CodeInvalid},
		"an id that is too long":    {shop, with(func(e *xray.NewExecution) { e.ExecutionID = strings.Repeat("x", 257) }), xray.CodeInvalid},
		"a start before 1970":       {shop, with(func(e *xray.NewExecution) { e.StartedAt = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) }), xray.CodeInvalid},
		"another project":           {shop, with(func(e *xray.NewExecution) { e.ProjectID = "other" }), xray.CodeForbidden},
		"a key that may only read":  {xray.Principal{Project: shop.Project, Scope: xray.ScopeRead}, seedExecution(), xray.CodeForbidden},
		"more steps than are taken": {shop, with(func(e *xray.NewExecution) { e.Steps = make([]xray.NewStep, 100_001) }), xray.CodeTooLarge},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			if _, _, err := h.receiver.Import(t.Context(), tt.who, tt.what); xray.ErrorCode(err) != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}
