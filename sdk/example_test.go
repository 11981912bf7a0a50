package xray_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/xraytrace/xray/sdk"
)

// printed makes a client whose spans can be printed.
func printed() (context.Context, func(keys ...string)) {
	mem := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))
	client, err := xray.New(xray.Config{}, xray.WithTracerProvider(tp))
	if err != nil {
		panic(err)
	}
	return client.Context(context.Background()), func(keys ...string) {
		spans := mem.GetSpans()
		sort.SliceStable(spans, func(i, j int) bool { return spans[i].StartTime.Before(spans[j].StartTime) })
		for _, s := range spans {
			fmt.Println(s.Name)
			set := attribute.NewSet(s.Attributes...)
			for _, k := range keys {
				if v, ok := set.Value(attribute.Key(k)); ok {
					fmt.Printf("  %s = %s\n", strings.TrimPrefix(k, "xray."), v.String())
				}
			}
		}
	}
}

// An execution with one step: what the step was given and what it returned is
// recorded, and the result keeps its type.
func ExampleTrackExecution() {
	ctx, show := printed()

	longest, err := xray.TrackExecution(ctx, "find the longest word", func(ctx context.Context) (string, error) {
		words, err := xray.Step(ctx, "split", func(context.Context) ([]string, error) {
			return strings.Fields("why did this run end"), nil
		}, "why did this run end")
		if err != nil {
			return "", err
		}
		return xray.Value(ctx, "pick", func() string { return words[0] }, words), nil
	})
	fmt.Println(longest, err)
	show("xray.input", "xray.output")
	// Output:
	// why <nil>
	// find the longest word
	//   output = "why"
	// split
	//   input = "why did this run end"
	//   output = ["why","did","this","run","end"]
	// pick
	//   input = ["why","did","this","run","end"]
	//   output = "why"
}

// Candidates that pass or fall out, with the reason for each.
func ExampleDrop() {
	ctx, show := printed()

	_ = xray.Do(ctx, "filter by price", func(ctx context.Context) error {
		const most = 50
		xray.Criterion(ctx, "price", "<=", most)
		for name, price := range map[string]int{"lamp": 80} {
			if price > most {
				xray.Drop(ctx, name, "too dear", xray.WithScore(float64(price)))
			}
		}
		xray.Keep(ctx, "bottle", "cheap enough")
		return nil
	})
	show("xray.criteria", "xray.items.kept", "xray.items.dropped")
	// Output:
	// filter by price
	//   criteria = [{"field":"price","op":"<=","value":50}]
	//   items.kept = [{"key":"bottle","reason":"cheap enough"}]
	//   items.dropped = [{"key":"lamp","reason":"too dear","score":80}]
}

// Steps that do not fit a function are started and ended by hand.
func ExampleStartStep() {
	ctx, show := printed()

	_, step := xray.StartStep(ctx, "upload", "report.pdf", xray.TypeTool)
	step.SetOutput(map[string]int{"pages": 3})
	step.End(nil)
	show("xray.step.type", "xray.input", "xray.output")
	// Output:
	// upload
	//   step.type = tool
	//   input = "report.pdf"
	//   output = {"pages":3}
}

// Errors go through untouched.
func ExampleDo() {
	ctx, show := printed()
	errEmpty := errors.New("the catalogue is empty")

	err := xray.Do(ctx, "search", func(context.Context) error { return errEmpty }, "bottle")
	fmt.Println(errors.Is(err, errEmpty))
	show("xray.input")
	// Output:
	// true
	// search
	//   input = "bottle"
}

// A call to a language model, by OpenTelemetry's GenAI conventions.
func ExampleLLM() {
	ctx, show := printed()

	keywords, _ := xray.LLM(ctx, xray.Request{
		Provider: "openai", Model: "gpt-5-mini",
		Messages: []xray.Message{{Role: "user", Content: "Keywords for: steel bottle"}},
	}, func(ctx context.Context, call *xray.Call) (string, error) {
		// … the call itself; then tell what came back:
		call.Responded("gpt-5-mini", "")
		call.Used(xray.Usage{Input: 9, Output: 4})
		call.Answered(xray.Message{Role: "assistant", Content: "steel, bottle", FinishReason: "stop"})
		return "steel, bottle", nil
	})
	fmt.Println(keywords)
	show("gen_ai.provider.name", "gen_ai.usage.input_tokens", "gen_ai.output.messages")
	// Output:
	// steel, bottle
	// chat gpt-5-mini
	//   gen_ai.provider.name = openai
	//   gen_ai.usage.input_tokens = 9
	//   gen_ai.output.messages = [{"role":"assistant","parts":[{"content":"steel, bottle","type":"text"}],"finish_reason":"stop"}]
}
