package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
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
	fill        func(*rand.Rand, ptrace.Span, int)
}

var workloads = []workload{
	// Requests, HTTP and database calls: many small spans in large batches.
	{name: "micro", spans: 500_000, request: always(512), perTrace: 10, connections: 4, fill: fillMicro},
	// Model calls with their prompts and answers.
	{name: "llm", spans: 60_000, request: always(64), perTrace: 4, connections: 4, fill: fillLLM},
	// Many processes, each sending little and often: what group commit is for.
	{name: "sdk", spans: 200_000, request: func(n int) int { return 1 + n%20 }, perTrace: 10, connections: 64, fill: fillMicro},
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
	rng := rand.New(rand.NewPCG(1, 2))
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
			w.fill(rng, s, place)
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

// fillMicro makes a span of about 540 bytes with eleven attributes; one in
// fifty is an error with an exception event.
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

// fillLLM makes a span of about 6 KB: a model call with 1 to 8 KB of JSON in
// and out.
func fillLLM(rng *rand.Rand, s ptrace.Span, place int) {
	if place == 0 {
		s.SetName("invoke_agent planner")
		s.Attributes().PutStr("gen_ai.operation.name", "invoke_agent")
	} else {
		s.SetName("chat gpt-4o-mini")
		s.Attributes().PutStr("gen_ai.operation.name", "chat")
	}
	s.SetKind(ptrace.SpanKindClient)
	a := s.Attributes()
	a.PutStr("gen_ai.provider.name", "openai")
	a.PutStr("gen_ai.request.model", "gpt-4o-mini")
	a.PutStr("gen_ai.response.model", "gpt-4o-mini-2024-07-18")
	a.PutInt("gen_ai.usage.input_tokens", int64(200+rng.IntN(2000)))
	a.PutInt("gen_ai.usage.output_tokens", int64(20+rng.IntN(500)))
	a.PutStr("gen_ai.conversation.id", fmt.Sprintf("conv-%d", rng.IntN(10_000)))
	a.PutStr("gen_ai.input.messages", message(rng, "user", 1000+rng.IntN(5000)))
	a.PutStr("gen_ai.output.messages", message(rng, "assistant", 500+rng.IntN(3000)))
}

func message(rng *rand.Rand, role string, size int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `[{"role":%q,"parts":[{"type":"text","content":"`, role)
	for b.Len() < size {
		b.WriteString(words[rng.IntN(len(words))])
		b.WriteByte(' ')
		if rng.IntN(12) == 0 {
			fmt.Fprintf(&b, "%d ", rng.IntN(100_000))
		}
	}
	b.WriteString(`"}]}]`)
	return b.String()
}

// words are what texts are made of: common English, so that they compress
// about as well as real prompts do.
var words = strings.Fields(`the of and to in is that for it as was with be by on not he his but at are this have from or had an they which
one you were her all she there would their we him been has when who will more no if out so said what up its about into than them can only
other new some could time these two may then do first any my now such like our over man me even most made after also did many before must
through back years where much your way well down should because each just those people how too little state good very make world still own
see men work long get here between both life being under never day same another know while last might us great old year off come since
against go came right used take three states himself few house use during without again place around however home small found thought went
say part once general high upon school every product price rating category filter search query result answer customer order delivery`)

// send sends all requests over so many connections and returns how long each
// took, sorted. Anything but 200 ends it.
func send(ctx context.Context, url string, requests []request, connections int) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	next := make(chan request)
	go func() {
		defer close(next)
		for _, r := range requests {
			select {
			case next <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	var mu sync.Mutex
	var all []time.Duration
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			var mine []time.Duration
			for r := range next {
				begin := time.Now()
				if err := post(ctx, client, url, r.body); err != nil {
					cancel(err)
					return
				}
				mine = append(mine, time.Since(begin))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	workers.Wait()
	slices.Sort(all)
	return all, context.Cause(ctx)
}

// post sends one body, and again when the server asks for it.
func post(ctx context.Context, client *http.Client, url string, body []byte) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/traces", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-protobuf")
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		answer, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusOK:
			return nil
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			time.Sleep(50 * time.Millisecond)
		default:
			return fmt.Errorf("the server answered %s: %s", resp.Status, answer)
		}
	}
}
