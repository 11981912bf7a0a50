package mcp

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xraytrace/xray"
)

// Four calls of a caller are under way at the same time; the fifth waits, and
// another caller does not.
func TestCallsOfOneCallerWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{waiting: make(map[[32]byte]*queue)}
		mine, other := [32]byte{1}, [32]byte{2}
		var releases []func()
		for range maxCalls {
			release, err := g.enter(t.Context(), mine)
			if err != nil {
				t.Fatal(err)
			}
			releases = append(releases, release)
		}
		entered := false
		go func() {
			release, err := g.enter(t.Context(), mine)
			if err != nil {
				t.Error(err)
				return
			}
			entered = true
			release()
		}()
		synctest.Wait()
		if entered {
			t.Error("a fifth call did not wait")
		}
		if release, err := g.enter(t.Context(), other); err != nil {
			t.Error(err)
		} else {
			release()
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.enter(impatient, mine); xray.ErrorCode(err) != xray.CodeLimit {
			t.Errorf("who waits too long is told %v", err)
		}
		for _, release := range releases {
			release()
		}
		synctest.Wait()
		if !entered || len(g.waiting) != 0 {
			t.Errorf("entered: %v, %d callers are remembered", entered, len(g.waiting))
		}
	})
}
