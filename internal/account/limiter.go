package account

import (
	"sync"
	"time"

	"github.com/xraytrace/xray"
)

// limit is how many attempts may come at once, and how fast new ones are
// granted after that.
type limit struct {
	burst int
	every time.Duration
}

// maxBuckets bounds the memory of a limiter.
const maxBuckets = 20_000

// limiter counts attempts by who makes them.
type limiter struct {
	limit   limit
	now     func() time.Time
	mu      sync.Mutex
	buckets map[string]time.Time // when the bucket is full again
}

func newLimiter(l limit, now func() time.Time) *limiter {
	return &limiter{limit: l, now: now, buckets: map[string]time.Time{}}
}

// take counts an attempt. wait > 0 says that it is one too many, and when the
// next would do.
func (l *limiter) take(who string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	full := l.buckets[who]
	if full.Before(now) {
		full = now
	}
	full = full.Add(l.limit.every)
	if over := full.Sub(now) - time.Duration(l.limit.burst)*l.limit.every; over > 0 {
		return over
	}
	l.buckets[who] = full
	if len(l.buckets) > maxBuckets {
		l.forget(now, who)
	}
	return 0
}

// giveBack takes back one attempt that turned out to be right.
func (l *limiter) giveBack(who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if full, ok := l.buckets[who]; ok {
		l.buckets[who] = full.Add(-l.limit.every)
	}
}

// forget drops the full buckets, which say nothing, and if that is too little
// half of the others: an attacker with so many addresses is past counting, and
// the limit by account holds.
func (l *limiter) forget(now time.Time, except string) {
	for who, full := range l.buckets {
		if !full.After(now) {
			delete(l.buckets, who)
		}
	}
	for who := range l.buckets {
		if len(l.buckets) <= maxBuckets/2 {
			return
		}
		if who != except {
			delete(l.buckets, who)
		}
	}
}

// limits of guessing. One who mistypes is hardly stopped; one address gets two
// tries a minute at an account, which does not use up what the account grants to
// all addresses together: nobody can lock another out by failing in their name.
type limits struct{ pair, address, account *limiter }

func newLimits(now func() time.Time) limits {
	return limits{
		pair:    newLimiter(limit{burst: 6, every: 30 * time.Second}, now),
		address: newLimiter(limit{burst: 30, every: 10 * time.Second}, now),
		account: newLimiter(limit{burst: 60, every: 20 * time.Second}, now),
	}
}

// attempt counts a try at an account from an address. CodeLimit if it is one
// too many; right is to be called if the try was right.
func (l limits) attempt(account, address string) (right func(), err error) {
	return count(
		counter{l.pair, account + "\x00" + address},
		counter{l.address, address},
		counter{l.account, account},
	)
}

// visit counts a try from an address at nobody in particular.
func (l limits) visit(address string) (right func(), err error) {
	return count(counter{l.address, address})
}

type counter struct {
	by  *limiter
	who string
}

// count asks one limiter after the other: what one refuses, the next does not see.
func count(counters ...counter) (right func(), err error) {
	for _, c := range counters {
		if wait := c.by.take(c.who); wait > 0 {
			wait = wait.Round(time.Second) + time.Second
			e := xray.Errorf(xray.CodeLimit, "too many tries that were wrong: wait %s and try again", wait)
			e.RetryAfter = wait
			return nil, e
		}
	}
	return func() {
		for _, c := range counters {
			c.by.giveBack(c.who)
		}
	}, nil
}
