package setup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/xraytrace/xray/sdk"
)

// queue is the SpanProcessor between ended spans and the exporter. It is ours
// and not OpenTelemetry's batch processor because that one counts spans, not
// bytes, blocks for ever or drops without saying so, and loses the whole batch
// with one bad span.
//
// One goroutine sends; Shutdown waits for it.
type queue struct {
	exporter sdktrace.SpanExporter
	tally    *tally
	settings settings

	mu       sync.Mutex
	waiting  []item
	waitingB int           // bytes in waiting
	bytes    int           // bytes in waiting and under way
	room     chan struct{} // closed and replaced when bytes shrinks
	full     bool          // a caller has waited in vain: do not wait again until there is room
	flushes  int           // how many callers want everything sent now
	closed   bool
	loss     xray.LossError

	wake   chan struct{} // something changed that the sender must look at
	done   chan struct{} // the sender has ended
	ctx    context.Context
	cancel context.CancelCauseFunc
}

type item struct {
	span  sdktrace.ReadOnlySpan
	size  int
	since time.Time
}

var errShutdown = errors.New("time for shutdown was up")

func newQueue(e sdktrace.SpanExporter, t *tally, s settings) *queue {
	q := &queue{
		exporter: e, tally: t, settings: s,
		room: make(chan struct{}), wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	q.ctx, q.cancel = context.WithCancelCause(context.Background())
	go q.send()
	return q
}

// OnStart does nothing: only ended spans are sent.
func (q *queue) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd queues a span. When the queue is full it blocks for a bounded time,
// once per outage.
func (q *queue) OnEnd(s sdktrace.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
	it := item{span: s, size: sizeOf(s), since: time.Now()}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.waitForRoom(it.size) {
		if !isPending(s) {
			q.loss.Dropped++
			q.tally.lost([]sdktrace.ReadOnlySpan{s}, 1)
		}
		return
	}
	q.waiting = append(q.waiting, it)
	q.waitingB += it.size
	q.bytes += it.size
	if len(q.waiting) == 1 || q.due() {
		q.poke()
	}
}

// waitForRoom reports whether a span of that size may be queued; q.mu is held.
// A span larger than the whole queue may, alone.
func (q *queue) waitForRoom(size int) bool {
	fits := func() bool { return q.bytes == 0 || q.bytes+size <= q.settings.queueBytes }
	if !fits() && !q.full && !q.closed {
		timer := time.NewTimer(q.settings.blockFor)
		defer timer.Stop()
		for expired := false; !fits() && !q.closed && !expired; {
			room := q.room
			q.mu.Unlock()
			select {
			case <-room:
			case <-q.ctx.Done():
				expired = true
			case <-timer.C:
				expired = true
			}
			q.mu.Lock()
		}
		q.full = !fits()
	}
	return fits() && !q.closed
}

func (q *queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// due reports whether a batch should go now; q.mu is held.
func (q *queue) due() bool {
	switch {
	case len(q.waiting) == 0:
		return false
	case q.closed, q.flushes > 0, len(q.waiting) >= q.settings.batchSpans, q.waitingB >= q.settings.batchBytes:
		return true
	}
	return time.Since(q.waiting[0].since) >= q.settings.delay
}

// send is the queue's goroutine.
func (q *queue) send() {
	defer close(q.done)
	for {
		batch, ok := q.next()
		if !ok {
			return
		}
		q.deliver(batch)
	}
}

// next waits for a batch that is due; false when the queue is closed and
// empty, or time is up.
func (q *queue) next() ([]item, bool) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		q.mu.Lock()
		if q.ctx.Err() != nil || q.closed && len(q.waiting) == 0 {
			q.mu.Unlock()
			return nil, false
		}
		if q.due() {
			batch := q.cut()
			q.mu.Unlock()
			return batch, true
		}
		pause := time.Hour
		if len(q.waiting) > 0 {
			pause = max(q.settings.delay-time.Since(q.waiting[0].since), 0)
		}
		q.mu.Unlock()
		timer.Reset(pause)
		select {
		case <-q.wake:
		case <-timer.C:
		case <-q.ctx.Done():
		}
	}
}

