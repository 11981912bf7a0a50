package xray_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/xraytrace/xray/sdk"
)

func TestALargePayloadIsShortenedAndMarked(t *testing.T) {
	ctx, mem := recorder(t, xray.WithPayloadLimit(2_000))
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		in := struct {
			Candidates []movie `json:"candidates"`
			Threshold  int     `json:"threshold"`
		}{make([]movie, 1000), 7}
		xray.Value(ctx, "filter", func() string { return "small" }, in)
		return nil
	})
	s := span(t, mem, "filter")
	in := jsonAttr[map[string]any](t, s, "xray.input")
	if in["threshold"] != 7.0 || len(attr(s, "xray.input").(string)) > 2_000 {
		t.Errorf("input %v", attr(s, "xray.input"))
	}
	if got := attr(s, "xray.truncated"); !reflect.DeepEqual(got, []string{"xray.input"}) {
		t.Errorf("truncated %v", got)
	}
	cuts := jsonAttr[[]struct {
		At       string
		Kept, Of int
	}](t, s, "xray.truncated.at")
	if len(cuts) != 1 || cuts[0].At != "/input/candidates" || cuts[0].Of != 1000 || cuts[0].Kept != len(in["candidates"].([]any)) {
		t.Errorf("cuts %+v", cuts)
	}
	if got := attr(span(t, mem, "run"), "xray.receipt.cut"); got != int64(1) {
		t.Errorf("the receipt says %v were cut, want 1", got)
	}
}

func TestAValueSetAgainForgetsTheCutsOfTheFirst(t *testing.T) {
	ctx, mem := recorder(t, xray.WithPayloadLimit(200))
	_, s := xray.StartStep(ctx, "step")
	s.SetInput(strings.Repeat("x", 1000))
	s.SetInput("short")
	s.End(nil)
	if got := attr(span(t, mem, "step"), "xray.truncated"); got != nil {
		t.Errorf("truncated %v", got)
	}
}

type parcel struct {
	SKU    string  `json:"sku"`
	Weight float64 `json:"weight"`
}

func TestDecisionsAreRecordedWithKeyReasonScoreAndCriterion(t *testing.T) {
	ctx, mem := recorder(t)
	_ = xray.Do(ctx, "filter", func(ctx context.Context) error {
		xray.Criterion(ctx, "weight", "<=", 30)
		xray.Keep(ctx, parcel{"a-1", 12}, "light enough", xray.WithScore(0.9))
		xray.Drop(ctx, parcel{"b-2", 44}, "too heavy", xray.WithCriterion("weight", "<=", 30))
		xray.Drop(ctx, 17, "not a parcel")
		xray.Drop(ctx, map[string]any{"weight": 1}, "nameless")
		xray.Drop(ctx, parcel{}, "given a name", xray.WithKey("spare"))
		return nil
	})
	s := span(t, mem, "filter")
	if got, want := attr(s, "xray.items.kept"), `[{"key":"a-1","item":{"sku":"a-1","weight":12},"reason":"light enough","score":0.9}]`; got != want {
		t.Errorf("kept %v\nwant %v", got, want)
	}
	dropped := jsonAttr[[]map[string]any](t, s, "xray.items.dropped")
	var keys []any
	for _, d := range dropped {
		keys = append(keys, d["key"])
	}
	if len(keys) != 4 || keys[0] != "b-2" || keys[1] != "17" || len(keys[2].(string)) != 16 || keys[3] != "spare" {
		t.Errorf("keys %v", keys)
	}
	if got := fmt.Sprint(dropped[0]["criterion"]); got != "map[field:weight op:<= value:30]" {
		t.Errorf("criterion %v", got)
	}
	if got, want := attr(s, "xray.criteria"), `[{"field":"weight","op":"<=","value":30}]`; got != want {
		t.Errorf("criteria %v", got)
	}
}

func TestManyDecisionsKeepEveryKeyAndLeaveOutTheBodies(t *testing.T) {
	ctx, mem := recorder(t, xray.WithPayloadLimit(50_000))
	_ = xray.Do(ctx, "filter", func(ctx context.Context) error {
		var all []parcel
		for i := range 1000 {
			all = append(all, parcel{fmt.Sprintf("sku-%d with a long name to make it a hundred bytes or so, that is enough", i), 1})
		}
		xray.Items(ctx, nil, all[:500])
		for _, p := range all[500:] {
			xray.Drop(ctx, p, "")
		}
		return nil
	})
	s := span(t, mem, "filter")
	dropped := jsonAttr[[]map[string]any](t, s, "xray.items.dropped")
	if dropped[0]["item"] != nil || len(dropped) < 500 {
		t.Errorf("%d decisions, the first %v", len(dropped), dropped[0])
	}
	if got := attr(s, "xray.truncated"); !reflect.DeepEqual(got, []string{"xray.items.dropped"}) {
		t.Errorf("truncated %v", got)
	}
	if !strings.Contains(attr(s, "xray.truncated.at").(string), `"of":1000`) {
		t.Errorf("cuts %v", attr(s, "xray.truncated.at"))
	}
}

