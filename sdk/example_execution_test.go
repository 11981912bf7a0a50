package xray_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/xraytrace/xray/sdk"
)

// An OpenTelemetry set-up that exists is used as it is: its exporter decides
// where spans go.
func ExampleNew() {
	provider := sdktrace.NewTracerProvider() // the program's own, with its exporters
	client, err := xray.New(xray.Config{AutoReasoning: xray.Off}, xray.WithTracerProvider(provider))
	fmt.Println(client != nil, err)

	// A server in the Config without anything that would send to it is refused.
	_, err = xray.New(xray.Config{Endpoint: "https://xray.example.com"})
	fmt.Println(err == xray.ErrNoExporter)
	// Output:
	// true <nil>
	// true
}

// A pipeline that only succeeds or fails, with everything it can be found by.
func ExampleTrack() {
	ctx, show := printed()

	_ = xray.Track(ctx, "checkout", func(context.Context) error { return nil },
		xray.WithID("order-17"), xray.WithInput("basket 5"), xray.WithUser("ada"), xray.WithSession("s-1"),
		xray.WithTags("web"), xray.WithMetadata("shop", "Vienna"))
	show("xray.execution.id", "xray.input", "user.id", "session.id", "xray.tags", "xray.metadata")
	// Output:
	// checkout
	//   execution.id = order-17
	//   input = "basket 5"
	//   user.id = ada
	//   session.id = s-1
	//   tags = ["web"]
	//   metadata = {"shop":"Vienna"}
}

// Code whose beginning and end are not one function.
func ExampleStartExecution() {
	ctx, show := printed()

	ctx, ex := xray.StartExecution(ctx, "nightly import")
	_ = xray.Do(ctx, "read", func(context.Context) error { return nil })
	ex.SetFinalOutcome(map[string]int{"rows": 3})
	ex.End(nil)
	show("xray.execution.outcome", "xray.receipt.started")
	// Output:
	// nightly import
	//   execution.outcome = {"rows":3}
	//   receipt.started = 2
	// read
}

// Whatever is said of an execution can be said from anywhere within it.
func ExampleCurrentExecution() {
	ctx, show := printed()

	deepInside := func(ctx context.Context) error {
		ex := xray.CurrentExecution(ctx)
		ex.SetUser("ada")
		ex.SetSession("s-1")
		ex.AddTags("slow path")
		ex.SetMetadata("cache", "miss")
		ex.SetError(fmt.Errorf("the answer is %d days old", 3)) // failed, though nothing returns an error
		return nil
	}
	_ = xray.Track(ctx, "answer", func(ctx context.Context) error { return xray.Do(ctx, "look up", deepInside) })
	show("user.id", "session.id", "xray.tags", "xray.metadata")
	// Output:
	// answer
	//   user.id = ada
	//   session.id = s-1
	//   tags = ["slow path"]
	//   metadata = {"cache":"miss"}
	// look up
}

// The plain form of an execution, as POST /api/executions takes it.
func ExampleExecution_ToJSON() {
	ctx, _ := printed()

	ctx, ex := xray.StartExecution(ctx, "greet", xray.WithID("g-1"))
	xray.Value(ctx, "say", func() string { return "hello" }, "name")
	text, err := ex.ToJSON()
	ex.End(err)

	var doc struct {
		ExecutionID string
		Steps       []struct{ Name, Input, Output string }
	}
	_ = json.Unmarshal(text, &doc)
	fmt.Println(ex.ExecutionID() == doc.ExecutionID, doc.Steps)
	// Output: true [{say name hello}]
}

// Steps in goroutines: each takes the context that it belongs under. errgroup's
// context does as well.
func ExampleStep() {
	ctx, show := printed()

	_ = xray.Track(ctx, "ask both", func(ctx context.Context) error {
		answers := make([]string, 2)
		var wg sync.WaitGroup
		for i, shop := range []string{"north", "south"} {
			wg.Go(func() {
				answers[i], _ = xray.Step(ctx, "ask "+shop, func(context.Context) (string, error) {
					return shop + " has it", nil
				}, shop, xray.TypeTool)
			})
		}
		wg.Wait()
		fmt.Println(answers)
		return nil
	})
	_ = show
	// Output: [north has it south has it]
}

// A library's own client, or one of several, travels in the context.
func ExampleClient_Context() {
	client, _ := xray.New(xray.Config{}, xray.WithTracerProvider(sdktrace.NewTracerProvider()), xray.WithUIURL("https://xray.example.com/"))
	ctx, ex := xray.StartExecution(client.Context(context.Background()), "run")
	fmt.Println(xray.CurrentExecution(ctx) == ex, ex.URL() == "https://xray.example.com/executions/"+ex.TraceID().String())
	ex.End(nil)
	_ = client.Shutdown(context.Background()) // nothing to do: the provider has its own owner
	// Output: true true
}
