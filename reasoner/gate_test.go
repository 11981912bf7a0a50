package reasoner

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestAProjectsCallsStayUnderItsNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gates
		var open, most atomic.Int32
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				leave, err := g.enter(t.Context(), 1, 3)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), open.Add(1)))
				time.Sleep(time.Second) // fake time
				open.Add(-1)
				leave()
			})
		}
		start := time.Now()
		leave, err := g.enter(t.Context(), 2, 3)
		if err != nil || time.Since(start) > 0 {
			t.Error("another project has to wait")
		}
		leave()
		wg.Wait()
		if most.Load() != 3 || time.Since(start) != 17*time.Second {
			t.Errorf("%d at once, %v in all", most.Load(), time.Since(start))
		}
		if len(g.projects) != 0 {
			t.Error("a project that is done is remembered")
		}
	})
}

func TestWhoGoesAwayHoldsNobodyBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gates
		leave, _ := g.enter(t.Context(), 1, 1)
		ctx, cancel := context.WithCancel(t.Context())
		for range 5 {
			go func() {
				if _, err := g.enter(ctx, 1, 1); err == nil {
					t.Error("entered a full project")
				}
			}()
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		leave()
		if leave, err := g.enter(t.Context(), 1, 1); err != nil {
			t.Error(err)
		} else {
			leave()
		}
	})
}