func TestTheMaskSeesEverythingBeforeItLeaves(t *testing.T) {
	mask := xray.MaskKeys("password", "Token")
	ctx, mem := recorder(t, xray.WithMask(func(attribute, value string) string {
		return strings.ReplaceAll(mask(attribute, value), "4111-1111", "[card]")
	}))
	secret := map[string]any{"password": "hunter2", "deep": []any{map[string]any{"TOKEN": "t0ken"}}, "card": "4111-1111"}
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		xray.CurrentExecution(ctx).SetMetadata("auth", secret)
		xray.CurrentExecution(ctx).SetFinalOutcome(secret)
		_, _ = xray.LLM(ctx, xray.Request{Model: "m", Messages: []xray.Message{{Role: "user", Content: "pay with 4111-1111"}}},
			func(_ context.Context, c *xray.Call) (string, error) {
				c.Answered(xray.Message{Role: "assistant", Content: "paid with 4111-1111"})
				return "", nil
			})
		return xray.Do(ctx, "step", func(ctx context.Context) error {
			xray.Drop(ctx, secret, "", xray.WithKey("k"))
			return errors.New("card 4111-1111 was refused")
		}, secret)
	}, xray.WithInput(secret))
	for _, s := range mem.GetSpans() {
		all := fmt.Sprint(s.Attributes, s.Events, s.Status)
		for _, leak := range []string{"hunter2", "t0ken", "4111"} {
			if strings.Contains(all, leak) {
				t.Errorf("%s leaks %s: %s", s.Name, leak, all)
			}
		}
	}
}

func TestAMaskThatPanicsLeaksNothing(t *testing.T) {
	ctx, mem := recorder(t, xray.WithMask(func(string, string) string { panic("oops") }))
	_ = xray.Do(ctx, "step", func(context.Context) error { return errors.New("secret") }, "secret")
	s := span(t, mem, "step")
	if all := fmt.Sprint(s.Attributes, s.Events, s.Status); strings.Contains(all, "secret") || !strings.Contains(all, "not recorded") {
		t.Errorf("recorded %s", all)
	}
}

func TestExecutionDetails(t *testing.T) {
	ctx, mem := recorder(t)
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		ex := xray.CurrentExecution(ctx)
		if ex.ExecutionID() != "order-17" {
			t.Errorf("id %q", ex.ExecutionID())
		}
		return xray.Do(ctx, "inner", func(ctx context.Context) error {
			ex := xray.CurrentExecution(ctx)
			ex.SetFinalOutcome(map[string]int{"sold": 3})
			ex.SetMetadata("shop", "Vienna")
			ex.AddTags("b", "a")
			ex.SetSession("s-1")
			return nil
		})
	}, xray.WithID("order-17"), xray.WithUser("ada"), xray.WithTags("a"), xray.WithMetadata("n", 1))
	s := span(t, mem, "run")
	for key, want := range map[string]any{
		"xray.execution.id": "order-17", "xray.execution.outcome": `{"sold":3}`, "xray.metadata": `{"n":1,"shop":"Vienna"}`,
		"session.id": "s-1", "user.id": "ada",
	} {
		if got := attr(s, key); got != want {
			t.Errorf("%s = %v, want %v", key, got, want)
		}
	}
	if got := attr(s, "xray.tags"); !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Errorf("tags %v", got)
	}
}

func TestAnExecutionInsideAnotherIsAStepOfIt(t *testing.T) {
	ctx, mem := recorder(t)
	_ = xray.Track(ctx, "outer", func(ctx context.Context) error {
		return xray.Track(ctx, "inner", func(ctx context.Context) error {
			return xray.Do(ctx, "step", func(context.Context) error { return nil })
		})
	})
	outer, inner := span(t, mem, "outer"), span(t, mem, "inner")
	if inner.Parent.SpanID() != outer.SpanContext.SpanID() {
		t.Error("the inner execution is not a child of the outer")
	}
	if got := attr(outer, "xray.receipt.started"); got != int64(3) {
		t.Errorf("the outer receipt counts %v, want 3", got)
	}
	if got := attr(inner, "xray.execution.name"); got != nil {
		t.Errorf("the inner execution renames the trace to %v", got)
	}
}

func TestWithinAnotherSpanTheExecutionNamesTheTrace(t *testing.T) {
	ctx, mem := recorder(t)
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))
	ctx, server := tp.Tracer("http").Start(ctx, "POST /search")
	_ = xray.Track(ctx, "search", func(context.Context) error { return nil })
	_ = xray.Track(ctx, "own trace", func(context.Context) error { return nil }, xray.WithNewTrace())
	server.End()
	s, own := span(t, mem, "search"), span(t, mem, "own trace")
	if s.Parent.SpanID() != server.SpanContext().SpanID() || attr(s, "xray.execution.name") != "search" {
		t.Errorf("parent %v, attributes %v", s.Parent.SpanID(), s.Attributes)
	}
	if own.Parent.IsValid() || len(own.Links) != 1 || own.Links[0].SpanContext.SpanID() != server.SpanContext().SpanID() {
		t.Errorf("a new trace has parent %v and links %v", own.Parent, own.Links)
	}
}

