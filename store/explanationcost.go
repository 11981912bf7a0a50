package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

// explanationCostSQL sums what the newest calls to models cost that were about
// executions of a selection. Rides on model_calls_project, and on
// executions_pkey for each call.
const explanationCostSQL = `
SELECT coalesce(sum(m.cost_usd), 0)
FROM (SELECT trace_id, cost_usd FROM model_calls
      WHERE project_id = @project AND cost_usd IS NOT NULL
        AND created_at >= to_timestamp(@since::double precision)
      ORDER BY created_at DESC LIMIT 20000) m
JOIN executions e ON e.project_id = @project AND e.trace_id = m.trace_id
WHERE coalesce(%[2]s, false)%[1]s`

// explanationCost is what models cost that explained executions of a selection,
// in USD; of those of traces if there are any. An explanation comes after the
// start of what it explains.
func (s *Store) explanationCost(ctx context.Context, sel selection, traces []xray.TraceID) (float64, error) {
	args := maps.Clone(sel.args)
	args["since"] = float64(sel.since) / 1e9
	anchor := sel.anchor
	if !sel.inSQL() {
		ids := make([]pgtype.UUID, len(traces))
		for i, t := range traces {
			ids[i] = pgtype.UUID{Bytes: t, Valid: true}
		}
		args["traces"] = ids
		anchor += "\n  AND e.trace_id = ANY(@traces::uuid[])"
	}
	var usd float64
	err := s.of(sel.project()).QueryRow(ctx, fmt.Sprintf(explanationCostSQL, anchor, cmp.Or(sel.rest, "true")), args).Scan(&usd)
	return usd, err
}
