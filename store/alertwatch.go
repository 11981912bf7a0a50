package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Judge decides what an alert's windows mean.
type Judge interface {
	Judge(r xray.AlertRule, s xray.AlertState, cells map[int64]xray.AlertCell, from, to int64) ([]xray.AlertPoint, xray.AlertState, []xray.AlertEvent)
	Tell(s xray.AlertState, muted bool) (xray.HookEvent, xray.AlertState)
}

const (
	alertsAtOnce = 50
	// alertCatchUp is how far back windows are looked at that nobody looked at
	// while no server ran. What is older is not: its alert would be history.
	alertCatchUp = 24 * 60 // minutes
	// alertWindowsKept is for how long what an alert saw is kept, in minutes.
	alertWindowsKept = 8 * 24 * 60
	// alertRetry is after what time one that could not be evaluated is again.
	alertRetry = 30 * time.Second
)

// WatchAlerts looks at the windows of alerts as they ripen, until ctx ends. It
// may run in several processes on one database: each window is looked at once, in
// order, whoever does it.
func (s *Store) WatchAlerts(ctx context.Context) error {
	ticker := time.NewTicker(s.opts.AlertEvery)
	defer ticker.Stop()
	for {
		if err := s.watchDue(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("looking at alerts failed; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (s *Store) watchDue(ctx context.Context) error {
	for range alertsAtOnce {
		var found bool
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			a, err := s.dueAlert(ctx, tx)
			if err != nil || a == nil {
				return err
			}
			found = true
			return s.watch(ctx, tx, a)
		})
		if err != nil || !found {
			return err
		}
	}
	return nil
}

// dueAlert takes an alert with a ripe window. Rides on alerts_next.
func (s *Store) dueAlert(ctx context.Context, tx pgx.Tx) (*xray.Alert, error) {
	rows, err := tx.Query(ctx, "SELECT "+alertColumns+" FROM alerts WHERE next_at <= $1 ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED", s.clock())
	if err != nil {
		return nil, fmt.Errorf("look for alerts: %w", err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, scanAlert)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for alerts: %w", err)
	}
	return &a, nil
}

// watch looks at the windows of an alert that are ripe and have not been looked
// at. Where that leaves it, what it saw and what hooks are told are one
// transaction: a window is looked at once or not at all.
func (s *Store) watch(ctx context.Context, tx pgx.Tx, a *xray.Alert) error {
	now := s.clock()
	to := minuteOf(xray.Nano(now.Add(-a.Grace).UnixNano()))
	from := a.Evaluated + 1
	if a.Evaluated == 0 { // it begins with the window that ends now
		from = to
	}
	from = max(from, to-alertCatchUp)
	if from > to { // its grace has grown
		return s.postpone(ctx, tx, a, to, a.AlertState, "")
	}
	cells, fresh, err := s.windowCells(ctx, tx, a, from, to)
	if err != nil {
		if classify(err) == faultOutage || ctx.Err() != nil {
			return err
		}
		s.log.Warn("an alert cannot be evaluated", "project", a.ProjectID, "alert", a.ID, "error", err)
		return s.alertFailed(ctx, tx, a, err)
	}
	points, state, events := s.opts.Judge.Judge(a.AlertRule, a.AlertState, cells, from, to)
	event, state := s.opts.Judge.Tell(state, a.MutedUntil != nil && a.MutedUntil.After(now))
	if err := saveWindows(ctx, tx, a, cells, fresh, to, points); err != nil {
		return err
	}
	if err := saveEvents(ctx, tx, a, events, event != ""); err != nil {
		return err
	}
	if event != "" {
		if err := s.tellAlert(ctx, tx, a, event, state, points[len(points)-1]); err != nil {
			return err
		}
	}
	return s.postpone(ctx, tx, a, to, state, "")
}

// windowCells returns the minutes of the windows that end from from to to, and
// the first of them that was not stored.
func (s *Store) windowCells(ctx context.Context, tx pgx.Tx, a *xray.Alert, from, to int64) (map[int64]xray.AlertCell, int64, error) {
	first := from - int64(a.Window/time.Minute)
	rows, err := tx.Query(ctx, "SELECT minute, cell FROM alert_windows WHERE project_id = $1 AND alert_id = $2 AND minute >= $3 ORDER BY minute", a.ProjectID, a.ID, first)
	if err != nil {
		return nil, 0, fmt.Errorf("read an alert's minutes: %w", err)
	}
	cells := make(map[int64]xray.AlertCell)
	fresh := first
	var minute int64
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{&minute, &raw}, func() error {
		c := xray.AlertCell{Minute: minute}
		fresh = minute + 1
		err := json.Unmarshal(raw, &c)
		cells[minute] = c
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read an alert's minutes: %w", err)
	}
	if fresh >= to {
		return cells, fresh, nil
	}
	filter, err := s.opts.Outlet.Filter(a.Query)
	if err != nil {
		return nil, 0, err
	}
	seen, err := s.AlertCells(ctx, a.ProjectID, filter, a.Aggregate, fresh, to)
	if err != nil {
		return nil, 0, err
	}
	for m, c := range seen {
		if m >= fresh && m < to {
			cells[m] = c
		}
	}
	return cells, fresh, nil
}

// saveWindows keeps the minutes that are new, and of those that end a window
// what it was.
func saveWindows(ctx context.Context, tx pgx.Tx, a *xray.Alert, cells map[int64]xray.AlertCell, fresh, to int64, points []xray.AlertPoint) error {
	byEnd := make(map[int64]xray.AlertPoint, len(points))
	for _, p := range points {
		byEnd[p.End] = p
	}
	var rows [][]any
	for m := fresh; m < to; m++ {
		raw, err := json.Marshal(cells[m])
		if err != nil {
			return fmt.Errorf("keep an alert's minutes: %w", err)
		}
		p, looked := byEnd[m+1]
		rows = append(rows, []any{a.ProjectID, a.ID, m, raw, looked, p.Value, p.Beyond})
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"alert_windows"}, []string{"project_id", "alert_id", "minute", "cell", "evaluated", "value", "beyond"}, pgx.CopyFromRows(rows))
	if err != nil {
		return fmt.Errorf("keep an alert's minutes: %w", err)
	}
	_, err = tx.Exec(ctx, "DELETE FROM alert_windows WHERE project_id = $1 AND alert_id = $2 AND minute < $3", a.ProjectID, a.ID, to-alertWindowsKept)
	if err != nil {
		return fmt.Errorf("forget an alert's minutes: %w", err)
	}
	return nil
}

