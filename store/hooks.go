package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// Outlet carries notices out of the house, and knows the language that hooks
// choose executions in.
type Outlet interface {
	// Send makes one attempt. message is the same with every attempt of one
	// delivery.
	Send(ctx context.Context, h xray.Hook, secrets []string, message string, n xray.Notice) xray.Attempt
	// Filter reads a query.
	Filter(query string) (xray.Filter, error)
}

// hookSecrets is what is sealed of a hook.
type hookSecrets struct {
	URL     string       `json:"url,omitempty"`
	To      []string     `json:"to,omitempty"`
	Secrets []hookSecret `json:"secrets,omitempty"` // the newest first
}

// hookSecret is one secret that is signed with.
type hookSecret struct {
	Secret string    `json:"secret"`
	Until  time.Time `json:"until,omitzero"` // after a rotation
}

// valid are the secrets that are signed with at some time.
func (h *hookSecrets) valid(now time.Time) []string {
	var out []string
	for _, s := range h.Secrets {
		if s.Until.IsZero() || s.Until.After(now) {
			out = append(out, s.Secret)
		}
	}
	return out
}

// sealedFor binds what is sealed to the hook's project: in the row of another it
// cannot be opened.
func sealedFor(project int32) string { return fmt.Sprintf("webhook of project %d", project) }

func (s *Store) sealHook(ctx context.Context, project int32, secrets hookSecrets) ([]byte, error) {
	plain, err := json.Marshal(secrets)
	if err != nil {
		return nil, fmt.Errorf("seal a webhook: %w", err)
	}
	return s.seal(ctx, sealedFor(project), plain)
}

func (s *Store) unsealHook(ctx context.Context, project int32, sealed []byte) (secrets hookSecrets, err error) {
	plain, err := s.unseal(ctx, sealedFor(project), sealed)
	if err != nil {
		return secrets, err
	}
	if err := json.Unmarshal(plain, &secrets); err != nil {
		return secrets, fmt.Errorf("read a sealed webhook: %w", err)
	}
	return secrets, nil
}

// hookColumns are what scanHook reads.
const hookColumns = `id, project_id, name, kind, events, query, sealed, paused, paused_why, failures, closed_until,
	dropped, last_ok, last_error, created_at, updated_at`

// sealedHook is a row of webhooks.
type sealedHook struct {
	xray.Hook
	sealed []byte
}

func scanHook(row pgx.CollectableRow) (sealedHook, error) { return scanHookAnd(row) }

func scanHookAnd(row pgx.CollectableRow, more ...any) (h sealedHook, err error) {
	err = row.Scan(append([]any{&h.ID, &h.ProjectID, &h.Name, &h.Kind, &h.Events, &h.Query, &h.sealed, &h.Paused, &h.PausedWhy,
		&h.Failures, &h.ClosedUntil, &h.Dropped, &h.LastOK, &h.LastError, &h.CreatedAt, &h.UpdatedAt}, more...)...)
	return h, err
}

// open unseals a hook and returns it with its secrets.
func (s *Store) open(ctx context.Context, h sealedHook) (xray.Hook, hookSecrets, error) {
	secrets, err := s.unsealHook(ctx, h.ProjectID, h.sealed)
	h.URL, h.To, h.Secrets = secrets.URL, secrets.To, len(secrets.valid(s.clock()))
	return h.Hook, secrets, err
}

