package xray

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// WithLive announces each step when it starts, by a pending span
// (docs/attributes.md), so that a running execution can be watched. It costs
// a second, small span per step; spans go to every exporter of the provider,
// and one that does not know xray.pending shows them as empty children.
func WithLive() Option {
	return func(s *settings) { s.client.live = true }
}

// announce sends the pending span of s, whose span ctx holds. parent is the
// span above s, possibly none.
func announce(ctx context.Context, s *OpenStep, parent trace.SpanContext) {
	attrs := []attribute.KeyValue{
		attribute.Bool(keyPending, true),
		attribute.String(keyPendingSpan, s.span.SpanContext().SpanID().String()),
	}
	if parent.IsValid() && parent.TraceID() == s.span.SpanContext().TraceID() {
		attrs = append(attrs, attribute.String(keyPendingParent, parent.SpanID().String()))
	}
	_, p := s.client.tracer.Start(ctx, s.name, trace.WithTimestamp(s.start), trace.WithAttributes(attrs...))
	p.End(trace.WithTimestamp(s.start))
}
