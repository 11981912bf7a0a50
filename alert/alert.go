// Package alert decides when an alert fires: windows in, states out. It is pure:
// where the numbers come from, when it is asked, and who is told, is the business
// of whoever asks.
//
// A window ends with every minute. Each is looked at once, in order; what is
// decided depends on nothing but the rule, the state before and the minutes in
// the windows, so that it does not matter how many are looked at together.
package alert

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/xraytrace/xray"
)

// Judge is an evaluator without any state.
type Judge struct{}

// Judge looks at the windows that end from from to to, both included, in minutes
// since 1970. cells has the minutes in them; one that is missing had no
// executions. It returns what each window was, where that leaves the alert, and
// what changed on the way.
func (Judge) Judge(r xray.AlertRule, s xray.AlertState, cells map[int64]xray.AlertCell, from, to int64) ([]xray.AlertPoint, xray.AlertState, []xray.AlertEvent) {
	if s.Status == "" {
		s.Status = xray.AlertOK
	}
	points := make([]xray.AlertPoint, 0, max(0, to-from+1))
	var events []xray.AlertEvent
	for end := from; end <= to; end++ {
		whole := merge(cells, end-minutes(r.Window), end, r.Aggregate == xray.AlertP95)
		p := xray.AlertPoint{End: end, Value: value(r.Aggregate, &whole), Partial: whole.Partial}
		p.Beyond = beyond(&r, p.Value)
		was := s.Status
		s = step(r, s, p)
		p.Status = s.Status
		points = append(points, p)
		if was != xray.AlertFiring && s.Status == xray.AlertFiring || was == xray.AlertFiring && s.Status == xray.AlertOK {
			events = append(events, xray.AlertEvent{End: end, Fired: s.Status == xray.AlertFiring, Value: p.Value})
		}
	}
	return points, s, events
}

// step is the state after one more window.
func step(r xray.AlertRule, s xray.AlertState, p xray.AlertPoint) xray.AlertState {
	s.Value, s.Evaluated = p.Value, p.End
	next := s.Status
	switch {
	case !p.Beyond:
		next = xray.AlertOK
	case s.Status == xray.AlertOK && r.For > 0:
		next = xray.AlertPending
	case s.Status == xray.AlertOK, s.Status == xray.AlertPending && p.End-s.Since >= minutes(r.For):
		next = xray.AlertFiring
	}
	if next != s.Status {
		s.Status, s.Since = next, p.End
	}
	return s
}

// Tell says what hooks are to be told after a state, and the state after that:
// how things stand now, not every turn that they took while nobody looked. A
// muted alert tells nothing; what is true when it speaks again is told then.
func (Judge) Tell(s xray.AlertState, muted bool) (event xray.HookEvent, after xray.AlertState) {
	firing := s.Status == xray.AlertFiring
	if muted || firing == s.Told {
		return "", s
	}
	s.Told = firing
	if firing {
		return xray.EventFired, s
	}
	return xray.EventResolved, s
}

// merge adds up the minutes from from up to to.
func merge(cells map[int64]xray.AlertCell, from, to int64, durations bool) xray.AlertCell {
	var sum xray.AlertCell
	if durations {
		sum.Durations = make(map[int64]int64)
	}
	for m := from; m < to; m++ {
		c, ok := cells[m]
		if !ok {
			continue
		}
		sum.Count += c.Count
		sum.Ended += c.Ended
		sum.Errors += c.Errors
		sum.Tokens += c.Tokens
		sum.CostUSD += c.CostUSD
		sum.ItemsIn += c.ItemsIn
		sum.ItemsOut += c.ItemsOut
		sum.Explained += c.Explained
		sum.Unverified += c.Unverified
		sum.Partial = sum.Partial || c.Partial
		if durations {
			for d, n := range c.Durations {
				sum.Durations[d] += n
			}
		}
	}
	return sum
}

// value is the aggregate of a window, nil if it has none.
func value(a xray.AlertAggregate, c *xray.AlertCell) *float64 {
	switch a {
	case xray.AlertErrorRate:
		return ratio(float64(c.Errors), float64(c.Ended))
	case xray.AlertP95:
		return p95(c.Durations)
	case xray.AlertCost:
		return &c.CostUSD
	case xray.AlertTokens:
		return new(float64(c.Tokens))
	case xray.AlertDropRate:
		return ratio(float64(c.ItemsIn-c.ItemsOut), float64(c.ItemsIn))
	case xray.AlertUnverified:
		return ratio(c.Unverified, float64(c.Explained))
	}
	return new(float64(c.Count))
}

func ratio(part, whole float64) *float64 {
	if whole <= 0 {
		return nil
	}
	return new(max(0, part/whole))
}

// p95 is the nearest-rank quantile, in milliseconds.
func p95(durations map[int64]int64) *float64 {
	var total int64
	for _, n := range durations {
		total += n
	}
	rank := int64(math.Ceil(0.95 * float64(total)))
	for _, d := range slices.Sorted(maps.Keys(durations)) {
		if rank -= durations[d]; rank <= 0 && total > 0 {
			return new(float64(d) / float64(time.Millisecond))
		}
	}
	return nil
}

// beyond reports whether a window is what the rule watches for. One without a
// value is not: there is nothing to be seen in it.
func beyond(r *xray.AlertRule, value *float64) bool {
	switch {
	case value == nil:
		return false
	case r.Aggregate == xray.AlertMissing:
		return *value == 0
	case r.Below:
		return *value < r.Threshold
	}
	return *value > r.Threshold
}

func minutes(d time.Duration) int64 { return int64(d / time.Minute) }
