package reasoner

import (
	"sync"
	"time"
)

const (
	breakerTrips = 5                // failures in a row that open the breaker
	breakerFirst = 15 * time.Second // how long it stays open the first time
	breakerMax   = 5 * time.Minute  // and at most
)

// breaker keeps calls away from a server that does not answer. After some
// failures in a row it opens; when its time is up one call may try, and its
// success closes it again. It is safe for concurrent use.
type breaker struct {
	mu       sync.Mutex
	failures int
	wait     time.Duration // how long it stays open next time
	until    time.Time     // open until then
	trying   bool          // a single call is finding out
}

// allow reports whether a call may be made, and if not, when to ask again.
func (b *breaker) allow(now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakerTrips {
		return 0, true
	}
	if left := b.until.Sub(now); left > 0 {
		return left, false
	}
	if b.trying {
		return breakerFirst, false
	}
	b.trying = true
	return 0, true
}

// done tells how an allowed call ended: the server answered, however rudely,
// or it did not.
func (b *breaker) done(answered bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if answered {
		b.failures, b.wait = 0, 0
		return
	}
	if b.failures++; b.failures >= breakerTrips {
		b.wait = min(max(breakerFirst, 2*b.wait), breakerMax)
		b.until = now.Add(b.wait)
	}
}

// abandoned tells that an allowed call was called off before it ended.
func (b *breaker) abandoned() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}
