package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// profilesSQL rides on facts_history.
const profilesSQL = `
SELECT profile
FROM facts
WHERE project_id = @project AND name = @name AND start_nano < @before AND profile IS NOT NULL
ORDER BY start_nano DESC, trace_id DESC
LIMIT @limit`

// Profiles returns what explanations of executions that have the name of e and
// began before it left as their profile, newest first.
func (s *Store) Profiles(ctx context.Context, e xray.Execution, limit int) ([]json.RawMessage, error) {
	rows, err := s.of(e.ProjectID).Query(ctx, profilesSQL, profilesArgs(e, limit))
	if err != nil {
		return nil, unavailable(fmt.Errorf("read profiles: %w", err))
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (json.RawMessage, error) {
		var raw []byte
		err := row.Scan(&raw)
		return raw, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read profiles: %w", err))
	}
	return found, nil
}

func profilesArgs(e xray.Execution, limit int) pgx.NamedArgs {
	return pgx.NamedArgs{
		"project": e.ProjectID, "name": e.Name, "before": int64(e.Start), "limit": limit,
	}
}