// saveEvents writes down what changed; told is about the last.
func saveEvents(ctx context.Context, tx pgx.Tx, a *xray.Alert, events []xray.AlertEvent, told bool) error {
	for i, e := range events {
		_, err := tx.Exec(ctx, "INSERT INTO alert_events (project_id, alert_id, window_end, fired, value, told) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
			a.ProjectID, a.ID, e.End, e.Fired, e.Value, told && i == len(events)-1)
		if err != nil {
			return fmt.Errorf("write an alert's event: %w", err)
		}
	}
	if len(events) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM alert_events WHERE project_id = $1 AND alert_id = $2 AND id <= (
		SELECT id FROM alert_events WHERE project_id = $1 AND alert_id = $2 ORDER BY id DESC OFFSET $3 LIMIT 1)`, a.ProjectID, a.ID, maxAlertEvents)
	if err != nil {
		return fmt.Errorf("forget an alert's events: %w", err)
	}
	return nil
}

// tellAlert makes deliveries for the hooks that the alert names and for those
// that are told of every alert.
func (s *Store) tellAlert(ctx context.Context, tx pgx.Tx, a *xray.Alert, event xray.HookEvent, state xray.AlertState, last xray.AlertPoint) error {
	rows, err := tx.Query(ctx, "SELECT id FROM webhooks WHERE project_id = $1 AND NOT paused AND (id = ANY($2) OR $3 = ANY(events)) ORDER BY id",
		a.ProjectID, orNone(a.Hooks), string(event))
	if err != nil {
		return fmt.Errorf("look for webhooks of an alert: %w", err)
	}
	hooks, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("look for webhooks of an alert: %w", err)
	}
	slug, err := s.slugOf(ctx, a.ProjectID)
	if err != nil {
		return err
	}
	n := xray.Notice{
		Type: event, Version: xray.NoticeVersion, Timestamp: s.clock().UTC(), Project: slug,
		Data: xray.NoticeData{Alert: &xray.NoticeAlert{
			ID: strconv.FormatInt(a.ID, 10), Name: a.Name, State: string(state.Status), Rule: a.Words(), Query: a.Query, Aggregate: string(a.Aggregate),
			Value: last.Value, Threshold: a.Threshold,
			From: time.Unix(last.End*60, 0).Add(-a.Window).UTC(), To: time.Unix(last.End*60, 0).UTC(),
		}},
	}
	fact := fmt.Sprintf("alert %d %s %d", a.ID, event, last.End)
	for _, hook := range hooks {
		if err := s.enqueueDeliveries(ctx, tx, a.ProjectID, hook, []newDelivery{{fact: fact, notice: n}}); err != nil {
			return err
		}
	}
	return nil
}

// postpone says where an alert stands and when its next window is ripe.
func (s *Store) postpone(ctx context.Context, tx pgx.Tx, a *xray.Alert, to int64, state xray.AlertState, problem string) error {
	_, err := tx.Exec(ctx, `
		UPDATE alerts SET status = @status, since = @since, told = @told, value = @value, evaluated = @evaluated, error = @error, next_at = @next
		WHERE project_id = @project AND id = @id`, pgx.NamedArgs{
		"project": a.ProjectID, "id": a.ID, "status": string(state.Status), "since": state.Since, "told": state.Told, "value": state.Value,
		"evaluated": state.Evaluated, "error": cleanText(problem, maxName), "next": time.Unix((to+1)*60, 0).Add(a.Grace),
	})
	if err != nil {
		return fmt.Errorf("write where an alert stands: %w", err)
	}
	return nil
}

func (s *Store) alertFailed(ctx context.Context, tx pgx.Tx, a *xray.Alert, problem error) error {
	text := "it could not be evaluated: see the server's log"
	if e, ok := errors.AsType[*xray.Error](problem); ok {
		text = e.Message
	}
	_, err := tx.Exec(ctx, "UPDATE alerts SET error = $3, next_at = $4 WHERE project_id = $1 AND id = $2",
		a.ProjectID, a.ID, cleanText(text, maxName), s.clock().Add(alertRetry))
	return err
}

// PreviewAlert looks at history as an alert of this rule would: the windows that
// end from from to to, minutes since 1970, and when it would have fired. Windows
// are seen as they are now, with what came late.
func (s *Store) PreviewAlert(ctx context.Context, project int32, r xray.AlertRule, from, to int64) ([]xray.AlertPoint, []xray.AlertEvent, error) {
	filter, err := s.opts.Outlet.Filter(r.Query)
	if err != nil {
		return nil, nil, err
	}
	cells, err := s.AlertCells(ctx, project, filter, r.Aggregate, from-int64(r.Window/time.Minute), to)
	if err != nil {
		return nil, nil, err
	}
	points, _, events := s.opts.Judge.Judge(r, xray.AlertState{}, cells, from, to)
	return points, events, nil
}
