package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// settled is what settling writes of an execution whose totals are exact.
type settled struct {
	status   xray.Status
	end      xray.Nano
	headline string
	job      bool // its payloads are worth an explanation, and nobody asked for silence
	// logs: no span has a payload, but messages of its model calls may have come
	// in log records; then there is a job, too.
	logs bool
	// plain: nobody asked for silence, but no span has a payload. Some of these
	// have a job as well; see choosePlain.
	plain bool
	// counts is what it adds to the statistics.
	counts *contribution
}

// outcomeOf is the final state of an execution whose steps are all in s.
func outcomeOf(s *summary) *settled {
	wanted := s.hints.autoReasoning()
	out := &settled{status: s.finalStatus(), end: s.End, job: wanted && s.payload, plain: wanted && !s.payload}
	out.logs = out.plain && s.calls
	out.headline, out.counts = headline(s), contributionOf(s)
	return out
}

// outcomesOf gives the final states of executions. One without steps has none.
func outcomesOf(ctx context.Context, tx pgx.Tx, mine []written, counted map[traceKey]*summary) (map[traceKey]*settled, error) {
	outcomes := make(map[traceKey]*settled, len(mine))
	var ask []traceKey
	for _, w := range mine {
		final := w.exact
		if total := counted[w.traceKey]; total != nil {
			final = outcomeOf(total)
		}
		if final == nil {
			continue
		}
		outcomes[w.traceKey] = final
		if final.logs {
			ask = append(ask, w.traceKey)
		}
	}
	logged, err := withLogs(ctx, tx, ask)
	for _, key := range logged {
		outcomes[key].job = true
	}
	return outcomes, err
}

// Rides on log_refs_trace in every partition, as records may come long before
// and after their spans; asked only for model calls without any payload.
const withLogsSQL = `
SELECT k.project_id, k.trace_id
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
WHERE EXISTS (SELECT FROM log_refs l WHERE l.project_id = k.project_id AND l.trace_id = k.trace_id)`

// withLogs returns which of some executions have log records.
func withLogs(ctx context.Context, tx pgx.Tx, keys []traceKey) ([]traceKey, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	rows, err := tx.Query(ctx, withLogsSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("look for log records: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (traceKey, error) {
		var k traceKey
		err := row.Scan(&k.project, (*[16]byte)(&k.trace))
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("look for log records: %w", err)
	}
	return found, nil
}
