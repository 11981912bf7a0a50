package reasoner

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestRequestsAreSpreadOverTheMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := newBucket(60, 0, start)
		for i := range 65 {
			if later, err := b.take(t.Context(), 1000); later != 0 || err != nil {
				t.Fatalf("request %d: %v, %v", i, later, err)
			}
		}
		// 60 at once, then one each second.
		if took := time.Since(start).Round(100 * time.Millisecond); took != 5*time.Second {
			t.Errorf("65 requests took %v, want 5s", took)
		}
	})
}

func TestTokensAreLimitedAndSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(0, 6000, time.Now())
		b.take(t.Context(), 6000)
		start := time.Now()
		b.take(t.Context(), 500)
		if took := time.Since(start).Round(100 * time.Millisecond); took != 5*time.Second {
			t.Errorf("500 tokens at 100 a second took %v", took)
		}
		b.settle(6000, 0) // nothing was used after all
		start = time.Now()
		b.take(t.Context(), 5000)
		if took := time.Since(start); took > 0 {
			t.Errorf("what was given back is not there: waited %v", took)
		}
	})
}

func TestALongWaitGoesBackToTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(1, 0, time.Now())
		b.take(t.Context(), 1)
		start := time.Now()
		later, err := b.take(t.Context(), 1)
		if err != nil || later < maxWait || time.Since(start) > 0 {
			t.Errorf("got %v, %v after %v", later, err, time.Since(start))
		}
	})
}

func TestAPauseHoldsEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(0, 0, time.Now())
		b.pause(3*time.Second, time.Now())
		b.pause(time.Second, time.Now()) // a shorter one does not shorten it
		start := time.Now()
		b.take(t.Context(), 1)
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("it waited %v", took)
		}
	})
}

func TestWaitingEndsWithTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(60, 0, time.Now())
		for range 60 {
			b.take(t.Context(), 1)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := b.take(ctx, 1); err == nil {
			t.Error("it took although the job was called off")
		}
	})
}

func TestARequestLargerThanTheBucketPassesWhenItIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(0, 100, time.Now())
		if later, err := b.take(t.Context(), 5000); later != 0 || err != nil {
			t.Errorf("got %v, %v", later, err)
		}
		if later, _ := b.take(t.Context(), 100); later < time.Minute {
			t.Errorf("its debt is not paid: %v", later)
		}
	})
}
