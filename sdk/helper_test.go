package xray_test

import (
	"context"
	"encoding/json"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/xraytrace/xray/sdk"
)

// recorder makes a client whose spans end up in memory, and a context that
// uses it, so that tests run in parallel.
func recorder(t testing.TB, opts ...xray.Option) (context.Context, *tracetest.InMemoryExporter) {
	t.Helper()
	mem := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))
	c, err := xray.New(xray.Config{}, append(opts, xray.WithTracerProvider(tp))...)
	if err != nil {
		t.Fatal(err)
	}
	return c.Context(t.Context()), mem
}

// span finds the one span of that name.
func span(t testing.TB, mem *tracetest.InMemoryExporter, name string) tracetest.SpanStub {
	t.Helper()
	var found []tracetest.SpanStub
	for _, s := range mem.GetSpans() {
		if s.Name == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans are named %q, want 1 (of %d)", len(found), name, len(mem.GetSpans()))
	}
	return found[0]
}

// attr returns an attribute's value; nil if it is absent.
func attr(s tracetest.SpanStub, key string) any {
	for _, kv := range s.Attributes {
		if kv.Key == attribute.Key(key) {
			return kv.Value.AsInterface()
		}
	}
	return nil
}

// jsonAttr decodes a JSON attribute.
func jsonAttr[T any](t testing.TB, s tracetest.SpanStub, key string) T {
	t.Helper()
	var v T
	text, _ := attr(s, key).(string)
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s of %q is %q: %v", key, s.Name, text, err)
	}
	return v
}
