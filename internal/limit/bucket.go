package limit

import "time"

// bucket fills with a rate up to a burst, and may be in debt: a request that is
// larger than all that fits is taken when the bucket is not empty, and paid for
// afterwards.
type bucket struct {
	level float64
	at    time.Time // zero: never used, and full
}

func (b *bucket) fill(now time.Time, rate, burst float64) {
	if b.at.IsZero() {
		b.level = burst
	} else if passed := now.Sub(b.at); passed > 0 {
		b.level = min(burst, b.level+passed.Seconds()*rate)
	}
	b.level = min(b.level, burst) // the limit may have been lowered
	b.at = now
}

// wait is how long it takes until the bucket holds n.
func (b *bucket) wait(n, rate float64) time.Duration {
	if b.level >= n {
		return 0
	}
	return max(time.Duration((n-b.level)/rate*float64(time.Second)), time.Millisecond)
}
