package xray

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// AlertAggregate is the number that an [Alert] makes of the executions that
// started in its window.
type AlertAggregate string

const (
	AlertCount      AlertAggregate = "count"
	AlertErrorRate  AlertAggregate = "error_rate"      // failed ÷ ended, 0 to 1
	AlertP95        AlertAggregate = "p95"             // of the durations of those that ended, milliseconds, off by 2 % at most
	AlertCost       AlertAggregate = "cost"            // USD, of the calls whose cost is known
	AlertTokens     AlertAggregate = "tokens"          // input and output
	AlertDropRate   AlertAggregate = "drop_rate"       // of all items that went in, the share that did not come out, 0 to 1
	AlertUnverified AlertAggregate = "unverified_rate" // mean share of a model's claims that did not hold, 0 to 1
	AlertMissing    AlertAggregate = "missing"         // how many there are; none is what it watches for
)

// AlertAggregates are all there are.
func AlertAggregates() []AlertAggregate {
	return []AlertAggregate{AlertCount, AlertErrorRate, AlertP95, AlertCost, AlertTokens, AlertDropRate, AlertUnverified, AlertMissing}
}

// AlertRule is what an alert watches.
type AlertRule struct {
	Query     string // in the language of package query; "" chooses all executions
	Aggregate AlertAggregate
	Window    time.Duration // whole minutes
	Below     bool          // it is too little that counts; else too much
	Threshold float64       // not with AlertMissing
	For       time.Duration // how long it must hold before the alert fires, whole minutes
	// Grace is how long after its end a window is looked at: what arrives or ends
	// later does not count. Whole seconds.
	Grace time.Duration
}

// Alert watches the executions of a project.
type Alert struct {
	ID        int64
	ProjectID int32
	Name      string // unique in its project
	AlertRule
	Hooks      []int64 // that are told, besides those that are told of every alert
	MutedUntil *time.Time
	CreatedAt  time.Time
	UpdatedAt  time.Time

	AlertState
	Error string // why it cannot be evaluated at the moment
}

// AlertStatus is whether an alert has something to say.
type AlertStatus string

const (
	AlertOK      AlertStatus = "ok"
	AlertPending AlertStatus = "pending" // beyond the threshold, not yet for long enough
	AlertFiring  AlertStatus = "firing"
)

// AlertState is where an alert stands after the last window that was looked at.
type AlertState struct {
	Status    AlertStatus
	Since     int64 // the window's end, in minutes since 1970, that brought Status
	Told      bool  // hooks were told that it fires, and not that it ceased to
	Value     *float64
	Evaluated int64 // the end of the last window, in minutes since 1970; 0: none yet
}

// AlertCell is what one minute adds to the windows that it is in.
type AlertCell struct {
	Minute     int64           `json:"-"` // since 1970
	Count      int64           `json:"n,omitempty"`
	Ended      int64           `json:"e,omitempty"`
	Errors     int64           `json:"x,omitempty"`
	Tokens     int64           `json:"t,omitempty"`
	CostUSD    float64         `json:"c,omitempty"`
	ItemsIn    int64           `json:"i,omitempty"`
	ItemsOut   int64           `json:"o,omitempty"`
	Explained  int64           `json:"m,omitempty"` // by a model
	Unverified float64         `json:"u,omitempty"` // sum of their shares
	Durations  map[int64]int64 `json:"d,omitempty"` // nanoseconds → how many
	Partial    bool            `json:"p,omitempty"` // there was more than one look may take in
}

// AlertPoint is one window, looked at.
type AlertPoint struct {
	End     int64    // minutes since 1970
	Value   *float64 // nil: the window has none, as a rate of nothing
	Beyond  bool     // the threshold
	Status  AlertStatus
	Partial bool
}

// AlertEvent is a change of an alert.
type AlertEvent struct {
	ID    int64
	End   int64 // the window's that brought it, in minutes since 1970
	Fired bool  // else it ceased to
	Value *float64
	Told  bool // hooks were told
}

// Bounds of alerts.
const (
	MaxAlerts      = 100 // in one project
	maxAlertWindow = 24 * time.Hour
	maxAlertFor    = 24 * time.Hour
	maxAlertGrace  = time.Hour
	// DefaultAlertGrace is enough for executions of seconds.
	DefaultAlertGrace = time.Minute
)

// Check trims a and returns CodeInvalid for what cannot be saved. It does not
// read the query.
func (a *Alert) Check() error {
	a.Name = strings.TrimSpace(a.Name)
	if n := utf8.RuneCountInString(a.Name); n == 0 || n > maxHookName {
		return Errorf(CodeInvalid, "an alert needs a name of 1 to %d characters", maxHookName)
	}
	if len(a.Hooks) > MaxHooks {
		return Errorf(CodeInvalid, "an alert tells at most %d webhooks", MaxHooks)
	}
	return a.AlertRule.Check()
}

// Check returns CodeInvalid for a rule that cannot be.
func (r *AlertRule) Check() error {
	switch {
	case !slices.Contains(AlertAggregates(), r.Aggregate):
		return Errorf(CodeInvalid, "unknown aggregate %q: use one of %v", r.Aggregate, AlertAggregates())
	case len(r.Query) > maxHookQueries:
		return Errorf(CodeInvalid, "the query has %d bytes: at most %d", len(r.Query), maxHookQueries)
	case r.Window < time.Minute || r.Window > maxAlertWindow || r.Window%time.Minute != 0:
		return Errorf(CodeInvalid, "the window is %s: use 1 minute to 24 hours, in whole minutes", r.Window)
	case r.For < 0 || r.For > maxAlertFor || r.For%time.Minute != 0:
		return Errorf(CodeInvalid, "an alert waits for 0 minutes to 24 hours, in whole minutes, not %s", r.For)
	case r.Grace < 0 || r.Grace > maxAlertGrace || r.Grace%time.Second != 0:
		return Errorf(CodeInvalid, "the grace is %s: use 0 seconds to 1 hour", r.Grace)
	case math.IsNaN(r.Threshold) || math.IsInf(r.Threshold, 0) || r.Threshold < 0:
		return Errorf(CodeInvalid, "the threshold is %g: use a number from 0 up", r.Threshold)
	}
	return nil
}

// Words says the rule in one line.
func (r *AlertRule) Words() string {
	if r.Aggregate == AlertMissing {
		return fmt.Sprintf("no execution for %s", Minutes(r.Window))
	}
	op := "above"
	if r.Below {
		op = "below"
	}
	words := fmt.Sprintf("%s %s %s over %s", strings.ReplaceAll(string(r.Aggregate), "_", " "), op, r.amount(), Minutes(r.Window))
	if r.For > 0 {
		words += ", for " + Minutes(r.For)
	}
	return words
}

func (r *AlertRule) amount() string {
	switch r.Aggregate {
	case AlertErrorRate, AlertDropRate, AlertUnverified:
		return fmt.Sprintf("%.4g %%", 100*r.Threshold)
	case AlertP95:
		return time.Duration(r.Threshold * float64(time.Millisecond)).String()
	case AlertCost:
		return fmt.Sprintf("%.4g USD", r.Threshold)
	}
	return fmt.Sprintf("%.6g", r.Threshold)
}

// Minutes writes a duration of whole minutes as people do: 30 min, 2 h, 1 h 30 min.
func Minutes(d time.Duration) string {
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}
