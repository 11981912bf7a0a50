package api

import (
	"context"
	"strconv"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

// What is shown of what alerts saw.
const (
	recentPoints = 48
	seriesPoints = 720
	shownEvents  = 100
	alertDay     = 24 * 60 // minutes
)

// ListAlerts answers the project's alerts.
func (s *Server) ListAlerts(ctx context.Context, _ ListAlertsRequestObject) (ListAlertsResponseObject, error) {
	project := caller(ctx).Project.ID
	alerts, err := s.Alerts.Alerts(ctx, project)
	if err != nil {
		return nil, err
	}
	seen, err := s.Alerts.AlertPoints(ctx, project, 0, minuteNow()-alertDay)
	if err != nil {
		return nil, err
	}
	return ListAlerts200JSONResponse{Alerts: mapTo(alerts, func(a xray.Alert) Alert { return alert(a, seen[a.ID]) })}, nil
}

// CreateAlert makes an alert.
func (s *Server) CreateAlert(ctx context.Context, r CreateAlertRequestObject) (CreateAlertResponseObject, error) {
	a, err := alertOf(*r.Body)
	if err != nil {
		return nil, err
	}
	a.ProjectID = caller(ctx).Project.ID
	if a, err = s.Alerts.CreateAlert(ctx, a); err != nil {
		return nil, err
	}
	return CreateAlert201JSONResponse(alert(a, nil)), s.recordAct(ctx, "alert.create", a.Name, newAlert(a))
}

// GetAlert answers one alert with its history.
func (s *Server) GetAlert(ctx context.Context, r GetAlertRequestObject) (GetAlertResponseObject, error) {
	a, err := s.alert(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	seen, err := s.Alerts.AlertPoints(ctx, a.ProjectID, a.ID, minuteNow()-alertDay)
	if err != nil {
		return nil, err
	}
	events, err := s.Alerts.AlertEvents(ctx, a.ProjectID, a.ID, shownEvents)
	if err != nil {
		return nil, err
	}
	points := seen[a.ID]
	return GetAlert200JSONResponse{
		Alert: alert(a, points), Series: mapTo(thin(points, seriesPoints, a.Below), alertPoint), Events: mapTo(events, alertEvent),
	}, nil
}

// ReplaceAlert replaces an alert.
func (s *Server) ReplaceAlert(ctx context.Context, r ReplaceAlertRequestObject) (ReplaceAlertResponseObject, error) {
	old, err := s.alert(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	a, err := alertOf(*r.Body)
	if err != nil {
		return nil, err
	}
	a.ID, a.ProjectID = old.ID, old.ProjectID
	if a, err = s.Alerts.ReplaceAlert(ctx, a); err != nil {
		return nil, err
	}
	return ReplaceAlert200JSONResponse(alert(a, nil)), s.recordChange(ctx, "alert.change", a.Name, newAlert(old), newAlert(a))
}

// DeleteAlert deletes an alert.
func (s *Server) DeleteAlert(ctx context.Context, r DeleteAlertRequestObject) (DeleteAlertResponseObject, error) {
	a, err := s.alert(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	if err := s.Alerts.DeleteAlert(ctx, a.ProjectID, a.ID); err != nil {
		return nil, err
	}
	return DeleteAlert204Response{}, s.recordAct(ctx, "alert.delete", a.Name, nil)
}

// MuteAlert has an alert be silent, or speak again.
func (s *Server) MuteAlert(ctx context.Context, r MuteAlertRequestObject) (MuteAlertResponseObject, error) {
	a, err := s.alert(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	var until *time.Time
	if t := r.Body.Until; !t.IsZero() {
		until = &t
	}
	if err := s.Alerts.MuteAlert(ctx, a.ProjectID, a.ID, until); err != nil {
		return nil, err
	}
	a.MutedUntil = until
	return MuteAlert200JSONResponse(alert(a, nil)), s.recordAct(ctx, "alert.mute", a.Name, map[string]string{"until": optionalTime(until)})
}

// PreviewAlert answers when a rule would have fired.
func (s *Server) PreviewAlert(ctx context.Context, r PreviewAlertRequestObject) (PreviewAlertResponseObject, error) {
	const most = 7 * alertDay
	rule, err := ruleOf(r.Body.AlertRule)
	if err != nil {
		return nil, err
	}
	to := minuteNow()
	if t := r.Body.Until; !t.IsZero() {
		to = min(to, t.Unix()/60)
	}
	from := to - alertDay
	if t := r.Body.Since; !t.IsZero() {
		from = t.Unix() / 60
	}
	if from >= to || to-from > most {
		return nil, xray.Errorf(xray.CodeInvalid, "a preview is of at most seven days: give since a time before until")
	}
	points, events, err := s.Alerts.PreviewAlert(ctx, caller(ctx).Project.ID, rule, from, to)
	if err != nil {
		return nil, err
	}
	out := PreviewAlert200JSONResponse{Rule: rule.Words(), Series: mapTo(thin(points, seriesPoints, rule.Below), alertPoint), Events: mapTo(events, alertEvent)}
	for _, p := range points {
		out.Partial = out.Partial || p.Partial
	}
	return out, nil
}

// alert is the alert of a path.
func (s *Server) alert(ctx context.Context, id string) (xray.Alert, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return xray.Alert{}, xray.Errorf(xray.CodeNotFound, "there is no alert %.40q in this project: list them with GET /api/alerts", id)
	}
	return s.Alerts.Alert(ctx, caller(ctx).Project.ID, n)
}

func minuteNow() int64 { return time.Now().Unix() / 60 }

func alertOf(in NewAlert) (xray.Alert, error) {
	a := xray.Alert{Name: in.Name}
	for _, id := range in.Webhooks {
		n, err := hookNumber(id)
		if err != nil {
			return a, xray.Errorf(xray.CodeInvalid, "webhooks has %.40q, which is no webhook's id", id)
		}
		a.Hooks = append(a.Hooks, n)
	}
	var err error
	if a.AlertRule, err = ruleOf(in.AlertRule); err != nil {
		return a, err
	}
	return a, a.Check()
}

func ruleOf(in AlertRule) (xray.AlertRule, error) {
	const far = 1 << 20 // beyond every bound, and far from an overflow
	minutes := func(n int) time.Duration { return time.Duration(max(-1, min(n, far))) * time.Minute }
	r := xray.AlertRule{
		Query: in.Query, Aggregate: xray.AlertAggregate(in.Aggregate), Window: minutes(in.WindowMinutes), Below: in.Below,
		Threshold: in.Threshold, For: minutes(in.ForMinutes), Grace: xray.DefaultAlertGrace,
	}
	if in.GraceSeconds != nil {
		r.Grace = time.Duration(max(-1, min(*in.GraceSeconds, far))) * time.Second
	}
	if _, err := query.Parse(r.Query); err != nil {
		return r, err
	}
	return r, r.Check()
}

func newAlert(a xray.Alert) NewAlert {
	return NewAlert{
		Name: a.Name, Webhooks: mapTo(a.Hooks, func(id int64) Int64 { return decimal(id) }),
		AlertRule: AlertRule{
			Query: a.Query, Aggregate: AlertRuleAggregate(a.Aggregate), WindowMinutes: int(a.Window / time.Minute), Below: a.Below,
			Threshold: a.Threshold, ForMinutes: int(a.For / time.Minute), GraceSeconds: new(int(a.Grace / time.Second)),
		},
	}
}

func alert(a xray.Alert, seen []xray.AlertPoint) Alert {
	out := Alert{
		NewAlert: newAlert(a), Id: decimal(a.ID), Status: AlertStatus(a.Status), Rule: a.Words(), Value: a.Value, MutedUntil: optionalTime(a.MutedUntil), Error: a.Error,
		Recent: mapTo(thin(seen, recentPoints, a.Below), alertPoint), CreatedAt: wallTime(a.CreatedAt), UpdatedAt: wallTime(a.UpdatedAt),
	}
	if a.Since > 0 {
		out.Since = minuteTime(a.Since)
	}
	if a.Evaluated > 0 {
		out.EvaluatedAt = minuteTime(a.Evaluated)
	}
	return out
}

func alertPoint(p xray.AlertPoint) AlertPoint {
	return AlertPoint{At: minuteTime(p.End), Value: p.Value, Beyond: p.Beyond, Partial: p.Partial}
}

func alertEvent(e xray.AlertEvent) AlertEvent {
	return AlertEvent{At: minuteTime(e.End), Fired: e.Fired, Value: e.Value, Told: e.Told}
}

func minuteTime(minute int64) string { return wallTime(time.Unix(minute*60, 0)) }

// thin keeps at most so many points: of each stretch the one that is farthest in
// the direction that the alert looks in, so that no peak is lost.
func thin(points []xray.AlertPoint, most int, below bool) []xray.AlertPoint {
	if len(points) <= most {
		return points
	}
	out := make([]xray.AlertPoint, 0, most)
	for i := range most {
		stretch := points[i*len(points)/most : (i+1)*len(points)/most]
		best := stretch[0]
		for _, p := range stretch[1:] {
			if p.Value != nil && (best.Value == nil || below && *p.Value < *best.Value || !below && *p.Value > *best.Value) {
				p.Beyond, p.Partial = p.Beyond || best.Beyond, p.Partial || best.Partial
				best = p
			}
			best.Beyond = best.Beyond || p.Beyond
		}
		out = append(out, best)
	}
	return out
}
