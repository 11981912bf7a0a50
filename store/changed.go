package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

// changedSQL rides on executions_pkey.
const changedSQL = `
SELECT project_id, trace_id, execution_id, name, status, start_nano, end_nano,
       step_count, error_count, service, models, input_tokens, output_tokens,
       cost_usd, cost_partial, session_id, user_id, environment, release, tags,
       headline, funnel, has_root,
       coalesce((SELECT false FROM unsettled u WHERE u.project_id = e.project_id AND u.trace_id = e.trace_id), true)
FROM executions e
WHERE e.project_id = @project AND e.trace_id = ANY(@traces::uuid[])`

// ExecutionsOf reads executions by their trace ids, as a list has them, in any
// order. Those that are not there are left out.
func (s *Store) ExecutionsOf(ctx context.Context, project int32, ids []xray.TraceID) ([]xray.Execution, error) {
	rows, err := s.of(project).Query(ctx, changedSQL, changedArgs(project, ids))
	if err != nil {
		return nil, unavailable(fmt.Errorf("read executions: %w", err))
	}
	found, err := pgx.CollectRows(rows, scanExecution)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read executions: %w", err))
	}
	return found, nil
}

func changedArgs(project int32, ids []xray.TraceID) pgx.NamedArgs {
	traces := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		traces[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return pgx.NamedArgs{"project": project, "traces": traces}
}
