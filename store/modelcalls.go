package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Rides on model_calls_project. A call that the cursor names and that retention
// has removed since leaves nothing before it, either.
const modelCallsSQL = `
SELECT id, project_id, trace_id, task, model, prompt_hash, prompt_bytes, input_tokens, output_tokens, cost_usd, outcome, created_at, ended_at
FROM model_calls
WHERE project_id = @project
  AND (@before::bigint = 0 OR (created_at, id) < (SELECT created_at, id FROM model_calls WHERE project_id = @project AND id = @before))
ORDER BY created_at DESC, id DESC
LIMIT @limit`

// ModelCalls returns the calls to models that a project has in its books,
// newest first: the newest if before is 0, else those before the call with
// that number.
func (s *Store) ModelCalls(ctx context.Context, project int32, before int64, limit int) ([]xray.RecordedCall, error) {
	rows, err := s.of(project).Query(ctx, modelCallsSQL, pgx.NamedArgs{"project": project, "before": before, "limit": limit})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read model calls: %w", err))
	}
	calls, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (xray.RecordedCall, error) {
		var c xray.RecordedCall
		var hash []byte
		err := row.Scan(&c.ID, &c.ProjectID, (*[16]byte)(&c.TraceID), &c.Task, &c.Model, &hash, &c.PromptBytes,
			&c.InputTokens, &c.OutputTokens, &c.CostUSD, &c.Outcome, &c.CreatedAt, &c.EndedAt)
		copy(c.PromptHash[:], hash)
		return c, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read model calls: %w", err))
	}
	return calls, nil
}
