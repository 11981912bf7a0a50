package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// adoptEvery is how soon an execution has the scores that came before it.
const adoptEvery = time.Second

// adoptAtOnce is how many waiting scores are looked at each time, the newest:
// one whose execution never comes is not looked for again and again. All are
// looked at when old data expires.
const adoptAtOnce = 1000

// Rides on scores_waiting_newest, and for each on executions_own_id and
// executions_pkey: an SDK may name the trace itself.
const adoptScoresSQL = `
UPDATE scores s SET trace_id = f.trace_id, execution_id = ''
FROM (SELECT w.project_id, w.id, coalesce(
          (SELECT e.trace_id FROM executions e WHERE e.project_id = w.project_id AND e.execution_id = w.execution_id
           AND e.execution_id <> '' ORDER BY e.start_nano DESC LIMIT 1),
          (SELECT e.trace_id FROM executions e WHERE e.project_id = w.project_id AND e.trace_id =
           CASE WHEN w.execution_id ~ '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' THEN w.execution_id::uuid END)) AS trace_id
      FROM (SELECT project_id, id, execution_id FROM scores WHERE trace_id IS NULL ORDER BY id DESC LIMIT @most) w) f
WHERE s.project_id = f.project_id AND s.id = f.id AND s.trace_id IS NULL AND f.trace_id IS NOT NULL
RETURNING s.project_id, s.trace_id`

// adoptScores gives executions the scores that came before them.
func (s *Store) adoptScores(ctx context.Context, most int) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, adoptScoresSQL, pgx.NamedArgs{"most": most})
		if err != nil {
			return fmt.Errorf("adopt waiting scores: %w", err)
		}
		changed, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k traceKey, err error) {
			return k, row.Scan(&k.project, (*[16]byte)(&k.trace))
		})
		if err != nil {
			return fmt.Errorf("adopt waiting scores: %w", err)
		}
		return notify(ctx, tx, changed)
	})
}

// AdoptScores gives executions the scores that came before them, a moment after
// they have come, until ctx ends.
func (s *Store) AdoptScores(ctx context.Context) error {
	ticker := time.NewTicker(adoptEvery)
	defer ticker.Stop()
	for {
		if err := s.adoptScores(ctx, adoptAtOnce); err != nil && ctx.Err() == nil {
			s.log.Warn("scores that came before their execution were not looked for; it goes on", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
