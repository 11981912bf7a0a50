package reasoner

import (
	"testing"
	"time"
)

func TestTheBreakerOpensAfterSomeFailuresInARow(t *testing.T) {
	now := time.Unix(0, 0)
	var b breaker
	fail := func() {
		t.Helper()
		if _, ok := b.allow(now); !ok {
			t.Fatal("a call was not allowed")
		}
		b.done(false, now)
	}
	for range breakerTrips - 1 {
		fail()
	}
	b.done(true, now) // an answer in between starts the count anew
	for range breakerTrips {
		fail()
	}
	if wait, ok := b.allow(now); ok || wait != breakerFirst {
		t.Fatalf("it is not open: %v, %v", wait, ok)
	}

	now = now.Add(breakerFirst)
	if _, ok := b.allow(now); !ok {
		t.Fatal("nobody may try when the time is up")
	}
	if _, ok := b.allow(now); ok {
		t.Fatal("two may try at once")
	}
	b.abandoned()
	fail()
	if wait, ok := b.allow(now); ok || wait != 2*breakerFirst {
		t.Errorf("after a failed try it waits %v, want twice as long", wait)
	}

	now = now.Add(2 * breakerFirst)
	b.allow(now)
	b.done(true, now)
	for range 3 {
		if _, ok := b.allow(now); !ok {
			t.Error("an answer does not close it")
		}
	}
}

func TestTheBreakersWaitIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	var b breaker
	for range 100 {
		if wait, ok := b.allow(now); !ok {
			if wait > breakerMax {
				t.Fatalf("it waits %v", wait)
			}
			now = now.Add(wait)
			continue
		}
		b.done(false, now)
	}
}
