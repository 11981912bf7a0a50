package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

const alertColumns = `id, project_id, name, query, aggregate, window_minutes, below, threshold, for_minutes, grace_seconds, hooks,
	muted_until, created_at, updated_at, status, since, told, value, evaluated, error`

func scanAlert(row pgx.CollectableRow) (a xray.Alert, err error) {
	var window, hold, grace int64
	err = row.Scan(&a.ID, &a.ProjectID, &a.Name, &a.Query, &a.Aggregate, &window, &a.Below, &a.Threshold, &hold, &grace, &a.Hooks,
		&a.MutedUntil, &a.CreatedAt, &a.UpdatedAt, &a.Status, &a.Since, &a.Told, &a.Value, &a.Evaluated, &a.Error)
	a.Window, a.For, a.Grace = time.Duration(window)*time.Minute, time.Duration(hold)*time.Minute, time.Duration(grace)*time.Second
	return a, err
}

// Alerts returns a project's alerts, by name.
func (s *Store) Alerts(ctx context.Context, project int32) ([]xray.Alert, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+alertColumns+" FROM alerts WHERE project_id = $1 ORDER BY name", project)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list alerts: %w", err))
	}
	all, err := pgx.CollectRows(rows, scanAlert)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list alerts: %w", err))
	}
	return all, nil
}

// Alert returns one alert; CodeNotFound if it is not the project's.
func (s *Store) Alert(ctx context.Context, project int32, id int64) (xray.Alert, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+alertColumns+" FROM alerts WHERE project_id = $1 AND id = $2", project, id)
	if err != nil {
		return xray.Alert{}, unavailable(fmt.Errorf("read an alert: %w", err))
	}
	a, err := pgx.CollectExactlyOneRow(rows, scanAlert)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, noAlert(id)
	}
	if err != nil {
		return a, unavailable(fmt.Errorf("read an alert: %w", err))
	}
	return a, nil
}

// CreateAlert saves a new alert. A name that the project has, or one alert too
// many, is CodeConflict.
func (s *Store) CreateAlert(ctx context.Context, a xray.Alert) (xray.Alert, error) {
	return s.saveAlert(ctx, s.pool, a, `
		INSERT INTO alerts (project_id, name, query, aggregate, window_minutes, below, threshold, for_minutes, grace_seconds, hooks, created_at, updated_at, next_at)
		SELECT @project, @name, @query, @aggregate, @window, @below, @threshold, @for, @grace, @hooks, @now, @now, @now
		WHERE (SELECT count(*) FROM alerts WHERE project_id = @project) < @most
		RETURNING `+alertColumns,
		xray.Errorf(xray.CodeConflict, "a project has at most %d alerts: delete one that nobody needs", xray.MaxAlerts))
}

// ReplaceAlert replaces the alert with the number of a. One whose rule is another
// begins anew; if it fires, that ends with the first window that is not beyond
// the new threshold.
func (s *Store) ReplaceAlert(ctx context.Context, a xray.Alert) (saved xray.Alert, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+alertColumns+" FROM alerts WHERE project_id = $1 AND id = $2 FOR UPDATE", a.ProjectID, a.ID)
		if err != nil {
			return err
		}
		old, err := pgx.CollectExactlyOneRow(rows, scanAlert)
		if errors.Is(err, pgx.ErrNoRows) {
			return noAlert(a.ID)
		}
		if err != nil {
			return err
		}
		if saved, err = s.saveAlert(ctx, tx, a, `
			UPDATE alerts SET name = @name, query = @query, aggregate = @aggregate, window_minutes = @window, below = @below, threshold = @threshold,
				for_minutes = @for, grace_seconds = @grace, hooks = @hooks, updated_at = @now
			WHERE project_id = @project AND id = @id
			RETURNING `+alertColumns, noAlert(a.ID)); err != nil || old.AlertRule == saved.AlertRule {
			return err
		}
		// Its windows are looked at again from the newest on; events stay.
		if _, err = tx.Exec(ctx, "DELETE FROM alert_windows WHERE project_id = $1 AND alert_id = $2", a.ProjectID, a.ID); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE alerts SET status = 'ok', since = 0, value = NULL, evaluated = 0, error = '', next_at = $3 WHERE project_id = $1 AND id = $2",
			a.ProjectID, a.ID, s.clock())
		return err
	})
	if err != nil {
		return a, unavailable(fmt.Errorf("save an alert: %w", err))
	}
	return s.Alert(ctx, a.ProjectID, a.ID)
}

