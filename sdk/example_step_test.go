package xray_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/xraytrace/xray/sdk"
)

// A plain function, without a context and without an error.
func ExampleValue() {
	ctx, show := printed()

	best := xray.Value(ctx, "pick", func() int { return max(3, 7) }, []int{3, 7})
	fmt.Println(best)
	show("xray.input", "xray.output")
	// Output:
	// 7
	// pick
	//   input = [3,7]
	//   output = 7
}

// What a step is can be said from within.
func ExampleCurrentStep() {
	ctx, show := printed()

	_ = xray.Do(ctx, "route", func(ctx context.Context) error {
		step := xray.CurrentStep(ctx)
		step.SetType(xray.TypeAgent)
		step.SetInput("where to?")
		step.SetOutput("billing")
		step.SetReasoning("the question has an invoice number")
		step.SetAttributes(attribute.Int("app.rules", 12))
		return nil
	})
	show("xray.step.type", "xray.input", "xray.output", "xray.reasoning", "app.rules")
	// Output:
	// route
	//   step.type = agent
	//   input = "where to?"
	//   output = "billing"
	//   reasoning = the question has an invoice number
	//   app.rules = 12
}

// A candidate that passes, with what decided.
func ExampleKeep() {
	ctx, show := printed()

	_ = xray.Do(ctx, "rerank", func(ctx context.Context) error {
		doc := map[string]any{"id": 12, "title": "Shipping"}
		xray.Keep(ctx, doc, "answers the question", xray.WithScore(0.93), xray.WithCriterion("score", ">=", 0.5))
		xray.Keep(ctx, "a text without an id of its own, so", "it gets one", xray.WithKey("faq-3"))
		return nil
	})
	show("xray.items.kept")
	// Output:
	// rerank
	//   items.kept = [{"key":"12","item":{"id":12,"title":"Shipping"},"reason":"answers the question","criterion":{"field":"score","op":">=","value":0.5},"score":0.93},{"key":"faq-3","reason":"it gets one"}]
}

// All candidates of a step at once.
func ExampleItems() {
	ctx, show := printed()

	_ = xray.Do(ctx, "filter", func(ctx context.Context) error {
		xray.Items(ctx, []string{"lamp"}, []string{"sofa", "piano"})
		return nil
	})
	show("xray.items.kept", "xray.items.dropped")
	// Output:
	// filter
	//   items.kept = [{"key":"lamp"}]
	//   items.dropped = [{"key":"sofa"},{"key":"piano"}]
}

// What a step asked of all its candidates.
func ExampleCriterion() {
	ctx, show := printed()

	_ = xray.Do(ctx, "filter", func(ctx context.Context) error {
		xray.Criterion(ctx, "price", "<=", 50)
		xray.Criterion(ctx, "brand", "in", []string{"Acme", "Bolt"})
		xray.Criterion(ctx, "image", "present", nil)
		return nil
	})
	show("xray.criteria")
	// Output:
	// filter
	//   criteria = [{"field":"price","op":"<=","value":50},{"field":"brand","op":"in","value":["Acme","Bolt"]},{"field":"image","op":"present"}]
}

// What must not leave the program is masked before anything else sees it.
func ExampleWithMask() {
	mem := tracetest.NewInMemoryExporter()
	client, _ := xray.New(xray.Config{}, xray.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))),
		xray.WithMask(xray.MaskKeys("password")))
	_ = xray.Do(client.Context(context.Background()), "sign in", func(context.Context) error { return nil },
		map[string]string{"user": "ada", "password": "tr0ub4dor"})
	fmt.Println(attr(mem.GetSpans()[0], "xray.input"))
	// Output: {"password":"[masked]","user":"ada"}
}

// Large payloads are shortened so that they stay valid JSON and keep every
// small field.
func ExampleWithPayloadLimit() {
	mem := tracetest.NewInMemoryExporter()
	client, _ := xray.New(xray.Config{}, xray.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))),
		xray.WithPayloadLimit(64))
	candidates := make([]int, 1000)
	_ = xray.Do(client.Context(context.Background()), "filter", func(context.Context) error { return nil },
		struct {
			Candidates []int
			Threshold  int
		}{candidates, 7})
	fmt.Println(attr(mem.GetSpans()[0], "xray.input"))
	fmt.Println(attr(mem.GetSpans()[0], "xray.truncated.at"))
	// Output:
	// {"Candidates":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"Threshold":7}
	// [{"at":"/input/Candidates","kept":17,"of":1000}]
}

// With WithLive a step is seen as soon as it begins.
func ExampleWithLive() {
	mem := tracetest.NewInMemoryExporter()
	client, _ := xray.New(xray.Config{}, xray.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))), xray.WithLive())
	_ = xray.Do(client.Context(context.Background()), "think", func(context.Context) error {
		fmt.Println("announced:", mem.GetSpans()[0].Name, attr(mem.GetSpans()[0], "xray.pending"))
		return nil
	})
	// Output: announced: think true
}

// A streamed answer, which is not one function.
func ExampleStartCall() {
	ctx, show := printed()

	_, call := xray.StartCall(ctx, xray.Request{Provider: "openai", Model: "gpt-5-mini", Stream: true})
	answer := ""
	for _, piece := range []string{"hel", "lo"} {
		call.FirstToken() // only the first counts
		answer += piece
	}
	call.Answered(xray.Message{Role: "assistant", Content: answer, FinishReason: "stop"})
	call.End(nil)
	show("gen_ai.request.stream", "gen_ai.output.messages")
	// Output:
	// chat gpt-5-mini
	//   gen_ai.request.stream = true
	//   gen_ai.output.messages = [{"role":"assistant","parts":[{"content":"hello","type":"text"}],"finish_reason":"stop"}]
}
