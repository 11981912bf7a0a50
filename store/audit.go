package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// maxActDetail bounds what one act may say; settings with hundreds of rules say
// more than anybody reads.
const maxActDetail = 32 << 10

// execer is a pool, a connection or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// RecordAct writes a line of the audit log. The time is the store's.
func (s *Store) RecordAct(ctx context.Context, a xray.Act) error {
	return s.recordAct(ctx, s.pool, a)
}

// recordAct is RecordAct for acts that are one transaction with what they tell.
func (s *Store) recordAct(ctx context.Context, db execer, a xray.Act) error {
	_, err := db.Exec(ctx, `
		INSERT INTO audit_log (project_id, at, actor, actor_id, actor_name, address, verb, object, detail)
		VALUES (nullif(@project::integer, 0), @now, @actor, @actor_id, @actor_name, @address, @verb, @object, @detail)`,
		pgx.NamedArgs{
			"project": a.ProjectID, "now": s.clock(),
			"actor": string(a.Actor.Kind), "actor_id": a.Actor.ID, "actor_name": cleanText(a.Actor.Name, maxName), "address": cleanText(a.Actor.Address, maxName),
			"verb": a.Verb, "object": cleanText(a.Object, maxName), "detail": actDetail(a.Detail),
		})
	if err != nil {
		return unavailable(fmt.Errorf("write the audit log: %w", err))
	}
	return nil
}

func actDetail(detail json.RawMessage) any {
	switch {
	case len(detail) == 0:
		return nil
	case len(detail) > maxActDetail:
		return fmt.Sprintf(`{"bytesNotKept":%d}`, len(detail))
	}
	return string(detail)
}

// Acts returns a part of the audit log, newest first.
func (s *Store) Acts(ctx context.Context, q xray.ActQuery) ([]xray.Act, error) {
	// Rides on audit_log_newest; what a project did since the last page is
	// filtered by verb on the way.
	rows, err := s.pool.Query(ctx, `
		SELECT id, coalesce(project_id, 0), at, actor, actor_id, actor_name, address, verb, object, detail
		FROM audit_log
		WHERE `+ofProjectOrServer(q.ProjectID)+`
		  AND (@before::bigint = 0 OR id < @before)
		  AND (@verb::text = '' OR verb = @verb OR starts_with(verb, @verb || '.'))
		ORDER BY id DESC LIMIT @limit`,
		pgx.NamedArgs{"project": q.ProjectID, "before": q.Before, "verb": cleanText(q.Verb, maxName), "limit": q.Limit})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read the audit log: %w", err))
	}
	acts, err := pgx.CollectRows(rows, scanAct)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read the audit log: %w", err))
	}
	return acts, nil
}

// ofProjectOrServer is a condition that the index of the log can take whole.
func ofProjectOrServer(project int32) string {
	if project == 0 {
		return "project_id IS NULL AND @project::integer = 0"
	}
	return "project_id = @project"
}

func scanAct(row pgx.CollectableRow) (xray.Act, error) {
	var a xray.Act
	var detail []byte
	err := row.Scan(&a.ID, &a.ProjectID, &a.At, &a.Actor.Kind, &a.Actor.ID, &a.Actor.Name, &a.Actor.Address, &a.Verb, &a.Object, &detail)
	a.Detail = detail
	return a, err
}