// cut takes the first spans that make a batch; q.mu is held. A span that does
// not fit beside others starts the next one.
func (q *queue) cut() []item {
	n, size := 0, 0
	for _, it := range q.waiting {
		if n > 0 && (size+it.size > q.settings.batchBytes || n >= q.settings.batchSpans) {
			break
		}
		n, size = n+1, size+it.size
	}
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	if len(q.waiting) == 0 {
		q.waiting = nil // let go of the backing array
	}
	q.waitingB -= size
	return batch
}

// deliver exports a batch and accounts for each span of it.
func (q *queue) deliver(batch []item) {
	total := 0
	for _, it := range batch {
		total += it.size
	}
	spans := withoutStalePending(batch)
	r := result{budget: maxSplits}
	q.export(spans, &r)

	q.mu.Lock()
	q.bytes -= total
	q.full = false
	close(q.room)
	q.room = make(chan struct{})
	q.loss.Delivered += r.delivered
	q.loss.Failed += r.failed
	q.loss.Rejected += r.rejected
	q.loss.Waiting += r.waiting
	if r.err != nil {
		q.loss.Err = r.err
	}
	q.mu.Unlock()
	if r.err != nil && q.ctx.Err() == nil {
		otel.Handle(fmt.Errorf("xray: %d spans were not delivered: %w", r.failed+r.rejected, r.err))
	}
}

// result is what became of the spans of a batch. Pending ones are not counted.
type result struct {
	delivered, failed, rejected, waiting int64

	err    error
	budget int // splits left
}

// maxSplits bounds the requests that a batch of nothing but bad spans causes.
const maxSplits = 64

// export sends spans; what the server or the encoder refuses as a whole is
// halved, so that one bad span does not take the others down.
func (q *queue) export(spans []sdktrace.ReadOnlySpan, r *result) {
	if len(spans) == 0 {
		return
	}
	err := q.exporter.ExportSpans(q.ctx, spans)
	n := countable(spans)
	if err == nil {
		r.delivered += n
		return
	}
	if partial := (*partialError)(nil); errors.As(err, &partial) {
		lost := min(partial.rejected, n)
		r.rejected += lost
		q.tally.lost(spans, lost)
		r.delivered += n - lost
		r.err = err
		return
	}
	if len(spans) > 1 && r.budget > 0 && divisible(err) {
		r.budget--
		q.export(spans[:len(spans)/2], r)
		q.export(spans[len(spans)/2:], r)
		return
	}
	r.err = err
	if q.ctx.Err() != nil {
		r.waiting += n
	} else {
		r.failed += n
		q.tally.lost(spans, n)
	}
}

// divisible reports whether a part of the batch may be accepted.
func divisible(err error) bool {
	if status := (*statusError)(nil); errors.As(err, &status) {
		return status.code == http.StatusRequestEntityTooLarge || status.code == http.StatusBadRequest
	}
	return errors.Is(err, errEncode)
}

func countable(spans []sdktrace.ReadOnlySpan) int64 {
	var n int64
	for _, s := range spans {
		if !isPending(s) {
			n++
		}
	}
	return n
}

// withoutStalePending leaves out pending spans whose step has ended in the
// same batch: there is nothing left to announce.
func withoutStalePending(batch []item) []sdktrace.ReadOnlySpan {
	ended := make(map[trace.SpanID]bool, len(batch))
	for _, it := range batch {
		if !isPending(it.span) {
			ended[it.span.SpanContext().SpanID()] = true
		}
	}
	spans := make([]sdktrace.ReadOnlySpan, 0, len(batch))
	for _, it := range batch {
		if !isPending(it.span) || !ended[it.span.Parent().SpanID()] {
			spans = append(spans, it.span)
		}
	}
	return spans
}
