package tracetest

import (
	"encoding/binary"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Micro makes a request of n small spans (about 540 bytes each, ten to a
// trace, eleven attributes, each tenth trace failing with an exception event):
// what a busy service sends.
func Micro(n int) ptrace.Traces { return MicroFrom(0, n) }

// MicroFrom makes the n spans from number first on, for loads of many
// requests that all differ.
func MicroFrom(first uint64, n int) ptrace.Traces {
	const perTrace = 10
	td, ss := scope("shop-checkout")
	for i := range uint64(n) {
		num := first + i
		s := ss.Spans().AppendEmpty()
		number(s, num/perTrace, num)
		if num%perTrace != 0 {
			s.SetParentSpanID(spanNumber(num - num%perTrace))
		}
		s.SetName("GET /api/orders/{id}")
		s.SetKind(ptrace.SpanKindServer)
		a := s.Attributes()
		a.PutStr("http.request.method", "GET")
		a.PutStr("url.path", fmt.Sprintf("/api/orders/%d", num))
		a.PutStr("url.scheme", "https")
		a.PutStr("http.route", "/api/orders/{id}")
		a.PutInt("http.response.status_code", 200)
		a.PutStr("server.address", "orders.shop.svc.cluster.local")
		a.PutInt("server.port", 8443)
		a.PutStr("client.address", "10.2.17.4")
		a.PutStr("user_agent.original", "shop-frontend/4.2.1 (linux; amd64) Mozilla/5.0 AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36")
		a.PutStr("enduser.id", fmt.Sprintf("user-%06d", num%5000))
		a.PutDouble("shop.cart.value", float64(num%997)/10)
		if (num/perTrace)%10 == 0 && num%perTrace == perTrace-1 {
			fail(s)
		}
	}
	return td
}

// LLM makes a request of n model calls of about 6 KB with GenAI attributes.
func LLM(n int) ptrace.Traces { return LLMFrom(0, n) }

// LLMFrom makes the n spans from number first on.
func LLMFrom(first uint64, n int) ptrace.Traces {
	const perTrace = 8
	td, ss := scope("movie-agent")
	for i := range uint64(n) {
		num := first + i
		s := ss.Spans().AppendEmpty()
		number(s, num/perTrace, num)
		s.SetName("chat gpt-4o-mini")
		s.SetKind(ptrace.SpanKindClient)
		a := s.Attributes()
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutStr("gen_ai.provider.name", "openai")
		a.PutStr("gen_ai.request.model", "gpt-4o-mini")
		a.PutStr("gen_ai.response.model", "gpt-4o-mini-2024-07-18")
		a.PutStr("gen_ai.conversation.id", fmt.Sprintf("chat-%d", num/perTrace))
		a.PutInt("gen_ai.usage.input_tokens", int64(800+num%700))
		a.PutInt("gen_ai.usage.output_tokens", int64(90+num%300))
		a.PutDouble("gen_ai.request.temperature", 0.2)
		a.PutStr("gen_ai.input.messages", fmt.Sprintf(`[{"role":"user","parts":[{"type":"text","content":%q}]}]`, prose(num, 1000+int(num%8)*500)))
		a.PutStr("gen_ai.output.messages", fmt.Sprintf(`[{"role":"assistant","parts":[{"type":"text","content":%q}],"finish_reason":"stop"}]`, prose(num+7, 1000+int(num%5)*600)))
	}
	return td
}

func scope(service string) (ptrace.Traces, ptrace.ScopeSpans) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	rs.Resource().Attributes().PutStr("service.version", "1.14.2")
	rs.Resource().Attributes().PutStr("deployment.environment.name", "production")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("github.com/example/instrumentation")
	ss.Scope().SetVersion("0.9.0")
	return td, ss
}

func number(s ptrace.Span, trace, span uint64) {
	var t pcommon.TraceID
	binary.BigEndian.PutUint64(t[:], 0x5bd1e995<<32|trace>>32)
	binary.BigEndian.PutUint64(t[8:], trace*0x9e3779b97f4a7c15+1)
	s.SetTraceID(t)
	s.SetSpanID(spanNumber(span))
	const began, apart, lasted = 1_770_000_000_000_000_000, 1_000_003, 25_000_000
	s.SetStartTimestamp(pcommon.Timestamp(began + span*apart))
	s.SetEndTimestamp(pcommon.Timestamp(began + span*apart + lasted))
}

func spanNumber(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n*0xbf58476d1ce4e5b9+1)
	return id
}

func fail(s ptrace.Span) {
	s.Status().SetCode(ptrace.StatusCodeError)
	s.Status().SetMessage("order not found")
	e := s.Events().AppendEmpty()
	e.SetName("exception")
	e.SetTimestamp(s.EndTimestamp())
	e.Attributes().PutStr("exception.type", "shop.NotFound")
	e.Attributes().PutStr("exception.message", "order not found")
	e.Attributes().PutStr("exception.stacktrace", strings.Repeat("at shop.orders.Find (orders.go:118)\n", 6))
}

// prose makes about n bytes of text that compresses as English does.
func prose(seed uint64, n int) string {
	words := strings.Fields(vocabulary)
	var b strings.Builder
	for b.Len() < n {
		seed = seed*6364136223846793005 + 1442695040888963407
		b.WriteString(words[(seed>>33)%uint64(len(words))])
		b.WriteByte(' ')
	}
	return b.String()
}

const vocabulary = `the a of to and in that it for was on with as at by from this not are but have an they which or one had you
were her all she there would their we him been has when who will more no if out so said what up its about into than them can only
other new some could time these two may then do first any my now such like our over man me even most made after also did many before
must through back years where much your way well down should because each just those people how too little state good very make world
still own see men work long get here between both life being under never day same another know while last might us great old year off
come since against go came right used take three movie search result filter score candidate category rating keyword ranking director
recommend evidence genre comedy thriller drama season episode release audience review critic price product competitor brand listing`
