package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	// Executions with more steps, or that make more than about so many bytes
	// together, are not read with others.
	recordedSteps = 500
	recordedBytes = 16 << 20
)

// loadRecords reads executions with everything their steps carried: each
// segment once, however many of them lie in it. Those that cannot be read with
// others, because they are large or have log records, are returned in alone;
// those that are no longer there are left out.
func (s *Store) loadRecords(ctx context.Context, tx pgx.Tx, keys []written) (many []xray.Recorded, alone []xray.Execution, err error) {
	executions, err := s.executionsOf(ctx, tx, keys)
	if err != nil {
		return nil, nil, err
	}
	logged, err := withLogs(ctx, tx, keysOf(executions))
	if err != nil {
		return nil, nil, err
	}
	apart := make(map[traceKey]bool)
	for _, k := range logged {
		apart[k] = true
	}
	for _, e := range executions {
		if k := (traceKey{e.ProjectID, e.TraceID}); e.StepCount > recordedSteps {
			apart[k] = true
		}
	}
	steps, err := stepsOf(ctx, tx, keys, apart)
	if err != nil {
		return nil, nil, err
	}
	wanted, large, err := s.wantedOf(ctx, tx, steps)
	if err != nil {
		return nil, nil, err
	}
	details, err := s.readWanted(ctx, tx, wanted)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range executions {
		k := traceKey{e.ProjectID, e.TraceID}
		if apart[k] || large[k] {
			alone = append(alone, e)
			continue
		}
		r := xray.Recorded{Execution: e}
		for _, l := range steps[k] {
			d := details[l.Step]
			d.Step = *l.Step // as lists and totals have it
			r.Steps = append(r.Steps, d)
		}
		many = append(many, r)
	}
	return many, alone, nil
}

func keysOf(all []xray.Execution) []traceKey {
	keys := make([]traceKey, len(all))
	for i, e := range all {
		keys[i] = traceKey{e.ProjectID, e.TraceID}
	}
	return keys
}

// Rides on executions_pkey.
const executionsOfSQL = `
SELECT e.project_id, e.trace_id, execution_id, name, status, start_nano, end_nano,
       step_count, error_count, service, models, input_tokens, output_tokens,
       cost_usd, cost_partial, session_id, user_id, environment, release, tags,
       headline, funnel, has_root, true, hints
FROM (SELECT DISTINCT * FROM unnest(@projects::integer[], @traces::uuid[]) AS d (project_id, trace_id)) AS k
JOIN executions e ON e.project_id = k.project_id AND e.trace_id = k.trace_id`

func (s *Store) executionsOf(ctx context.Context, tx pgx.Tx, keys []written) ([]xray.Execution, error) {
	projects, traces := keyArrays(keys, func(w written) traceKey { return w.traceKey })
	rows, err := tx.Query(ctx, executionsOfSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (xray.Execution, error) {
		var raw []byte
		e, err := scanExecutionInto(row.Scan, &raw)
		if err != nil {
			return e, err
		}
		said, err := decodeHints(raw)
		if err != nil {
			return e, err
		}
		return e, said.describe(&e)
	})
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	return list, nil
}

// stepsOf reads the steps of executions, each once and in order of start, but
// for those that are read apart.
func stepsOf(ctx context.Context, tx pgx.Tx, keys []written, apart map[traceKey]bool) (map[traceKey][]locatedStep, error) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(w written) bool { return apart[w.traceKey] })
	projects, traces := keyArrays(keys, func(w written) traceKey { return w.traceKey })
	rows, err := tx.Query(ctx, settleStepsSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	steps := make(map[traceKey][]locatedStep, len(keys))
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		key, some, err := scanSteps(row)
		steps[key] = append(steps[key], some...)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	for key, all := range steps {
		steps[key] = lastArrivals(all)
	}
	return steps, nil
}

// wantedSegment is a segment with the steps that are wanted of it.
type wantedSegment struct {
	id      int64
	project int32
	steps   []locatedStep // in order of ordinal
}

// wantedOf sorts steps by segment. Executions that are large leave their steps
// unread. One whose payloads have expired is not large: it has none.
func (s *Store) wantedOf(ctx context.Context, tx pgx.Tx, steps map[traceKey][]locatedStep) (wanted []wantedSegment, large map[traceKey]bool, err error) {
	sizes, err := recordSizes(ctx, tx, steps)
	if err != nil {
		return nil, nil, err
	}
	left := int64(recordedBytes)
	large = make(map[traceKey]bool)
	bySegment := make(map[int64]*wantedSegment)
	for key, all := range steps {
		var size int64
		for _, l := range all {
			size += sizes[l.segment]
		}
		if size > left {
			large[key] = true
			continue
		}
		left -= size
		for _, l := range all {
			if _, there := sizes[l.segment]; !there {
				continue // its payload has expired
			}
			if bySegment[l.segment] == nil {
				bySegment[l.segment] = &wantedSegment{id: l.segment, project: key.project}
			}
			seg := bySegment[l.segment]
			seg.steps = append(seg.steps, l)
		}
	}
	for _, seg := range bySegment {
		slices.SortFunc(seg.steps, func(a, b locatedStep) int { return a.place.compare(b.place) })
		wanted = append(wanted, *seg)
	}
	return wanted, large, nil
}

// recordSizes returns about how many bytes a record of each segment has. The
// range of ids lets PostgreSQL leave out partitions.
func recordSizes(ctx context.Context, tx pgx.Tx, steps map[traceKey][]locatedStep) (map[int64]int64, error) {
	seen := make(map[int64]bool)
	var ids []int64
	for _, all := range steps {
		for _, l := range all {
			if !seen[l.segment] {
				seen[l.segment] = true
				ids = append(ids, l.segment)
			}
		}
	}
	sizes := make(map[int64]int64, len(ids))
	if len(ids) == 0 {
		return sizes, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT id, raw_bytes, records FROM segments WHERE id = ANY(@ids) AND id BETWEEN @first AND @last`,
		pgx.NamedArgs{"ids": ids, "first": slices.Min(ids), "last": slices.Max(ids)})
	if err != nil {
		return nil, fmt.Errorf("find segments: %w", err)
	}
	var id, raw, records int64
	_, err = pgx.ForEachRow(rows, []any{&id, &raw, &records}, func() error {
		sizes[id] = raw / max(1, records)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find segments: %w", err)
	}
	return sizes, nil
}

// readWanted maps the wanted steps in full, one segment after the other.
func (s *Store) readWanted(ctx context.Context, tx pgx.Tx, wanted []wantedSegment) (map[*xray.Step]xray.StepDetail, error) {
	details := make(map[*xray.Step]xray.StepDetail)
	for _, seg := range wanted {
		raw, err := s.segment(ctx, tx, seg.project, seg.id)
		if err != nil {
			return nil, err
		}
		extract := xray.Extract{Data: raw, Ordinals: make([]int, len(seg.steps))}
		for i, l := range seg.steps {
			extract.Ordinals[i] = l.ordinal
		}
		found, err := s.opts.Codec.Details([]xray.Extract{extract}, nil)
		if err != nil {
			return nil, fmt.Errorf("read payloads: %w: %w", errDamaged, err)
		}
		if len(found) != len(seg.steps) {
			return nil, fmt.Errorf("read payloads: asked for %d spans, got %d: %w", len(seg.steps), len(found), errDamaged)
		}
		for i, l := range seg.steps {
			details[l.Step] = found[i]
		}
	}
	return details, nil
}
