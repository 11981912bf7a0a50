package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// workload is a kind of traffic.
type workload struct {
	name        string
	spans       int           // in all
	request     func(int) int // spans of the nth request
	perTrace    int
	connections int
	filler      func(*rand.Rand) filler
	part        int // of a load that is made in parts, which all differ
}

// filler gives a span its name and what it carries; place is its place in the
// trace, 0 for the root, which comes first.
type filler func(s ptrace.Span, place int)

var workloads = []workload{
	// Requests, HTTP and database calls: many small spans in large batches.
	{name: "micro", spans: 500_000, request: always(512), perTrace: 10, connections: 4, filler: microFiller},
	// Model calls with their prompts and answers.
	{name: "llm", spans: 60_000, request: always(64), perTrace: 4, connections: 4, filler: llmFiller},
	// Many processes, each sending little and often: what group commit is for.
	{name: "sdk", spans: 200_000, request: func(n int) int { return 1 + n%20 }, perTrace: 10, connections: 64, filler: microFiller},
}

func always(n int) func(int) int { return func(int) int { return n } }

func workloadNames() (names []string) {
	for _, w := range workloads {
		names = append(names, w.name)
	}
	return names
}

// request is one encoded body.
type request struct {
	body  []byte
	spans int
}

// encode makes all requests. The seed is fixed: two runs send the same bytes,
// but for the times, which are now.
func (w workload) encode() []request {
	rng := rand.New(rand.NewPCG(1, uint64(2+w.part)))
	fill := w.filler(rng)
	now := time.Now().Add(-time.Minute)
	var out []request
	var trace pcommon.TraceID
	var root pcommon.SpanID
	for sent := 0; sent < w.spans; {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprintf("service-%d", len(out)%8))
		rs.Resource().Attributes().PutStr("service.version", "1.4.2")
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName("bench")
		n := min(w.request(len(out)), w.spans-sent)
		for range n {
			s := ss.Spans().AppendEmpty()
			place := sent % w.perTrace
			if place == 0 {
				trace = pcommon.TraceID(randomBytes(rng, 16))
			}
			id := pcommon.SpanID(randomBytes(rng, 8))
			s.SetTraceID(trace)
			s.SetSpanID(id)
			if place == 0 {
				root = id
			} else {
				s.SetParentSpanID(root)
			}
			start := now.Add(time.Duration(sent) * time.Microsecond)
			s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
			s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(1+rng.ExpFloat64()*20) * time.Millisecond)))
			fill(s, place)
			sent++
		}
		body, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		if err != nil {
			panic(err) // it marshals what we have just made
		}
		out = append(out, request{body: body, spans: n})
	}
	return out
}

func randomBytes(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	b[n-1] |= 1
	return b
}
