package account

import (
	"fmt"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func TestALimiterGrantsABurstAndThenOneAtATime(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	l := newLimiter(limit{burst: 3, every: 10 * time.Second}, c.now)
	for i := range 3 {
		if wait := l.take("a"); wait != 0 {
			t.Errorf("try %d has to wait %s", i, wait)
		}
	}
	if wait := l.take("a"); wait != 10*time.Second {
		t.Errorf("wait %s, want 10s", wait)
	}
	if wait := l.take("b"); wait != 0 {
		t.Errorf("another has to wait %s", wait)
	}
	c.at = c.at.Add(10 * time.Second)
	if wait := l.take("a"); wait != 0 {
		t.Errorf("after the wait: %s", wait)
	}
	l.giveBack("a")
	if wait := l.take("a"); wait != 0 {
		t.Errorf("after one was given back: %s", wait)
	}
}

func TestALimitersMemoryIsBounded(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	l := newLimiter(limit{burst: 1, every: time.Hour}, c.now)
	for i := range 3 * maxBuckets {
		l.take(fmt.Sprint(i))
	}
	if n := len(l.buckets); n > maxBuckets {
		t.Errorf("%d buckets, want at most %d", n, maxBuckets)
	}
	if last := fmt.Sprint(3*maxBuckets - 1); l.take(last) == 0 {
		t.Error("the latest was forgotten")
	}
}

// One address that guesses at an account does not keep its owner out.
func TestNobodyLocksAnotherOut(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	l := newLimits(c.now)
	for range 1000 {
		_, _ = l.attempt("ada@example.com", "192.0.2.66")
	}
	if _, err := l.attempt("ada@example.com", "192.0.2.66"); xray.ErrorCode(err) != xray.CodeLimit {
		t.Errorf("the guesser: %v, want a limit", err)
	}
	if _, err := l.attempt("ada@example.com", "192.0.2.1"); err != nil {
		t.Errorf("the owner: %v", err)
	}
	// Many addresses together are slowed down.
	refused := false
	for i := range 200 {
		_, err := l.attempt("ada@example.com", fmt.Sprintf("198.51.100.%d", i))
		refused = refused || xray.ErrorCode(err) == xray.CodeLimit
	}
	if !refused {
		t.Error("two hundred addresses guess at one account without end")
	}
}

func TestOneCustomersAddressesCountAsOne(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1":            "192.0.2.1",
		"::ffff:192.0.2.1":     "::ffff:192.0.2.1",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::9":      "2001:db8:1:2::/64",
		"":                     "",
	} {
		if got := network(in); got != want {
			t.Errorf("%q counts as %q, want %q", in, got, want)
		}
	}
}