// Hooks returns a project's hooks, by name. One whose secrets cannot be read is
// there without its address, paused.
func (s *Store) Hooks(ctx context.Context, project int32) ([]xray.Hook, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+hookColumns+`,
		    (SELECT count(*) FROM webhook_deliveries d WHERE d.project_id = w.project_id AND d.webhook_id = w.id AND d.status = 'pending')
		FROM webhooks w WHERE project_id = $1 ORDER BY name`, project)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list webhooks: %w", err))
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h sealedHook, err error) {
		var waiting int
		h, err = scanHookAnd(row, &waiting)
		h.Waiting = waiting
		return h, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("list webhooks: %w", err))
	}
	all := make([]xray.Hook, len(found))
	for i, h := range found {
		if all[i], _, err = s.open(ctx, h); errors.Is(err, errUnsealed) {
			all[i].Paused, all[i].PausedWhy = true, errUnsealed.Message
		} else if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// hook returns one hook with its secrets; CodeNotFound if it is not the
// project's.
func (s *Store) hook(ctx context.Context, q querier, project int32, id int64) (xray.Hook, hookSecrets, error) {
	rows, err := q.Query(ctx, "SELECT "+hookColumns+" FROM webhooks WHERE project_id = $1 AND id = $2", project, id)
	if err != nil {
		return xray.Hook{}, hookSecrets{}, unavailable(fmt.Errorf("read a webhook: %w", err))
	}
	h, err := pgx.CollectExactlyOneRow(rows, scanHook)
	if errors.Is(err, pgx.ErrNoRows) {
		return xray.Hook{}, hookSecrets{}, noHook(id)
	}
	if err != nil {
		return xray.Hook{}, hookSecrets{}, unavailable(fmt.Errorf("read a webhook: %w", err))
	}
	return s.open(ctx, h)
}

// Hook returns one hook; CodeNotFound if it is not the project's.
func (s *Store) Hook(ctx context.Context, project int32, id int64) (xray.Hook, error) {
	h, _, err := s.hook(ctx, s.pool, project, id)
	return h, err
}

// CreateHook saves a new hook that signs with secret. A name that the project
// has, or one hook too many, is CodeConflict.
func (s *Store) CreateHook(ctx context.Context, h xray.Hook, secret string) (xray.Hook, error) {
	secrets := hookSecrets{URL: h.URL, To: h.To}
	if secret != "" {
		secrets.Secrets = []hookSecret{{Secret: secret}}
	}
	sealed, err := s.sealHook(ctx, h.ProjectID, secrets)
	if err != nil {
		return h, err
	}
	return s.saveHook(ctx, h, sealed, `
		INSERT INTO webhooks (project_id, name, kind, events, query, sealed, paused, created_at, updated_at)
		SELECT @project, @name, @kind, @events, @query, @sealed, @paused, @now, @now
		WHERE (SELECT count(*) FROM webhooks WHERE project_id = @project) < @most
		RETURNING `+hookColumns,
		xray.Errorf(xray.CodeConflict, "a project has at most %d webhooks: delete one that nobody needs", xray.MaxHooks))
}

// ReplaceHook replaces the hook with the number of h, but for its kind and its
// secrets. Without URL and To it keeps those that it has.
func (s *Store) ReplaceHook(ctx context.Context, h xray.Hook) (xray.Hook, error) {
	old, secrets, err := s.hook(ctx, s.pool, h.ProjectID, h.ID)
	if err != nil && !errors.Is(err, errUnsealed) {
		return h, err
	}
	if h.Kind != old.Kind {
		return h, xray.Errorf(xray.CodeConflict, "this webhook is of kind %s, which stays: make a new one of kind %s", old.Kind, h.Kind)
	}
	secrets.URL, secrets.To = h.URL, h.To
	sealed, err := s.sealHook(ctx, h.ProjectID, secrets)
	if err != nil {
		return h, err
	}
	saved, err := s.saveHook(ctx, h, sealed, `
		UPDATE webhooks
		SET name = @name, events = @events, query = @query, sealed = @sealed, updated_at = @now,
		    paused = @paused, paused_why = '', failures = 0, closed_until = NULL
		WHERE project_id = @project AND id = @id
		RETURNING `+hookColumns, noHook(h.ID))
	if err != nil {
		return saved, err
	}
	return saved, s.wakeHook(ctx, saved.ProjectID, saved.ID)
}

func (s *Store) saveHook(ctx context.Context, h xray.Hook, sealed []byte, sql string, none error) (xray.Hook, error) {
	rows, err := s.pool.Query(ctx, sql, pgx.NamedArgs{
		"project": h.ProjectID, "id": h.ID, "now": s.clock(), "most": xray.MaxHooks, "name": cleanText(h.Name, maxName), "kind": string(h.Kind),
		"events": orNone(h.Events), "query": cleanText(h.Query, len(h.Query)), "sealed": sealed, "paused": h.Paused,
	})
	if err != nil {
		return h, unavailable(fmt.Errorf("save a webhook: %w", err))
	}
	saved, err := pgx.CollectExactlyOneRow(rows, scanHook)
	pg, isPG := errors.AsType[*pgconn.PgError](err)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return h, none
	case isPG && pg.ConstraintName == "webhooks_project_id_name_key":
		return h, xray.Errorf(xray.CodeConflict, "there is a webhook called %q already: choose another name", clip(h.Name, 100))
	case err != nil:
		return h, unavailable(fmt.Errorf("save a webhook: %w", err))
	}
	s.interests.forget()
	out, _, err := s.open(ctx, saved)
	return out, err
}

// maxSecrets is how many secrets a hook signs with at most.
const maxSecrets = 3

// RotateHook has a hook sign with a new secret at once and, for as long as
// overlap says, with those that it had.
func (s *Store) RotateHook(ctx context.Context, project int32, id int64, secret string, overlap time.Duration) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT FROM webhooks WHERE project_id = $1 AND id = $2 FOR UPDATE", project, id); err != nil {
			return err
		}
		h, secrets, err := s.hook(ctx, tx, project, id)
		if err != nil {
			return err
		}
		if h.Kind != xray.HookStandard {
			return xray.Errorf(xray.CodeInvalid, "kind %s is not signed: only kind webhook has secrets", h.Kind)
		}
		now := s.clock()
		keep := []hookSecret{{Secret: secret}}
		for _, old := range secrets.Secrets {
			if old.Until.IsZero() || old.Until.After(now.Add(overlap)) {
				old.Until = now.Add(overlap)
			}
			if old.Until.After(now) && len(keep) < maxSecrets {
				keep = append(keep, old)
			}
		}
		secrets.Secrets = keep
		sealed, err := s.sealHook(ctx, project, secrets)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE webhooks SET sealed = $3, updated_at = $4 WHERE project_id = $1 AND id = $2", project, id, sealed, now)
		return err
	})
	return unavailable(err)
}

// DeleteHook forgets a hook and its deliveries.
func (s *Store) DeleteHook(ctx context.Context, project int32, id int64) error {
	done, err := s.pool.Exec(ctx, "DELETE FROM webhooks WHERE project_id = $1 AND id = $2", project, id)
	if err != nil {
		return unavailable(fmt.Errorf("delete a webhook: %w", err))
	}
	if done.RowsAffected() == 0 {
		return noHook(id)
	}
	return nil
}

func noHook(id int64) error {
	return xray.Errorf(xray.CodeNotFound, "there is no webhook %d in this project: list them with GET /api/webhooks", id)
}

// wants reports whether a hook is told of an event without being named.
func wants(h *xray.Hook, e xray.HookEvent) bool { return slices.Contains(h.Events, e) }
