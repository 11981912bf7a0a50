package reasoner

import (
	"context"
	"sync"
	"time"
)

// bucket limits requests and tokens per minute towards one server and model.
// It fills steadily and holds a minute's worth. It is safe for concurrent use.
type bucket struct {
	mu          sync.Mutex
	perMinute   [2]float64 // requests, tokens; 0 means unlimited
	level       [2]float64
	filled      time.Time
	pausedUntil time.Time // the server said so
}

func newBucket(requests, tokens int, now time.Time) *bucket {
	rate := [2]float64{float64(requests), float64(tokens)}
	return &bucket{perMinute: rate, level: rate, filled: now}
}

// maxWait is how long a call waits for its turn. Beyond it the job goes back
// to the queue, so that a worker is free for other work.
const maxWait = 10 * time.Second

// take waits until a request of so many tokens may be sent. later is set, and
// nothing taken, when that would take too long.
func (b *bucket) take(ctx context.Context, tokens int) (later time.Duration, err error) {
	for {
		wait := b.reserve(float64(tokens), time.Now())
		if wait <= 0 {
			return 0, nil
		}
		if wait > maxWait {
			return wait, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return 0, ctx.Err()
		}
	}
}

// reserve takes what a request needs, or says how long to wait for it.
func (b *bucket) reserve(tokens float64, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.pausedUntil.Sub(now); wait > 0 {
		return wait
	}
	elapsed := now.Sub(b.filled).Minutes()
	b.filled = now
	var wait time.Duration
	need := [2]float64{1, tokens}
	for i, rate := range b.perMinute {
		if rate == 0 {
			continue
		}
		b.level[i] = min(rate, b.level[i]+elapsed*rate)
		// A request larger than the bucket passes when the bucket is full.
		if missing := min(need[i], rate) - b.level[i]; missing > 0 {
			wait = max(wait, time.Duration(missing/rate*float64(time.Minute))+time.Millisecond)
		}
	}
	if wait > 0 {
		return wait
	}
	for i := range b.level {
		b.level[i] -= need[i]
	}
	return 0
}

// settle corrects an estimate once the true number of tokens is known.
func (b *bucket) settle(estimated, used int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.level[1] += float64(estimated - used)
}

// pause keeps everybody away for as long as the server asked.
func (b *bucket) pause(d time.Duration, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := now.Add(d); until.After(b.pausedUntil) {
		b.pausedUntil = until
	}
}