func (s *Store) saveAlert(ctx context.Context, q querier, a xray.Alert, sql string, none error) (xray.Alert, error) {
	rows, err := q.Query(ctx, sql, pgx.NamedArgs{
		"project": a.ProjectID, "id": a.ID, "now": s.clock(), "most": xray.MaxAlerts, "name": cleanText(a.Name, maxName), "query": cleanText(a.Query, len(a.Query)),
		"aggregate": string(a.Aggregate), "window": int64(a.Window / time.Minute), "below": a.Below, "threshold": a.Threshold,
		"for": int64(a.For / time.Minute), "grace": int64(a.Grace / time.Second), "hooks": orNone(a.Hooks),
	})
	if err != nil {
		return a, unavailable(fmt.Errorf("save an alert: %w", err))
	}
	saved, err := pgx.CollectExactlyOneRow(rows, scanAlert)
	pg, isPG := errors.AsType[*pgconn.PgError](err)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return a, none
	case isPG && pg.ConstraintName == "alerts_project_id_name_key":
		return a, xray.Errorf(xray.CodeConflict, "there is an alert called %q already: choose another name", clip(a.Name, 100))
	case err != nil:
		return a, unavailable(fmt.Errorf("save an alert: %w", err))
	}
	return saved, nil
}

// MuteAlert has an alert tell nobody anything until a time; nil has it speak
// again, and first of all say how things stand.
func (s *Store) MuteAlert(ctx context.Context, project int32, id int64, until *time.Time) error {
	return s.changeAlert(ctx, "mute an alert", id, "UPDATE alerts SET muted_until = @until WHERE project_id = @project AND id = @id",
		pgx.NamedArgs{"project": project, "id": id, "until": until})
}

// DeleteAlert forgets an alert and what it saw.
func (s *Store) DeleteAlert(ctx context.Context, project int32, id int64) error {
	return s.changeAlert(ctx, "delete an alert", id, "DELETE FROM alerts WHERE project_id = @project AND id = @id", pgx.NamedArgs{"project": project, "id": id})
}

func (s *Store) changeAlert(ctx context.Context, act string, id int64, sql string, args pgx.NamedArgs) error {
	done, err := s.pool.Exec(ctx, sql, args)
	if err != nil {
		return unavailable(fmt.Errorf("%s: %w", act, err))
	}
	if done.RowsAffected() == 0 {
		return noAlert(id)
	}
	return nil
}

func noAlert(id int64) error {
	return xray.Errorf(xray.CodeNotFound, "there is no alert %d in this project: list them with GET /api/alerts", id)
}

// AlertPoints returns by alert the windows that were looked at and ended after a
// minute since 1970, in order; 0 for id stands for all of the project.
func (s *Store) AlertPoints(ctx context.Context, project int32, id, after int64) (map[int64][]xray.AlertPoint, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT alert_id, minute + 1, value, beyond FROM alert_windows
		WHERE project_id = @project AND (@id::bigint = 0 OR alert_id = @id) AND evaluated AND minute >= @after
		ORDER BY alert_id, minute`, pgx.NamedArgs{"project": project, "id": id, "after": after})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read an alert's windows: %w", err))
	}
	all := make(map[int64][]xray.AlertPoint)
	var alert int64
	var p xray.AlertPoint
	_, err = pgx.ForEachRow(rows, []any{&alert, &p.End, &p.Value, &p.Beyond}, func() error {
		all[alert] = append(all[alert], p)
		p.Value = nil
		return nil
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read an alert's windows: %w", err))
	}
	return all, nil
}

// maxAlertEvents is how many events are kept of an alert.
const maxAlertEvents = 500

// AlertEvents returns when an alert fired and ceased to, newest first.
func (s *Store) AlertEvents(ctx context.Context, project int32, id int64, limit int) ([]xray.AlertEvent, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, window_end, fired, value, told FROM alert_events
		WHERE project_id = $1 AND alert_id = $2 ORDER BY id DESC LIMIT $3`, project, id, limit)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read an alert's events: %w", err))
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e xray.AlertEvent, err error) {
		return e, row.Scan(&e.ID, &e.End, &e.Fired, &e.Value, &e.Told)
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read an alert's events: %w", err))
	}
	return all, nil
}
