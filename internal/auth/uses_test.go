package auth_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/auth"
)

func TestTheUsesOfAKeyAreWrittenOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring := &keyring{keys: map[[32]byte]xray.APIKey{xray.HashKey("xray_a"): {ID: 4, Scope: xray.ScopeRead}}}
		gate := auth.NewGate(ring, auth.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- gate.KeepUses(ctx) }()
		use := func() time.Time {
			if _, err := gate.Authenticate(t.Context(), "xray_a", ""); err != nil {
				t.Fatal(err)
			}
			return time.Now()
		}
		for range 59 {
			use()
			time.Sleep(time.Second)
		}
		if ring.used != nil {
			t.Errorf("written before the minute was over: %v", ring.used)
		}
		last := use()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(ring.used) != 1 || !ring.used[4].Equal(last) {
			t.Errorf("wrote %v, want the last use at %v", ring.used, last)
		}

		ring.used, ring.deaf = nil, true
		missed := use()
		time.Sleep(time.Minute)
		ring.deaf = false
		time.Sleep(time.Minute)
		synctest.Wait()
		if !ring.used[4].Equal(missed) {
			t.Errorf("after an outage wrote %v, want the use at %v", ring.used, missed)
		}

		ring.used = nil
		last = use()
		cancel()
		<-ended
		if !ring.used[4].Equal(last) {
			t.Errorf("at the end wrote %v, want the use at %v", ring.used, last)
		}
	})
}

func TestAKeyEndsInTheMomentItExpiresThoughItIsRemembered(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	end := now.Add(2 * time.Second)
	ring := &keyring{keys: map[[32]byte]xray.APIKey{xray.HashKey("xray_a"): {ID: 4, Scope: xray.ScopeRead, ExpiresAt: &end}}}
	gate := auth.NewGate(ring, auth.Options{Now: func() time.Time { return now }})
	for _, tc := range []struct {
		at      time.Time
		lookUps int
	}{{now, 1}, {end.Add(-1), 1}, {end, 2}} {
		now = tc.at
		if _, err := gate.Authenticate(t.Context(), "xray_a", ""); err != nil || ring.lookUps != tc.lookUps {
			t.Errorf("at %v: %v, %d look-ups, want %d: the store refuses it from then on", tc.at, err, ring.lookUps, tc.lookUps)
		}
	}
}
