package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

// alerts is one project's: one that fires.
type alerts struct{ w *world }

var firing = xray.Alert{
	ID: 3, ProjectID: shop.ID, Name: "errors", AlertRule: xray.AlertRule{Aggregate: xray.AlertErrorRate, Window: 5 * time.Minute, Threshold: 0.1, Grace: time.Minute},
	AlertState: xray.AlertState{Status: xray.AlertFiring, Since: 29_000_000, Value: new(0.5), Evaluated: 29_000_001},
}

func (a alerts) Alerts(_ context.Context, p int32) ([]xray.Alert, error) {
	return []xray.Alert{firing}, a.w.check(p)
}
func (a alerts) Alert(_ context.Context, p int32, _ int64) (xray.Alert, error) {
	return firing, a.w.check(p)
}
func (a alerts) CreateAlert(_ context.Context, n xray.Alert) (xray.Alert, error) {
	return n, a.w.check(n.ProjectID)
}
func (a alerts) ReplaceAlert(_ context.Context, n xray.Alert) (xray.Alert, error) {
	return n, a.w.check(n.ProjectID)
}
func (a alerts) MuteAlert(_ context.Context, p int32, _ int64, _ *time.Time) error {
	return a.w.check(p)
}
func (a alerts) DeleteAlert(_ context.Context, p int32, _ int64) error { return a.w.check(p) }
func (a alerts) AlertPoints(_ context.Context, p int32, _, _ int64) (map[int64][]xray.AlertPoint, error) {
	return map[int64][]xray.AlertPoint{3: series(1440, 700)}, a.w.check(p)
}
func (a alerts) AlertEvents(_ context.Context, p int32, _ int64, _ int) ([]xray.AlertEvent, error) {
	return []xray.AlertEvent{{ID: 1, End: 29_000_000, Fired: true, Value: new(0.5), Told: true}}, a.w.check(p)
}
func (a alerts) PreviewAlert(_ context.Context, p int32, _ xray.AlertRule, from, to int64) ([]xray.AlertPoint, []xray.AlertEvent, error) {
	return series(int(to-from), 5), []xray.AlertEvent{{End: from + 5, Fired: true}}, a.w.check(p)
}

// series has one window that stands out.
func series(n, at int) []xray.AlertPoint {
	points := make([]xray.AlertPoint, n)
	for i := range points {
		points[i] = xray.AlertPoint{End: 29_000_000 + int64(i), Value: new(0.0)}
	}
	points[at].Value, points[at].Beyond = new(1.0), true
	return points
}

// peaks counts the points that stand out.
func peaks(t *testing.T, list any, most int) (n int) {
	t.Helper()
	points := list.([]any)
	for _, p := range points {
		if p := p.(map[string]any); p["value"] == 1.0 && p["beyond"] == true {
			n++
		}
	}
	if len(points) > most {
		t.Errorf("%d points, at most %d are of use", len(points), most)
	}
	return n
}

func TestAlertsSayWhereTheyStandAndLoseNoPeak(t *testing.T) {
	w := newWorld()
	_, _, list := w.do(t, "GET", "/api/alerts", "")
	a := list["alerts"].([]any)[0].(map[string]any)
	if a["status"] != "firing" || a["rule"] != "error rate above 10 % over 5 min" || a["value"] != 0.5 || a["graceSeconds"] != 60.0 || peaks(t, a["recent"], 48) != 1 {
		t.Errorf("the list: %v", a)
	}
	if _, _, got := w.do(t, "GET", "/api/alerts/3", ""); peaks(t, got["series"], 720) != 1 || len(got["events"].([]any)) != 1 {
		t.Errorf("one: %v", got)
	}
	if status, _, got := w.do(t, "POST", "/api/alerts/preview", `{"aggregate":"missing","windowMinutes":30}`); status != 200 || got["rule"] != "no execution for 30 min" || peaks(t, got["series"], 720) != 1 {
		t.Errorf("a preview: %d %v", status, got)
	}
	if status, _, got := w.do(t, "PUT", "/api/alerts/3/mute", `{"until":"2030-01-01T00:00:00Z"}`); status != 200 || got["mutedUntil"] != "2030-01-01T00:00:00Z" {
		t.Errorf("muted: %d %v", status, got)
	}
	if status, _, got := w.do(t, "POST", "/api/alerts", `{"name":" slow ","aggregate":"p95","windowMinutes":5,"threshold":2000,"webhooks":["7"]}`); status != 201 || got["name"] != "slow" || got["rule"] != "p95 above 2s over 5 min" {
		t.Errorf("made: %d %v", status, got)
	}
	if len(w.acts) != 2 || w.acts[0].Verb != "alert.mute" || w.acts[1].Verb != "alert.create" {
		t.Errorf("the audit log has %+v", w.acts)
	}
}

func TestAlertsThatCannotBe(t *testing.T) {
	for name, body := range map[string]string{
		"no name":             `{"aggregate":"count","windowMinutes":5}`,
		"no such aggregate":   `{"name":"a","aggregate":"mood","windowMinutes":5}`,
		"no window":           `{"name":"a","aggregate":"count","windowMinutes":0}`,
		"an endless window":   `{"name":"a","aggregate":"count","windowMinutes":9000000000000000000}`,
		"a negative patience": `{"name":"a","aggregate":"count","windowMinutes":5,"forMinutes":-1}`,
		"a day's grace":       `{"name":"a","aggregate":"count","windowMinutes":5,"graceSeconds":86400}`,
		"a query of no field": `{"name":"a","aggregate":"count","windowMinutes":5,"query":"nope:1"}`,
		"a hook of no number": `{"name":"a","aggregate":"count","windowMinutes":5,"webhooks":["x"]}`,
	} {
		if status, _, got := newWorld().do(t, "POST", "/api/alerts", body); status != 400 || got["code"] != "invalid" {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	if status, _, _ := newWorld().do(t, "POST", "/api/alerts/preview", `{"aggregate":"count","windowMinutes":5,"since":"2020-01-01T00:00:00Z"}`); status != 400 {
		t.Errorf("a preview of years: %d", status)
	}
}