func TestToJSONIsWhatTheServerTakes(t *testing.T) {
	ctx, _ := recorder(t)
	var ex *xray.Execution
	_, _ = xray.TrackExecution(ctx, "run", func(ctx context.Context) (string, error) {
		ex = xray.CurrentExecution(ctx)
		ex.SetMetadata("k", "v")
		xray.Value(ctx, "one", func() int { return 1 }, "in")
		_ = xray.Do(ctx, "two", func(ctx context.Context) error {
			xray.CurrentStep(ctx).SetReasoning("because")
			return errors.New("failed")
		})
		return "result", nil
	}, xray.WithID("e-1"))
	text, err := ex.ToJSON()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		ExecutionID  string
		Name         string
		Metadata     map[string]string
		FinalOutcome string
		Steps        []struct {
			Name, Error, Reasoning string
			Input                  any
			Output                 any
			DurationMs             float64
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.ExecutionID != "e-1" || doc.Name != "run" || doc.Metadata["k"] != "v" || doc.FinalOutcome != "result" || len(doc.Steps) != 2 {
		t.Fatalf("got %s", text)
	}
	one, two := doc.Steps[0], doc.Steps[1]
	if one.Name != "one" || one.Input != "in" || one.Output != 1.0 || two.Error != "failed" || two.Reasoning != "because" {
		t.Errorf("steps %s", text)
	}
}

func TestLiveAnnouncesEachStepBeforeItRuns(t *testing.T) {
	ctx, mem := recorder(t, xray.WithLive())
	var during tracetest.SpanStubs
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		return xray.Do(ctx, "step", func(context.Context) error {
			during = mem.GetSpans()
			return nil
		})
	})
	if len(during) != 2 {
		t.Fatalf("%d spans while the step runs, want 2 pending ones", len(during))
	}
	var real tracetest.SpanStub
	for _, s := range mem.GetSpans() {
		if s.Name == "step" && attr(s, "xray.pending") == nil {
			real = s
		}
	}
	p := during[1]
	if p.Name != "step" || p.Parent.SpanID() != real.SpanContext.SpanID() || !p.StartTime.Equal(real.StartTime) || !p.EndTime.Equal(p.StartTime) {
		t.Errorf("pending span %+v for %+v", p, real)
	}
	for key, want := range map[string]any{
		"xray.pending": true, "xray.pending.span_id": real.SpanContext.SpanID().String(), "xray.pending.parent_id": real.Parent.SpanID().String(),
	} {
		if got := attr(p, key); got != want {
			t.Errorf("%s = %v, want %v", key, got, want)
		}
	}
	if got := attr(during[0], "xray.pending.parent_id"); got != nil {
		t.Errorf("a root's pending span has the parent %v", got)
	}
}

func TestAModelCallFollowsTheGenAIConventions(t *testing.T) {
	ctx, mem := recorder(t)
	out, err := xray.LLM(ctx, xray.Request{
		Provider: "openai", Model: "gpt-5-mini", Stream: true,
		Messages: []xray.Message{{Role: "system", Content: "be brief"}, {Role: "user", Content: "hello"}},
	}, func(_ context.Context, c *xray.Call) (string, error) {
		c.FirstToken()
		c.Responded("gpt-5-mini-2026", "resp_1")
		c.Used(xray.Usage{Input: 12, Output: 34, CacheRead: 10})
		c.Answered(xray.Message{Role: "assistant", Content: "hi", FinishReason: "stop"})
		return "hi", nil
	})
	if out != "hi" || err != nil {
		t.Fatal(out, err)
	}
	s := span(t, mem, "chat gpt-5-mini")
	for key, want := range map[string]any{
		"xray.step.type": "llm", "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
		"gen_ai.request.model": "gpt-5-mini", "gen_ai.response.model": "gpt-5-mini-2026", "gen_ai.response.id": "resp_1",
		"gen_ai.usage.input_tokens": int64(12), "gen_ai.usage.output_tokens": int64(34), "gen_ai.usage.cache_read.input_tokens": int64(10),
		"gen_ai.input.messages":  `[{"role":"system","parts":[{"content":"be brief","type":"text"}]},{"role":"user","parts":[{"content":"hello","type":"text"}]}]`,
		"gen_ai.output.messages": `[{"role":"assistant","parts":[{"content":"hi","type":"text"}],"finish_reason":"stop"}]`,
		"xray.output":            nil,
	} {
		if got := attr(s, key); got != want {
			t.Errorf("%s = %v, want %v", key, got, want)
		}
	}
	if _, ok := attr(s, "gen_ai.response.time_to_first_chunk").(float64); !ok {
		t.Error("no time to first chunk")
	}
}
