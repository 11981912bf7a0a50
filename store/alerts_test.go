package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/alert"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// clockAt is a clock that tests set, and that goes on from there.
type clockAt struct{ ahead atomic.Int64 }

func (c *clockAt) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clockAt) set(minute int) {
	c.ahead.Store(minuteZero + int64(minute)*int64(time.Minute) - time.Now().UnixNano())
}

func minuteEnd(minute int) int64 { return minuteZero/int64(time.Minute) + int64(minute) }

// seen waits until the statistics have n executions of a minute.
func seen(t *testing.T, s *store.Store, minute int, n int64) {
	t.Helper()
	eventually(t, func() string {
		got, err := s.AlertCells(t.Context(), theProject, xray.Filter{}, xray.AlertCount, minuteEnd(minute), minuteEnd(minute+1))
		if err != nil || got[minuteEnd(minute)].Ended != n {
			return fmt.Sprintf("%+v, error %v", got, err)
		}
		return ""
	})
}

func nth(n, minute int, name string) xray.Step {
	s := span(n, 1, 0, name, 0, 0)
	start := xray.Nano(minuteZero + int64(minute)*int64(time.Minute))
	s.Start, s.End = start, start+xray.Nano(100*time.Millisecond)
	return s
}

// minuteZero is a whole minute near aStart.
const minuteZero = int64(aStart) / int64(time.Minute) * int64(time.Minute)

func watching(t *testing.T, url string, clock *clockAt, o *outlet) *store.Store {
	t.Helper()
	opts := quick()
	opts.Outlet, opts.Judge, opts.Clock, opts.FactsOnly, opts.AlertEvery = o, alert.Judge{}, clock.now, true, 5*time.Millisecond
	s := open(t, url, opts)
	inBackground(t, s.Settle)
	return s
}

