package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// microFiller makes spans of about 540 bytes with eleven attributes; one in
// fifty is an error with an exception event.
func microFiller(rng *rand.Rand) filler {
	return func(s ptrace.Span, place int) { fillMicro(rng, s, place) }
}

func fillMicro(rng *rand.Rand, s ptrace.Span, place int) {
	route := fmt.Sprintf("/api/v1/orders/%s", words[place%len(words)])
	s.SetName("GET " + route)
	s.SetKind(ptrace.SpanKindServer)
	a := s.Attributes()
	a.PutStr("http.request.method", "GET")
	a.PutStr("http.route", route)
	a.PutStr("url.full", fmt.Sprintf("https://shop.example%s?customer=%d", route, rng.IntN(100_000)))
	a.PutInt("http.response.status_code", 200)
	a.PutStr("server.address", fmt.Sprintf("10.0.%d.%d", rng.IntN(8), rng.IntN(250)))
	a.PutInt("server.port", 8443)
	a.PutStr("network.protocol.version", "1.1")
	a.PutStr("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36")
	a.PutStr("order.id", fmt.Sprintf("%x", randomBytes(rng, 8)))
	a.PutInt("order.items", int64(rng.IntN(40)))
	a.PutBool("order.express", rng.IntN(2) == 0)
	if rng.IntN(50) == 0 {
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Status().SetMessage("upstream timed out")
		e := s.Events().AppendEmpty()
		e.SetName("exception")
		e.SetTimestamp(s.EndTimestamp())
		e.Attributes().PutStr("exception.type", "TimeoutError")
		e.Attributes().PutStr("exception.message", "upstream timed out after 5000 ms")
		e.Attributes().PutStr("exception.stacktrace", strings.Repeat("at orders.Load (orders.go:118)\n", 12))
	}
}
