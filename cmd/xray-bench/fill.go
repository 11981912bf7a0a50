package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Attributes that are planted to be looked for, and how rare they are.
const (
	rareEvery  = 5000 // traces for one with bench.rare
	onceText   = "zyzzogeton in the marshland"
	fillPart   = 200_000 // spans in memory at a time
	keptTraces = 500     // ids to read single executions by, at most
)

// filled is what was sent, as far as reads need to know it.
type filled struct {
	spans, traces int
	ids           []string // of some traces
	once          string   // bench.once of one trace, in the middle
	large, huge   longTrace
}

// fill sends a load in parts, with something planted to be found.
func fill(ctx context.Context, srv *server, w workload, spans int) (filled, error) {
	var f filled
	plain := w.filler
	w.filler = func(rng *rand.Rand) filler {
		fill := plain(rng)
		return func(s ptrace.Span, place int) {
			fill(s, place)
			if place == 0 {
				f.plant(s, spans/w.perTrace)
			}
		}
	}
	for ; f.spans < spans && ctx.Err() == nil; w.part++ {
		w.spans = min(fillPart, spans-f.spans)
		requests := w.encode()
		if _, err := send(ctx, srv.url, requests, w.connections); err != nil {
			return f, err
		}
		f.spans += w.spans
	}
	w.filler = plain
	var err error
	if f.large, err = fillLong(ctx, srv, w, largeSteps); err != nil {
		return f, err
	}
	f.huge, err = fillLong(ctx, srv, w, hugeSteps)
	return f, err
}

// How many steps the long executions have.
const largeSteps, hugeSteps = 10_000, 100_000

// longTrace is an execution of many steps.
type longTrace struct {
	id    string
	steps []string // some of them
}

// fillLong sends one execution of so many steps.
func fillLong(ctx context.Context, srv *server, w workload, steps int) (longTrace, error) {
	w.spans, w.perTrace, w.part = steps, steps, 1<<20+steps
	requests := w.encode()
	var t longTrace
	for _, r := range requests {
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(r.body)
		if err != nil {
			return t, err
		}
		first := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
		t.id, t.steps = first.TraceID().String(), append(t.steps, first.SpanID().String())
	}
	_, err := send(ctx, srv.url, requests, w.connections)
	return t, err
}

// plant notes a trace of so many by its root, and marks some.
func (f *filled) plant(root ptrace.Span, traces int) {
	id := root.TraceID()
	if f.traces%rareEvery == 0 {
		root.Attributes().PutStr("bench.rare", "yes")
	}
	if f.traces == traces/2 {
		f.once = hex.EncodeToString(id[:8])
		root.Attributes().PutStr("bench.once", f.once)
	}
	if f.traces == 3 { // among the oldest
		root.Attributes().PutStr("gen_ai.input.messages", fmt.Sprintf(`[{"role":"user","content":"a %s"}]`, onceText))
	}
	if f.traces%max(1, traces/keptTraces) == 0 {
		f.ids = append(f.ids, id.String())
	}
	f.traces++
}

// busy sends so many spans a second until the returned function is called.
func busy(ctx context.Context, srv *server, w workload, perSecond int) (stop func()) {
	if perSecond == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	w.spans = perSecond
	go func() {
		defer close(done)
		for w.part = 1 << 21; ctx.Err() == nil; w.part++ {
			requests := w.encode()
			for some := range slices.Chunk(requests, max(1, len(requests)/10)) {
				began := time.Now()
				if _, err := send(ctx, srv.url, some, w.connections); err != nil {
					return
				}
				_ = sleep(ctx, 100*time.Millisecond-time.Since(began))
			}
		}
	}()
	return func() { cancel(); <-done }
}
