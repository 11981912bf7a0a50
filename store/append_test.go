package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
)

func everyField() xray.Step {
	n := func(v int64) *int64 { return &v }
	cost := 0.0123
	return xray.Step{
		TraceID: traceID(1), SpanID: spanID(math.MaxInt64), ParentID: xray.SpanID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe},
		Name: "ответь 回答", Type: xray.TypeLLM, Status: xray.StatusError, Start: ms(3), End: xray.MaxNano, Service: "bot",
		ModelCall: true, Model: "gpt-x", Provider: "openai",
		Tokens: xray.Tokens{
			Input: n(1), CacheRead: n(2), CacheWrite: n(3), InputAudio: n(4), Output: n(5), Reasoning: n(0), OutputAudio: n(math.MaxInt64),
		},
		CostUSD: &cost, CostFrom: xray.CostComputed, PriceDate: "2026-11-01", Error: "too long", HasPayload: true,
	}
}

func TestStepsComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	root := span(1, 1, 0, "root", 0, 10)
	want := []xray.Step{root, everyField()}
	put(t, s, batchOf(t, theProject, want...))

	got, err := s.Steps(t.Context(), theProject, traceID(1))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps differ (-sent +read):\n%s", diff)
	}
	detail, err := s.Step(t.Context(), theProject, traceID(1), everyField().SpanID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everyField(), detail.Step); diff != "" {
		t.Errorf("detail differs (-sent +read):\n%s", diff)
	}
}

func TestEveryTypeComesBack(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	types := []xray.StepType{
		xray.TypeLLM, xray.TypeEmbedding, xray.TypeRetriever, xray.TypeReranker, xray.TypeTool, xray.TypeAgent, xray.TypeChain,
		xray.TypeGuardrail, xray.TypeEvaluator, xray.TypePrompt, xray.TypeParser, xray.TypeMemory, xray.TypeHTTP, xray.TypeDB,
		xray.TypeRPC, xray.TypeMessaging, xray.TypeFunction, xray.TypeSpan,
	}
	var steps []xray.Step
	for i, kind := range types {
		step := span(1, i+1, 0, "step", i, i)
		step.Type = kind
		steps = append(steps, step)
	}
	put(t, s, batchOf(t, theProject, steps...))
	got, err := s.Steps(t.Context(), theProject, traceID(1))
	if err != nil {
		t.Fatal(err)
	}
	for i, kind := range types {
		if got[i].Type != kind {
			t.Errorf("step %d is %s, was sent as %s", i, got[i].Type, kind)
		}
	}
}

func TestTextsThatPostgreSQLDoesNotTakeAreStoredMended(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	step := span(1, 1, 0, "a\x00b\xffc", 0, 1)
	step.Service = "\x00"
	step.Error = strings.Repeat("ж", 2000)
	step.Hints = &xray.ExecutionHints{
		ExecutionID: "run\x00\xfe", SessionID: strings.Repeat("s", 5000), Tags: []string{"a\"b\\c,{}\x00"},
		Metadata:     map[string]json.RawMessage{"k\x00": json.RawMessage(`"\u0000"`), "broken": json.RawMessage(`{"a":`), "": json.RawMessage(`1`)},
		FinalOutcome: json.RawMessage(strings.Repeat("[", 9000) + strings.Repeat("]", 9000)),
	}
	put(t, s, batchOf(t, theProject, step))
	e, err := s.Execution(t.Context(), theProject, traceID(1).String())
	if err != nil {
		t.Fatal(err)
	}
	if e.Name != "a\uFFFDb\uFFFDc" || e.Service != "\uFFFD" {
		t.Errorf("name %q, service %q", e.Name, e.Service)
	}
	if diff := cmp.Diff([]string{"a\"b\\c,{}\uFFFD"}, e.Tags); diff != "" {
		t.Errorf("tags differ:\n%s", diff)
	}
	if !json.Valid(e.Metadata) || !json.Valid(e.FinalOutcome) {
		t.Errorf("metadata %q or outcome %.40q is not JSON", e.Metadata, e.FinalOutcome)
	}
	if _, err := s.Execution(t.Context(), theProject, "run\x00\xfe"); err != nil {
		t.Errorf("by its own id: %v", err)
	}
}

