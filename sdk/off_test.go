package xray_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/xraytrace/xray/sdk"
)

// spy fails the test when something encodes it.
type spy struct{ t *testing.T }

func (s spy) MarshalJSON() ([]byte, error) {
	s.t.Error("a payload was encoded although nothing is recorded")
	return []byte("0"), nil
}

// useEverything calls every function once; want is what the pipeline returns.
func useEverything(t *testing.T, ctx context.Context) *xray.Execution {
	t.Helper()
	var ex *xray.Execution
	want := errors.New("as it was")
	got, err := xray.TrackExecution(ctx, "run", func(ctx context.Context) (int, error) {
		ex = xray.CurrentExecution(ctx)
		ex.SetFinalOutcome(spy{t})
		ex.SetMetadata("k", spy{t})
		ex.SetError(want)
		ex.AddTags("t")
		ex.SetSession("s")
		ex.SetUser("u")
		xray.Value(ctx, "step", func() spy { return spy{t} }, spy{t}, xray.TypeTool)
		_ = xray.Do(ctx, "decide", func(ctx context.Context) error {
			xray.Keep(ctx, spy{t}, "")
			xray.Drop(ctx, spy{t}, "", xray.WithCriterion("f", "=", spy{t}))
			xray.Items(ctx, []spy{{t}}, nil)
			xray.Criterion(ctx, "f", "=", spy{t})
			xray.CurrentStep(ctx).SetReasoning("r")
			return nil
		})
		_, _ = xray.LLM(ctx, xray.Request{Tools: spy{t}}, func(_ context.Context, c *xray.Call) (spy, error) {
			c.FirstToken()
			c.Used(xray.Usage{})
			c.Responded("m", "id")
			c.Answered(xray.Message{Parts: []map[string]any{{"x": spy{t}}}})
			return spy{t}, nil
		})
		return 7, want
	}, xray.WithInput(spy{t}))
	if got != 7 || err != want {
		t.Errorf("the pipeline returned %v, %v", got, err)
	}
	if ex.ExecutionID() == "" || ex.URL() != "" {
		t.Errorf("id %q, url %q", ex.ExecutionID(), ex.URL())
	}
	if text, err := ex.ToJSON(); err != nil || !json.Valid(text) {
		t.Errorf("ToJSON: %s %v", text, err)
	}
	return ex
}

func TestDisabledByEnvironmentNothingIsRecordedAndAllWorks(t *testing.T) {
	t.Setenv("XRAY_DISABLED", "1")
	// Not even a Config that cannot work is looked at.
	c, err := xray.New(xray.Config{Endpoint: "nonsense"})
	if err != nil {
		t.Fatal(err)
	}
	useEverything(t, c.Context(t.Context()))
	if err := c.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestANilClientRecordsNothing(t *testing.T) {
	var c *xray.Client
	useEverything(t, c.Context(t.Context()))
	if err := errors.Join(c.Flush(t.Context()), c.Shutdown(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestAnExecutionThatIsNotSampledCostsNoEncoding(t *testing.T) {
	mem := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem), sdktrace.WithSampler(sdktrace.NeverSample()))
	c, err := xray.New(xray.Config{}, xray.WithTracerProvider(tp), xray.WithUIURL("http://x"))
	if err != nil {
		t.Fatal(err)
	}
	ex := useEverything(t, c.Context(t.Context()))
	if !ex.TraceID().IsValid() || len(mem.GetSpans()) != 0 {
		t.Errorf("trace %v, %d spans", ex.TraceID(), len(mem.GetSpans()))
	}
}

func TestWithoutAnyProviderAllWorks(t *testing.T) {
	c, err := xray.New(xray.Config{}, xray.WithTracerProvider(noop.NewTracerProvider()))
	if err != nil {
		t.Fatal(err)
	}
	useEverything(t, c.Context(t.Context()))
}

func TestOutsideOfAnythingNothingBreaks(t *testing.T) {
	ctx := t.Context()
	xray.Keep(ctx, 1, "")
	xray.Criterion(ctx, "f", "=", 1)
	xray.CurrentStep(ctx).SetOutput(1)
	ex := xray.CurrentExecution(ctx)
	ex.SetFinalOutcome(1)
	ex.End(nil)
	if ex.ExecutionID() != "" || ex.URL() != "" {
		t.Errorf("id %q, url %q", ex.ExecutionID(), ex.URL())
	}
}

func TestAConfigThatNobodyWouldReadIsRefused(t *testing.T) {
	for name, cfg := range map[string]xray.Config{
		"endpoint": {Endpoint: "http://localhost:4318"},
		"key":      {APIKey: "xray_x"},
		"project":  {ProjectID: "shop"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := xray.New(cfg); !errors.Is(err, xray.ErrNoExporter) {
				t.Errorf("got %v", err)
			}
			if _, err := xray.New(cfg, xray.WithTracerProvider(noop.NewTracerProvider())); !errors.Is(err, xray.ErrNoExporter) {
				t.Errorf("with a provider: got %v", err)
			}
		})
	}
}
