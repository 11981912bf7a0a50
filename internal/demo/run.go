package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// run is one made-up execution: a trace that is written by telling what
// happened, on a clock of its own.
type run struct {
	note    string // what people read about this kind of run
	mistake bool

	rng    *rand.Rand
	start  time.Time
	clock  time.Time
	traces ptrace.Traces
	spans  ptrace.SpanSlice
	id     pcommon.TraceID
	stack  []pcommon.SpanID
}

func newRun(start time.Time, seed, number uint64) *run {
	r := &run{rng: rand.New(rand.NewPCG(seed, number)), start: start, clock: start, traces: ptrace.NewTraces()}
	for i := range r.id {
		r.id[i] = byte(r.rng.Uint32())
	}
	return r
}

// request is the run as one OTLP trace request in protobuf.
func (r *run) request() ([]byte, error) {
	body, err := ptraceotlp.NewExportRequestFromTraces(r.traces).MarshalProto()
	if err != nil {
		return nil, fmt.Errorf("encode the demo: %w", err)
	}
	return body, nil
}

// service names the program that the run is of. It comes first.
func (r *run) service(name, version string) {
	rs := r.traces.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", name)
	rs.Resource().Attributes().PutStr("service.version", version)
	rs.Resource().Attributes().PutStr("deployment.environment.name", "demo")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("xray-demo")
	r.spans = ss.Spans()
}

// work lets time pass: d, give or take a third.
func (r *run) work(d time.Duration) {
	r.clock = r.clock.Add(time.Duration(float64(d) * (0.67 + 0.66*r.rng.Float64())))
}

// together runs the branches side by side: each starts now, and time goes on
// when the slowest is done.
func (r *run) together(branches ...func()) {
	begin, end := r.clock, r.clock
	for _, b := range branches {
		r.clock = begin
		b()
		if r.clock.After(end) {
			end = r.clock
		}
	}
	r.clock = end
}

// step is a span under the pen.
type step struct {
	run  *run
	span ptrace.Span
}

// step tells one step; what do tells happens inside it. The first one is the
// execution.
func (r *run) step(name, kind string, do func(step)) {
	i := r.spans.Len()
	s := step{r, r.spans.AppendEmpty()}
	s.span.SetTraceID(r.id)
	id := pcommon.SpanID{}
	for i := range id {
		id[i] = byte(r.rng.Uint32())
	}
	s.span.SetSpanID(id)
	if len(r.stack) > 0 {
		s.span.SetParentSpanID(r.stack[len(r.stack)-1])
	}
	s.span.SetName(name)
	s.span.SetKind(ptrace.SpanKindInternal)
	s.span.SetStartTimestamp(pcommon.NewTimestampFromTime(r.clock))
	s.str("xray.step.type", kind)
	r.stack = append(r.stack, id)
	do(s)
	r.stack = r.stack[:len(r.stack)-1]
	r.work(400 * time.Microsecond)
	s = step{r, r.spans.At(i)} // appending may have moved it
	s.span.SetEndTimestamp(pcommon.NewTimestampFromTime(r.clock))
	if len(r.stack) == 0 {
		n := int64(r.spans.Len())
		s.num("xray.receipt.started", n)
		s.num("xray.receipt.ended", n)
		s.num("xray.receipt.dropped", 0)
		s.num("xray.receipt.cut", 0)
	}
}

func (s step) str(key, value string)      { s.span.Attributes().PutStr(key, value) }
func (s step) num(key string, n int64)    { s.span.Attributes().PutInt(key, n) }
func (s step) dbl(key string, f float64)  { s.span.Attributes().PutDouble(key, f) }
func (s step) json(key string, value any) { s.str(key, text(value)) }
func (s step) input(value any)            { s.json("xray.input", value) }
func (s step) output(value any)           { s.json("xray.output", value) }

func (s step) tags(tags ...string) {
	list := s.span.Attributes().PutEmptySlice("xray.tags")
	for _, t := range tags {
		list.AppendEmpty().SetStr(t)
	}
}

// fail ends the step badly, as OpenTelemetry's SDKs record an error.
func (s step) fail(kind, message string) {
	e := s.span.Events().AppendEmpty()
	e.SetName("exception")
	e.SetTimestamp(pcommon.NewTimestampFromTime(s.run.clock))
	e.Attributes().PutStr("exception.type", kind)
	e.Attributes().PutStr("exception.message", message)
	s.span.Status().SetCode(ptrace.StatusCodeError)
	s.span.Status().SetMessage(message)
}

// text is a value as JSON. The demo's own values always are.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

type object = map[string]any

func sorted(runs []*run) []*run {
	slices.SortFunc(runs, func(a, b *run) int { return a.start.Compare(b.start) })
	return runs
}

func pick[T any](r *run, from []T) T { return from[r.rng.IntN(len(from))] }
