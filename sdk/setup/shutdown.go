package setup

import (
	"context"
	"fmt"

	"github.com/xraytrace/xray/sdk"
)

// ForceFlush waits until everything queued so far has been delivered or given
// up, and reports all loss until now.
func (q *queue) ForceFlush(ctx context.Context) error {
	q.mu.Lock()
	q.flushes++
	q.poke()
	for q.bytes > 0 && !q.closed {
		room := q.room
		q.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			q.mu.Lock()
			q.flushes--
			q.mu.Unlock()
			return fmt.Errorf("xray: flush: %w", context.Cause(ctx))
		}
		q.mu.Lock()
	}
	q.flushes--
	err := q.report()
	q.mu.Unlock()
	return err
}

// Shutdown sends what waits, until ctx ends; without a deadline in ctx, for
// the time of grace. It ends the queue's goroutine, also when time is up.
func (q *queue) Shutdown(ctx context.Context) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, q.settings.grace)
		defer cancel()
	}
	q.mu.Lock()
	again := q.closed
	q.closed = true
	q.poke()
	q.mu.Unlock()
	select {
	case <-q.done:
	case <-ctx.Done():
		q.cancel(errShutdown)
		<-q.done // an exporter must honour its context
	}
	q.cancel(errShutdown) // lets go of whoever still waits for room
	if !again {
		q.mu.Lock()
		for _, it := range q.waiting {
			if !isPending(it.span) {
				q.loss.Waiting++
			}
		}
		q.waiting, q.waitingB, q.bytes = nil, 0, 0
		q.mu.Unlock()
		if err := q.exporter.Shutdown(context.WithoutCancel(ctx)); err != nil {
			q.mu.Lock()
			q.loss.Err = err
			q.mu.Unlock()
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.report()
}

// report returns what was lost so far, nil if nothing; q.mu is held.
func (q *queue) report() error {
	if q.loss.Lost() == 0 {
		return nil
	}
	loss := q.loss
	if loss.Err == nil && loss.Waiting > 0 {
		loss.Err = errShutdown
	}
	return &loss
}

var _ error = (*xray.LossError)(nil)