func TestAResentRequestChangesNothing(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	b := func() xray.Batch {
		return batchOf(t, theProject, span(1, 1, 0, "root", 0, 10), span(1, 2, 1, "child", 1, 2))
	}
	put(t, s, b())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := s.Append(t.Context(), b()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	e, err := s.Execution(t.Context(), theProject, traceID(1).String())
	if err != nil || e.StepCount != 2 {
		t.Errorf("%d steps, want 2; error %v", e.StepCount, err)
	}
}

func TestTheSameRequestSentTwiceAtOnceIsStoredOnce(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	var wg sync.WaitGroup
	for trace := range 10 {
		for range 8 {
			wg.Go(func() {
				if err := s.Append(t.Context(), batchOf(t, theProject, span(trace, 1, 0, "root", 0, 10))); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	page, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{})
	if err != nil || len(page.Executions) != 10 {
		t.Fatalf("%d executions, want 10; error %v", len(page.Executions), err)
	}
	for _, e := range page.Executions {
		if e.StepCount != 1 {
			t.Errorf("execution %s has %d steps, want 1", e.TraceID, e.StepCount)
		}
	}
}

func TestTheSameTraceInTwoProjectsIsTwoExecutions(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "mine", 0, 10)))
	put(t, s, batchOf(t, other.ID, span(1, 1, 0, "theirs", 0, 10)))
	for project, name := range map[int32]string{theProject: "mine", other.ID: "theirs"} {
		e, err := s.Execution(t.Context(), project, traceID(1).String())
		if err != nil || e.Name != name || e.StepCount != 1 {
			t.Errorf("project %d has %q with %d steps, want %q with 1; error %v", project, e.Name, e.StepCount, name, err)
		}
		var otlp bytes.Buffer
		if err := s.OTLP(t.Context(), project, traceID(1), &otlp); err != nil || strings.Count(otlp.String(), `"Name"`) != 1 {
			t.Errorf("project %d exports %s; error %v", project, &otlp, err)
		}
	}
}

func TestSmallRequestsShareSegmentsAndKeepTheirPayloads(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			root, child := span(i, 1, 0, fmt.Sprint("run ", i), 0, 10), span(i, 2, 1, fmt.Sprint("child ", i), 1, 2)
			if err := s.Append(t.Context(), batchOf(t, theProject, root, child)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range 200 {
		d, err := s.Step(t.Context(), theProject, traceID(i), spanID(2))
		if err != nil {
			t.Fatal(err)
		}
		var sent xray.Step
		if err := json.Unmarshal(d.Input, &sent); err != nil || sent.Name != fmt.Sprint("child ", i) {
			t.Errorf("the payload of child %d is that of %q; error %v", i, sent.Name, err)
		}
	}
}

func TestLogRecordsJoinTheirSpans(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	refs := []xray.LogRef{
		{TraceID: traceID(1), SpanID: spanID(2)}, {TraceID: traceID(1), SpanID: spanID(2)}, {TraceID: traceID(2), SpanID: spanID(2)},
	}
	put(t, s, logsOf(t, theProject, refs...)) // before their spans, as exporters do
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "root", 0, 10), span(1, 2, 1, "call", 1, 2)))
	details, err := s.Details(t.Context(), theProject, traceID(1))
	if err != nil {
		t.Fatal(err)
	}
	var joined []string
	for _, d := range details {
		joined = append(joined, string(d.Output))
	}
	if !slices.Equal(joined, []string{"0", "2"}) {
		t.Errorf("log records per step: %v, want 0 and 2", joined)
	}
	if page, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{}); err != nil || len(page.Executions) != 1 {
		t.Errorf("log records alone made an execution: %d in the list; error %v", len(page.Executions), err)
	}
}

func TestExportHoldsEachSpanOnceAsItCameLast(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	first, last := span(1, 1, 0, "first try", 0, 10), span(1, 1, 0, "last try", 0, 12)
	put(t, s, batchOf(t, theProject, first, span(1, 2, 1, "child", 1, 2)))
	put(t, s, batchOf(t, theProject, last))
	var out bytes.Buffer
	if err := s.OTLP(t.Context(), theProject, traceID(1), &out); err != nil {
		t.Fatal(err)
	}
	var spans []xray.Step
	if err := json.Unmarshal(out.Bytes(), &spans); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range spans {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"child", "last try"}) {
		t.Errorf("exported %q", names)
	}
}
