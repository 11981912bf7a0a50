package alert

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xraytrace/xray"
)

func TestValues(t *testing.T) {
	c := xray.AlertCell{
		Count: 10, Ended: 8, Errors: 2, Tokens: 300, CostUSD: 1.5, ItemsIn: 100, ItemsOut: 25, Explained: 4, Unverified: 1,
		Durations: map[int64]int64{1e6: 18, 50e6: 1, 90e6: 1},
	}
	for a, want := range map[xray.AlertAggregate]float64{
		xray.AlertCount: 10, xray.AlertErrorRate: 0.25, xray.AlertP95: 50, xray.AlertCost: 1.5, xray.AlertTokens: 300,
		xray.AlertDropRate: 0.75, xray.AlertUnverified: 0.25, xray.AlertMissing: 10,
	} {
		if got := value(a, &c); got == nil || *got != want {
			t.Errorf("%s is %v, want %v", a, got, want)
		}
	}
	for _, a := range xray.AlertAggregates() {
		rate := slices.Contains([]xray.AlertAggregate{xray.AlertErrorRate, xray.AlertP95, xray.AlertDropRate, xray.AlertUnverified}, a)
		if got := value(a, &xray.AlertCell{}); (got == nil) != rate {
			t.Errorf("%s of nothing is %v", a, got)
		}
	}
}

// counts makes cells of how many executions each minute from 0 on had.
func counts(n ...int64) map[int64]xray.AlertCell {
	cells := make(map[int64]xray.AlertCell)
	for m, c := range n {
		cells[int64(m)] = xray.AlertCell{Count: c}
	}
	return cells
}

func TestAnAlertFiresOnceAndCeasesOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		rule  xray.AlertRule
		cells map[int64]xray.AlertCell
		want  string // by window end: . ok, p pending, F firing
	}{
		"at once": {
			xray.AlertRule{Aggregate: xray.AlertCount, Window: time.Minute, Threshold: 2}, counts(1, 3, 4, 2, 5), ".FF.F",
		},
		"after it held for long enough": {
			xray.AlertRule{Aggregate: xray.AlertCount, Window: time.Minute, Threshold: 2, For: 2 * time.Minute}, counts(3, 3, 1, 3, 3, 3, 3, 0), "pp.ppFF.",
		},
		"over a sliding window": {
			xray.AlertRule{Aggregate: xray.AlertCount, Window: 3 * time.Minute, Threshold: 2}, counts(0, 3, 0, 0, 0), ".FFF.",
		},
		"too little": {
			xray.AlertRule{Aggregate: xray.AlertCount, Window: time.Minute, Threshold: 2, Below: true}, counts(2, 1, 0, 3), ".FF.",
		},
		"none at all": {
			xray.AlertRule{Aggregate: xray.AlertMissing, Window: 2 * time.Minute}, counts(1, 0, 0, 0, 1), "..FF.",
		},
		"a rate of nothing is not too high": {
			xray.AlertRule{Aggregate: xray.AlertErrorRate, Window: time.Minute}, map[int64]xray.AlertCell{0: {Ended: 1, Errors: 1}}, "F.",
		},
	} {
		points, _, events := Judge{}.Judge(tc.rule, xray.AlertState{}, tc.cells, 1, int64(len(tc.want)))
		got, turns := "", 0
		for i, p := range points {
			got += map[xray.AlertStatus]string{xray.AlertOK: ".", xray.AlertPending: "p", xray.AlertFiring: "F"}[p.Status]
			if (p.Status == xray.AlertFiring) != (i > 0 && points[i-1].Status == xray.AlertFiring) {
				turns++
			}
		}
		if got != tc.want || len(events) != turns {
			t.Errorf("%s: %s with %d events, want %s", name, got, len(events), tc.want)
		}
	}
}

func TestHooksAreToldHowThingsStand(t *testing.T) {
	j := Judge{}
	told := func(s xray.AlertState, muted bool) (string, xray.AlertState) {
		e, after := j.Tell(s, muted)
		return string(e), after
	}
	s := xray.AlertState{Status: xray.AlertFiring}
	for i, tc := range []struct {
		status xray.AlertStatus
		muted  bool
		want   string
	}{
		{xray.AlertFiring, true, ""}, {xray.AlertOK, true, ""}, {xray.AlertFiring, true, ""}, {xray.AlertFiring, false, "alert.fired"},
		{xray.AlertFiring, false, ""}, {xray.AlertOK, true, ""}, {xray.AlertPending, false, "alert.resolved"}, {xray.AlertOK, false, ""},
	} {
		s.Status = tc.status
		var got string
		if got, s = told(s, tc.muted); got != tc.want {
			t.Errorf("step %d told %q, want %q", i, got, tc.want)
		}
	}
}

// However the windows are cut into looks, what comes out is what one naive look
// at all of them gives.
func TestLooksMayBeOfAnyLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := xray.AlertRule{
			Aggregate: rapid.SampledFrom(xray.AlertAggregates()).Draw(t, "aggregate"),
			Window:    time.Duration(rapid.IntRange(1, 6).Draw(t, "window")) * time.Minute,
			For:       time.Duration(rapid.IntRange(0, 3).Draw(t, "for")) * time.Minute,
			Threshold: rapid.Float64Range(0, 3).Draw(t, "threshold"), Below: rapid.Bool().Draw(t, "below"),
		}
		cells := make(map[int64]xray.AlertCell)
		const last = 40
		for m := range int64(last) {
			if n := rapid.Int64Range(-2, 3).Draw(t, fmt.Sprint("minute ", m)); n >= 0 {
				cells[m] = xray.AlertCell{
					Count: n, Ended: n, Errors: n / 2, Tokens: n, CostUSD: float64(n), ItemsIn: 2 * n, ItemsOut: n, Explained: n, Unverified: float64(n) / 3,
					Durations: map[int64]int64{n * 1e6: n},
				}
			}
		}
		want := naive(r, cells, last)
		var got []xray.AlertStatus
		var s xray.AlertState
		fired, told := 0, 0
		for from := int64(1); from <= last; {
			to := min(last, from+rapid.Int64Range(0, 9).Draw(t, "look"))
			points, after, events := Judge{}.Judge(r, s, cells, from, to)
			for _, p := range points {
				got = append(got, p.Status)
			}
			for _, e := range events {
				if e.Fired {
					fired++
				}
			}
			event, after := Judge{}.Tell(after, false)
			if event == xray.EventFired {
				told++
			}
			s, from = after, to+1
			if s.Told != (s.Status == xray.AlertFiring) {
				t.Fatalf("it stands at %s and told is %v", s.Status, s.Told)
			}
		}
		if !slices.Equal(got, want) || told > fired {
			t.Fatalf("got  %v\nwant %v; fired %d, told %d", got, want, fired, told)
		}
	})
}

// naive goes by the words of the rule, window by window and from the beginning.
func naive(r xray.AlertRule, cells map[int64]xray.AlertCell, last int64) (all []xray.AlertStatus) {
	held := math.MaxInt64
	for end := int64(1); end <= last; end++ {
		sum := merge(cells, end-int64(r.Window/time.Minute), end, true)
		if !beyond(&r, value(r.Aggregate, &sum)) {
			held = math.MaxInt64
			all = append(all, xray.AlertOK)
			continue
		}
		held = min(held, int(end))
		if int(end)-held >= int(r.For/time.Minute) {
			all = append(all, xray.AlertFiring)
		} else {
			all = append(all, xray.AlertPending)
		}
	}
	return all
}