func newAlert(t *testing.T, s *store.Store, a xray.Alert) xray.Alert {
	t.Helper()
	a.ProjectID, a.Name = theProject, "watch"
	a, err := s.CreateAlert(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// looked waits until an alert has looked at the window that ends with a minute.
func looked(t *testing.T, s *store.Store, a xray.Alert, minute int) xray.Alert {
	t.Helper()
	eventually(t, func() string {
		var err error
		if a, err = s.Alert(t.Context(), theProject, a.ID); err != nil || a.Evaluated != minuteEnd(minute) {
			return fmt.Sprintf("evaluated %d of %d, error %q %v", a.Evaluated-minuteEnd(0), minute, a.Error, err)
		}
		return ""
	})
	return a
}

// Whatever the aggregate, the query and the way to the numbers, what an alert
// sees in a minute is what is there.
func TestAnAlertSeesWhatIsThere(t *testing.T) {
	t.Parallel()
	clock := &clockAt{}
	clock.set(30)
	s := watching(t, pgtest.New(t), clock, &outlet{})
	want := map[int64]xray.AlertCell{}
	for n := range 40 {
		minute, name := rand.IntN(5), []string{"ask", "sell"}[n%2]
		step := modelCall(nth(n+1, minute, name), "m", 10, 5, new(0.5))
		if n%4 == 0 {
			step = failing(step, "boom")
		}
		put(t, s, batchOf(t, theProject, step))
		settled(t, s, traceID(n+1))
		if name == "ask" {
			c := want[minuteEnd(minute)]
			c.Minute, c.Count, c.Ended, c.Tokens, c.CostUSD = minuteEnd(minute), c.Count+1, c.Ended+1, c.Tokens+15, c.CostUSD+0.5
			if n%4 == 0 {
				c.Errors++
			}
			want[minuteEnd(minute)] = c
		}
	}
	ask := []xray.Condition{xray.Is(xray.FieldName, "ask")}
	for name, f := range map[string]xray.Filter{
		"by the statistics": {Where: ask},
		"by the columns":    {Where: append(ask, xray.Is(xray.FieldService, "shop"))},
		"by the steps":      {Where: ask, Steps: [][]xray.Condition{{xray.Is(xray.FieldStep, "ask")}}},
	} {
		eventually(t, func() string { // statistics are kept a moment later
			got, err := s.AlertCells(t.Context(), theProject, f, xray.AlertCount, minuteEnd(0), minuteEnd(5))
			for m, c := range got {
				if n := len(c.Durations); n != 1 || !within(c.Durations, c.Ended) {
					return fmt.Sprintf("%s: durations %v", name, c.Durations)
				}
				c.Durations = nil
				got[m] = c
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				return fmt.Sprintf("%s: error %v, (-want +got)\n%s", name, err, diff)
			}
			return ""
		})
	}
}

// within reports whether n durations of 100 ms are counted, off by 2 % at most.
func within(durations map[int64]int64, n int64) bool {
	for d, count := range durations {
		return count == n && d > 98e6 && d < 102e6
	}
	return false
}

func TestAnAlertFiresAndCeasesAndTellsWhoItNames(t *testing.T) {
	t.Parallel()
	clock, o := &clockAt{}, &outlet{}
	clock.set(10)
	url := pgtest.New(t)
	s := watching(t, url, clock, o)
	named, every := hook(t, s, "named", ""), hook(t, s, "every", "name:nothing", xray.EventFired, xray.EventResolved)
	hook(t, s, "other", "", xray.EventFailed)
	a := newAlert(t, s, xray.Alert{AlertRule: xray.AlertRule{Aggregate: xray.AlertErrorRate, Window: 2 * time.Minute, Threshold: 0.5}, Hooks: []int64{named.ID}})
	inBackground(t, s.WatchAlerts)
	inBackground(t, s.WatchAlerts) // another process: nothing is told twice
	looked(t, s, a, 10)
	put(t, s, batchOf(t, theProject, failing(nth(1, 10, "ask"), "boom")))
	seen(t, s, 10, 1)
	clock.set(11)
	if got := looked(t, s, a, 11); got.Status != xray.AlertFiring || !got.Told || *got.Value != 1 {
		t.Errorf("after an error: %+v", got)
	}
	clock.set(12)
	looked(t, s, a, 12)
	clock.set(13)
	if got := looked(t, s, a, 13); got.Status != xray.AlertOK || got.Told || got.Value != nil {
		t.Errorf("when it is over: %+v", got)
	}
	for _, h := range []xray.Hook{named, every} {
		all, err := s.Deliveries(t.Context(), theProject, h.ID, 0, "", 10)
		if err != nil || len(all) != 2 || all[0].Event != xray.EventResolved || all[1].Event != xray.EventFired {
			t.Errorf("%s: %+v, error %v", h.Name, all, err)
		}
	}
	if n := count(t, url, "SELECT count(*) FROM webhook_deliveries"); n != 4 {
		t.Errorf("%d deliveries", n)
	}
	events, err := s.AlertEvents(t.Context(), theProject, a.ID, 10)
	if err != nil || len(events) != 2 || events[0].Fired || !events[1].Fired || !events[1].Told || events[1].End != minuteEnd(11) {
		t.Errorf("events %+v, error %v", events, err)
	}
}

func TestMissedWindowsAreLookedAtOneByOneAndToldOnce(t *testing.T) {
	t.Parallel()
	clock, o := &clockAt{}, &outlet{}
	clock.set(0)
	url := pgtest.New(t)
	s := watching(t, url, clock, o)
	hook(t, s, "every", "", xray.EventFired, xray.EventResolved)
	a := newAlert(t, s, xray.Alert{AlertRule: xray.AlertRule{Aggregate: xray.AlertMissing, Window: 3 * time.Minute, Grace: time.Minute}})
	put(t, s, batchOf(t, theProject, nth(1, -1, "ask"), nth(2, 10, "ask")))
	seen(t, s, 10, 1)
	seen(t, s, -1, 1)
	clock.set(1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.WatchAlerts(ctx) }()
	looked(t, s, a, 0)
	stop() // nobody looks for half an hour
	<-done
	clock.set(30)
	inBackground(t, s.WatchAlerts)
	looked(t, s, a, 29) // 30 is not ripe
	points, err := s.AlertPoints(t.Context(), theProject, a.ID, 0)
	if err != nil || len(points[a.ID]) != 30 {
		t.Fatalf("%d windows, error %v", len(points[a.ID]), err)
	}
	for i, p := range points[a.ID] {
		minute := int(p.End - minuteEnd(0))
		if want := !(minute <= 2 || minute >= 11 && minute <= 13); minute != i || p.Beyond != want {
			t.Errorf("the window that ends with %d (place %d) is beyond: %v, want %v", minute, i, p.Beyond, want)
		}
	}
	// It fired, ceased to and fired again; what counts is how it stands.
	if events, err := s.AlertEvents(t.Context(), theProject, a.ID, 10); err != nil || len(events) != 3 || !events[0].Told || events[2].Told {
		t.Errorf("events %+v, error %v", events, err)
	}
	if n := count(t, url, "SELECT count(*) FROM webhook_deliveries"); n != 1 {
		t.Errorf("%d deliveries, want that it fires", n)
	}
}

func TestAMutedAlertSpeaksWhenItMay(t *testing.T) {
	t.Parallel()
	clock, o := &clockAt{}, &outlet{}
	clock.set(5)
	url := pgtest.New(t)
	s := watching(t, url, clock, o)
	hook(t, s, "every", "", xray.EventFired, xray.EventResolved)
	a := newAlert(t, s, xray.Alert{AlertRule: xray.AlertRule{Aggregate: xray.AlertMissing, Window: time.Minute}})
	if err := s.MuteAlert(t.Context(), theProject, a.ID, new(clock.now().Add(90*time.Second))); err != nil {
		t.Fatal(err)
	}
	inBackground(t, s.WatchAlerts)
	looked(t, s, a, 5)
	clock.set(6)
	if got := looked(t, s, a, 6); got.Status != xray.AlertFiring || got.Told || count(t, url, "SELECT count(*) FROM webhook_deliveries") != 0 {
		t.Errorf("muted: %+v", got)
	}
	clock.set(7)
	if got := looked(t, s, a, 7); !got.Told || count(t, url, "SELECT count(*) FROM webhook_deliveries") != 1 {
		t.Errorf("not muted any more: %+v", got)
	}
	// Another rule begins anew; that it is over is told, too.
	a.Aggregate, a.Threshold = xray.AlertCount, 5
	if _, err := s.ReplaceAlert(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got := looked(t, s, a, 7); got.Status != xray.AlertOK || got.Told {
		t.Errorf("with another rule: %+v", got)
	}
}

func TestAPreviewSaysWhenAnAlertWouldHaveFired(t *testing.T) {
	t.Parallel()
	clock := &clockAt{}
	clock.set(30)
	s := watching(t, pgtest.New(t), clock, &outlet{})
	put(t, s, batchOf(t, theProject, nth(1, 5, "ask"), nth(2, 5, "ask"), nth(3, 20, "ask"), nth(4, 20, "sell")))
	settled(t, s, traceID(4))
	r := xray.AlertRule{Query: "name:ask", Aggregate: xray.AlertCount, Window: 2 * time.Minute, Threshold: 1}
	eventually(t, func() string {
		points, events, err := s.PreviewAlert(t.Context(), theProject, r, minuteEnd(1), minuteEnd(30))
		if err != nil || len(points) != 30 || len(events) != 2 || events[0].End != minuteEnd(6) || events[1].End != minuteEnd(8) {
			return fmt.Sprintf("%d points, events %+v, error %v", len(points), events, err)
		}
		return ""
	})
}

func TestAlertsBelongToTheirProject(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	ctx := t.Context()
	other, err := s.CreateProject(ctx, "other")
	if err != nil {
		t.Fatal(err)
	}
	a := newAlert(t, s, xray.Alert{AlertRule: xray.AlertRule{Aggregate: xray.AlertCount, Window: time.Minute}})
	theirs := a
	theirs.ProjectID = other.ID
	for name, err := range map[string]error{
		"read": second(s.Alert(ctx, other.ID, a.ID)), "replace": second(s.ReplaceAlert(ctx, theirs)),
		"mute": s.MuteAlert(ctx, other.ID, a.ID, nil), "delete": s.DeleteAlert(ctx, other.ID, a.ID),
	} {
		if xray.ErrorCode(err) != xray.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.CreateAlert(ctx, a); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("the same name: %v", err)
	}
	if err := s.DeleteAlert(ctx, theProject, a.ID); err != nil {
		t.Error(err)
	}
}
