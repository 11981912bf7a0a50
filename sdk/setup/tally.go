package setup

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/xraytrace/xray/sdk"
)

// tally counts the sampled spans of each trace from the start of its local
// root (the first span that has no parent in this process) to that root's
// end. It is a SpanProcessor so that spans of other instrumentations count too.
type tally struct {
	mu     sync.Mutex
	traces map[trace.TraceID]*traceTally
}

type traceTally struct {
	root trace.SpanID
	xray.Tally
}

func newTally() *tally { return &tally{traces: map[trace.TraceID]*traceTally{}} }

func (t *tally) of(id trace.TraceID) xray.Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tt := t.traces[id]; tt != nil {
		return tt.Tally
	}
	return xray.Tally{}
}

func (t *tally) OnStart(_ context.Context, s sdktrace.ReadWriteSpan) {
	sc := s.SpanContext()
	if !sc.IsSampled() || isPending(s) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	tt := t.traces[sc.TraceID()]
	if tt == nil {
		if p := s.Parent(); p.IsValid() && !p.IsRemote() {
			return // its root has ended already: too late to be in a receipt
		}
		tt = &traceTally{root: sc.SpanID()}
		t.traces[sc.TraceID()] = tt
	}
	tt.Started++
}

func (t *tally) OnEnd(s sdktrace.ReadOnlySpan) {
	sc := s.SpanContext()
	if !sc.IsSampled() || isPending(s) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if tt := t.traces[sc.TraceID()]; tt != nil {
		tt.Ended++
		if tt.root == sc.SpanID() {
			delete(t.traces, sc.TraceID())
		}
	}
}

// lost counts spans that did not arrive: n of them, if it is not known which.
func (t *tally) lost(spans []sdktrace.ReadOnlySpan, n int64) {
	var ids []trace.TraceID
	one := true // all are of one trace
	for _, s := range spans {
		if !isPending(s) {
			ids = append(ids, s.SpanContext().TraceID())
			one = one && ids[0] == ids[len(ids)-1]
		}
	}
	if n < int64(len(ids)) && !one {
		return // whose they are only the server knows
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids[:min(n, int64(len(ids)))] {
		if tt := t.traces[id]; tt != nil {
			tt.Dropped++
		}
	}
}

func (t *tally) Shutdown(context.Context) error   { return nil }
func (t *tally) ForceFlush(context.Context) error { return nil }

// isPending knows a pending span (docs/attributes.md) by its first attribute.
func isPending(s sdktrace.ReadOnlySpan) bool {
	attrs := s.Attributes()
	return len(attrs) > 0 && attrs[0].Key == "xray.pending" && attrs[0].Value.Type() == attribute.BOOL && attrs[0].Value.AsBool()
}
