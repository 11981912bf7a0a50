package xray_test

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/xraytrace/xray/sdk"
)

// discard is a processor that does nothing, so that the SDK is measured and
// not an exporter.
type discard struct{}

func (discard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (discard) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (discard) Shutdown(context.Context) error                  { return nil }
func (discard) ForceFlush(context.Context) error                { return nil }

// The aims of the SDK: a step costs at most 1 µs when nothing is recorded, and
// at most 20 µs plus encoding when it is.
func BenchmarkStep(b *testing.B) {
	on := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(discard{}))
	off := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(discard{}), sdktrace.WithSampler(sdktrace.NeverSample()))
	films := []movie{{"Alien", 8.5}, {"Brazil", 7.8}, {"Contact", 7.5}}
	work := func(context.Context) ([]movie, error) { return films, nil }
	for _, c := range []struct {
		name   string
		client func() (*xray.Client, error)
	}{
		{"disabled", func() (*xray.Client, error) { return nil, nil }},
		{"no provider", func() (*xray.Client, error) {
			return xray.New(xray.Config{}, xray.WithTracerProvider(noop.NewTracerProvider()))
		}},
		{"not sampled", func() (*xray.Client, error) { return xray.New(xray.Config{}, xray.WithTracerProvider(off)) }},
		{"recorded", func() (*xray.Client, error) { return xray.New(xray.Config{}, xray.WithTracerProvider(on)) }},
	} {
		client, err := c.client()
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			ctx := client.Context(b.Context())
			b.ReportAllocs()
			for b.Loop() {
				_, _ = xray.Step(ctx, "step", work, films)
			}
		})
	}
}

// What OpenTelemetry alone takes, so that one can tell how much of a step is ours.
func BenchmarkSpan(b *testing.B) {
	for name, sampler := range map[string]sdktrace.Sampler{"not sampled": sdktrace.NeverSample(), "recorded": sdktrace.AlwaysSample()} {
		tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(discard{}), sdktrace.WithSampler(sampler)).Tracer("bench")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, span := tracer.Start(b.Context(), "step")
				span.SetAttributes(attribute.String("xray.input", "[]"))
				span.SetAttributes(attribute.String("xray.output", "[]"))
				span.SetAttributes(attribute.String("xray.step.type", "function"))
				span.End()
			}
		})
	}
}
