package store

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"
)

//go:embed settle_write.sql
var settleWriteSQL string

// Rides on unsettled_pkey. What a writer or another settler holds is skipped:
// it is about to change.
const lockUnsettledSQL = `
SELECT u.project_id, u.trace_id
FROM unnest(@projects::integer[], @traces::uuid[], @versions::bigint[]) AS k (project_id, trace_id, version)
JOIN unsettled u ON u.project_id = k.project_id AND u.trace_id = k.trace_id AND u.last_segment = k.version
ORDER BY u.project_id, u.trace_id
FOR UPDATE OF u SKIP LOCKED`

// lockUnsettled returns, in key order, those that have not changed.
func lockUnsettled(ctx context.Context, tx pgx.Tx, due []written) ([]written, error) {
	byKey := make(map[traceKey]written, len(due))
	versions := make([]int64, len(due))
	for i, w := range due {
		byKey[w.traceKey] = w
		versions[i] = w.version
	}
	projects, traces := keyArrays(due, func(w written) traceKey { return w.traceKey })
	rows, err := tx.Query(ctx, lockUnsettledSQL, pgx.NamedArgs{
		"projects": projects, "traces": traces, "versions": versions,
	})
	if err != nil {
		return nil, fmt.Errorf("lock unsettled executions: %w", err)
	}
	mine, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (written, error) {
		var k traceKey
		err := row.Scan(&k.project, (*[16]byte)(&k.trace))
		return byKey[k], err
	})
	if err != nil {
		return nil, fmt.Errorf("lock unsettled executions: %w", err)
	}
	return mine, nil
}

// saveCounted writes recounted totals into the rows of mine.
func saveCounted(ctx context.Context, tx pgx.Tx, mine []written, counted map[traceKey]*summary) error {
	var changed []written
	for _, w := range mine {
		if counted[w.traceKey] != nil {
			changed = append(changed, w)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	projects, traces := keyArrays(changed, func(w written) traceKey { return w.traceKey })
	there, err := loadExecutions(ctx, tx, projects, traces)
	if err != nil {
		return err
	}
	var rows []*execution
	for i := range changed {
		w := &changed[i]
		row, total := there[w.traceKey], counted[w.traceKey]
		if row == nil { // deleted meanwhile
			continue
		}
		// What spans said and where they lie is not in the steps; it stays.
		total.hints, total.first, total.last = row.hints, row.first, row.last
		total.Status = total.finalStatus()
		rows = append(rows, &total.execution)
	}
	return saveExecutions(ctx, tx, rows)
}

// writeSettled marks executions as settled and asks for their explanations.
func (s *Store) writeSettled(ctx context.Context, tx pgx.Tx, mine []written, counted map[traceKey]*summary) error {
	room, err := s.roomForJobs(ctx, tx)
	if err != nil {
		return err
	}
	var finals finalStates
	stats := rollupDelta{}
	var changed []traceKey
	var ended []happening
	var explain []wanted
	var find []written
	outcomes, err := outcomesOf(ctx, tx, mine, counted)
	if err != nil {
		return err
	}
	projects, _ := keyArrays(mine, func(w written) traceKey { return w.traceKey })
	settings, err := s.settingsOf(ctx, tx, projects)
	if err != nil {
		return err
	}
	places, err := s.places(ctx, tx)
	if err != nil {
		return err
	}
	plain := s.choosePlain(mine, outcomes)
	for i := range mine {
		w := &mine[i]
		final, plain := outcomes[w.traceKey], plain[w.traceKey]
		if final == nil { // no steps: log records of a trace that never came
			continue
		}
		changed = append(changed, w.traceKey)
		ended = append(ended, endOf(w.traceKey, final.status))
		stats.add(w.project, final.counts, +1)
		set := settings[w.project]
		facts := plain || final.job && (!set.Takes(w.trace, final.status) || places.none(set))
		model := final.job && !facts && len(explain) < room
		if model {
			explain = append(explain, wanted{w.traceKey, false, places.queueOf(set)})
		}
		if facts || model && places.awaited[set.BaseURL] && !places.there[set.BaseURL] {
			find = append(find, *w)
		}
		asWritten := w.exact != nil && w.hasRoot
		if !asWritten {
			finals.add(w.traceKey, final, facts && !plain || model)
		}
	}
	if err := finals.write(ctx, tx); err != nil {
		return err
	}
	if err := forgetUnsettled(ctx, tx, mine); err != nil {
		return err
	}
	if err := s.noteUnexplained(ctx, tx, find); err != nil {
		return err
	}
	if err := s.enqueueExplanations(ctx, tx, explain); err != nil {
		return err
	}
	if err := stats.log(ctx, tx); err != nil {
		return err
	}
	if err := s.noteHappenings(ctx, tx, ended); err != nil {
		return err
	}
	return notify(ctx, tx, changed)
}

// finalStates are rows of executions to be made final, by column.
type finalStates struct {
	keys      []traceKey
	status    []int16
	end       []int64
	headlines []string
	asked     []bool // an explanation was asked for; until it comes, that of before is better than none
}

func (f *finalStates) add(key traceKey, final *settled, asked bool) {
	f.keys = append(f.keys, key)
	f.status = append(f.status, int16(final.status))
	f.end = append(f.end, int64(final.end))
	f.headlines = append(f.headlines, final.headline)
	f.asked = append(f.asked, asked)
}

func (f *finalStates) write(ctx context.Context, tx pgx.Tx) error {
	if len(f.keys) == 0 {
		return nil
	}
	projects, traces := keyArrays(f.keys, func(k traceKey) traceKey { return k })
	_, err := tx.Exec(ctx, settleWriteSQL, pgx.NamedArgs{
		"projects": projects, "traces": traces, "status": f.status, "end": f.end, "headlines": f.headlines, "asked": f.asked,
	})
	if err != nil {
		return fmt.Errorf("settle executions: %w", err)
	}
	return nil
}

const forgetUnsettledSQL = `
DELETE FROM unsettled u
USING unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
WHERE u.project_id = k.project_id AND u.trace_id = k.trace_id`

// forgetUnsettled takes executions out of table unsettled, whose rows the caller
// has locked.
func forgetUnsettled(ctx context.Context, tx pgx.Tx, all []written) error {
	if len(all) == 0 {
		return nil
	}
	projects, traces := keyArrays(all, func(w written) traceKey { return w.traceKey })
	if _, err := tx.Exec(ctx, forgetUnsettledSQL, pgx.NamedArgs{"projects": projects, "traces": traces}); err != nil {
		return fmt.Errorf("mark executions as settled: %w", err)
	}
	return nil
}
