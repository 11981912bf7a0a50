package semconv_test

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray/receiver/semconv"
)

// BenchmarkStep measures the receiver's hot path: a plain HTTP server span of
// eleven attributes, and real spans of an LLM client. Detail is measured too;
// it runs when somebody opens a step.
func BenchmarkStep(b *testing.B) {
	m := mapper(b)
	b.Run("plain", func(b *testing.B) { benchStep(b, m, []semconv.Span{plainSpan()}) })
	b.Run("unknown", func(b *testing.B) { benchStep(b, m, []semconv.Span{unknownSpan()}) })
	for _, folder := range []string{"node-auto-proto", "ai-sdk-7", "openai-openinference", "langsmith-otel"} {
		b.Run(folder, func(b *testing.B) { benchStep(b, m, record(b, folder).spans) })
	}
}

func benchStep(b *testing.B, m *semconv.Mapper, spans []semconv.Span) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Step(spans[i%len(spans)])
		i++
	}
}

func BenchmarkDetail(b *testing.B) {
	m := mapper(b)
	for _, folder := range []string{"node-auto-proto", "ai-sdk-7", "openai-openinference", "langgraph-openinference"} {
		b.Run(folder, func(b *testing.B) {
			spans := record(b, folder).spans
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Detail(spans[i%len(spans)], nil)
				i++
			}
		})
	}
}

func emptySpan(name string) semconv.Span {
	r := pcommon.NewResource()
	r.Attributes().PutStr("service.name", "shop")
	r.Attributes().PutStr("service.version", "1.2.3")
	s := ptrace.NewSpan()
	s.SetName(name)
	s.SetTraceID(pcommon.TraceID{1})
	s.SetSpanID(pcommon.SpanID{2})
	s.SetParentSpanID(pcommon.SpanID{3})
	s.SetStartTimestamp(1_790_000_000_000_000_000)
	s.SetEndTimestamp(1_790_000_001_000_000_000)
	return semconv.Span{Resource: r, Scope: pcommon.NewInstrumentationScope(), Span: s}
}

func plainSpan() semconv.Span {
	s := emptySpan("GET /orders/{id}")
	a := s.Span.Attributes()
	for key, value := range map[string]string{
		"http.request.method": "GET", "http.route": "/orders/{id}", "url.scheme": "http", "url.path": "/orders/1",
		"server.address": "127.0.0.1", "network.peer.address": "127.0.0.1", "user_agent.original": "Go-http-client/1.1",
		"network.protocol.version": "1.1", "client.address": "127.0.0.1",
	} {
		a.PutStr(key, value)
	}
	a.PutInt("http.response.status_code", 200)
	a.PutInt("server.port", 8080)
	return s
}

func unknownSpan() semconv.Span {
	s := emptySpan("work")
	for _, key := range []string{"a", "job.name", "job.id", "queue", "worker", "shard", "attempt", "region", "zone", "tenant", "kind"} {
		s.Span.Attributes().PutStr(key, "value")
	}
	return s
}
