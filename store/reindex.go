package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Reindex maps every stored span again and rewrites steps and executions to
// what the mapping says now. It runs beside everything else, one segment per
// transaction; explanations and their headlines stay. Spans whose payloads have
// expired keep the rows they have. progress is called after every segment; it
// may be nil. After an error, or when ctx ends, it can be run again.
func (s *Store) Reindex(ctx context.Context, progress func(done, total int)) error {
	if err := s.ingest.number(ctx); err != nil {
		return unavailable(err)
	}
	var total int
	if err := s.pool.QueryRow(ctx, "SELECT count(*) FROM segments WHERE signal = 1").Scan(&total); err != nil {
		return unavailable(fmt.Errorf("count segments: %w", err))
	}
	r := &reindexer{Store: s, uncounted: make(map[traceKey]bool)}
	for done := 0; ; done++ {
		more, err := r.next(ctx)
		if err != nil {
			return unavailable(fmt.Errorf("reindex segment %d: %w", r.last, err))
		}
		if !more {
			break
		}
		if progress != nil {
			progress(done+1, max(total, done+1))
		}
	}
	for chunk := range slices.Chunk(slices.SortedFunc(maps.Keys(r.uncounted), traceKey.compare), settleAtOnce) {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return r.rewrite(ctx, tx, chunk, math.MaxInt64, nil) })
		if err != nil {
			return unavailable(fmt.Errorf("reindex executions: %w", err))
		}
	}
	return nil
}

// reindexer walks through the segments in order of arrival.
type reindexer struct {
	*Store
	last int64 // segment
	// Executions whose steps were rewritten and that go on in later segments:
	// they are counted once, in the last of these.
	uncounted map[traceKey]bool
}

// errRewritten: a deletion took spans out of the segment meanwhile.
var errRewritten = errors.New("the segment has changed")

// next reindexes the segment after the last one; false when there is none.
func (r *reindexer) next(ctx context.Context) (bool, error) {
	for {
		seg, err := r.read(ctx)
		if errors.Is(err, pgx.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		err = pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error { return r.rewriteSegment(ctx, tx, seg) })
		if errors.Is(err, errRewritten) {
			continue
		}
		r.last = seg.id
		return true, err
	}
}

// read maps the spans of the next segment. Rides on segments_pkey.
func (r *reindexer) read(ctx context.Context) (*storedSegment, error) {
	var seg storedSegment
	err := r.pool.QueryRow(ctx, `
		SELECT id, project_id, records, raw_bytes, data FROM segments
		WHERE id > $1 AND signal = 1 ORDER BY id LIMIT 1`, r.last).
		Scan(&seg.id, &seg.project, &seg.records, &seg.rawBytes, &seg.packed)
	if err != nil {
		return nil, err
	}
	raw, err := r.zip.unpack(seg.packed, seg.rawBytes)
	if err != nil {
		return nil, err
	}
	steps, err := r.opts.Codec.Steps(seg.project, raw)
	if err != nil {
		return nil, fmt.Errorf("map the spans of segment %d: %w: %w", seg.id, errDamaged, err)
	}
	for i := range steps {
		cleanStep(&steps[i])
	}
	seg.parts = []part{{rawSegment: rawSegment{Segment: xray.Segment{Steps: steps}}}}
	return &seg, nil
}

// rewriteSegment replaces the rows of a segment's steps and what they say about
// their executions.
func (r *reindexer) rewriteSegment(ctx context.Context, tx pgx.Tx, seg *storedSegment) error {
	said := summaries([]*storedSegment{seg})
	keys := make([]traceKey, len(said))
	for i := range said {
		keys[i] = said[i].traceKey
	}
	return r.rewrite(ctx, tx, keys, seg.id, func() error {
		// Whoever deletes an execution holds its lock, which is ours now.
		var records int
		err := tx.QueryRow(ctx, "SELECT records FROM segments WHERE id = $1", seg.id).Scan(&records)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && records != seg.records {
			return errRewritten
		}
		if err != nil {
			return fmt.Errorf("look at the segment again: %w", err)
		}
		if err := replaceSteps(ctx, tx, seg, keys); err != nil {
			return err
		}
		return r.rewriteHints(ctx, tx, seg.id, said)
	})
}

// replaceSteps rides on steps_trace in the partition of the segment.
func replaceSteps(ctx context.Context, tx pgx.Tx, seg *storedSegment, keys []traceKey) error {
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	_, err := tx.Exec(ctx, `
		DELETE FROM steps s USING unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
		WHERE s.project_id = k.project_id AND s.trace_id = k.trace_id AND s.segment = @segment`,
		pgx.NamedArgs{"projects": projects, "traces": traces, "segment": seg.id})
	if err != nil {
		return fmt.Errorf("delete steps: %w", err)
	}
	steps, packer := newCopy(len(seg.packed)), newPacker()
	for _, row := range seg.rows() {
		steps.steps(packer, seg, row)
	}
	return steps.send(ctx, tx, "steps", stepColumns)
}

// rewriteHints forgets what spans said under the old mapping when an execution's
// first segment comes by, and collects anew from there.
func (r *reindexer) rewriteHints(ctx context.Context, tx pgx.Tx, segment int64, said []summary) error {
	projects, traces := keyArrays(said, func(s summary) traceKey { return s.traceKey })
	there, err := loadExecutions(ctx, tx, projects, traces)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `
		SELECT k.project_id, k.trace_id, (SELECT min(s.segment) FROM steps s WHERE s.project_id = k.project_id AND s.trace_id = k.trace_id)
		FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)`,
		pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return fmt.Errorf("find first segments: %w", err)
	}
	begins := make(map[traceKey]bool)
	var k traceKey
	var first int64
	_, err = pgx.ForEachRow(rows, []any{&k.project, (*[16]byte)(&k.trace), &first}, func() error {
		begins[k] = first == segment
		return nil
	})
	if err != nil {
		return fmt.Errorf("find first segments: %w", err)
	}
	var changed []*execution
	for i := range said {
		row := there[said[i].traceKey]
		if row == nil {
			continue
		}
		if begins[row.traceKey] {
			row.hints = hints{}
		}
		row.hints.merge(said[i].hints)
		changed = append(changed, row)
		r.uncounted[row.traceKey] = true
	}
	return saveExecutions(ctx, tx, changed)
}

// lockSQL takes the executions' locks. A row that was not there, because the
// execution is settled, is marked by its arrival.
const lockSQL = `
INSERT INTO unsettled (project_id, trace_id, last_segment, arrived_nano)
SELECT u.project_id, u.trace_id, @version, -1
FROM unnest(@projects::integer[], @traces::uuid[]) AS u (project_id, trace_id)
ON CONFLICT (project_id, trace_id) DO UPDATE SET last_segment = EXCLUDED.last_segment
RETURNING project_id, trace_id, arrived_nano`

// rewrite locks executions, which come in key order, does what is to be done,
// and counts those that do not go on behind segment.
func (r *reindexer) rewrite(ctx context.Context, tx pgx.Tx, keys []traceKey, segment int64, do func() error) error {
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	version := r.ingest.ids.next(r.clock())
	rows, err := tx.Query(ctx, lockSQL, pgx.NamedArgs{"projects": projects, "traces": traces, "version": version})
	if err != nil {
		return fmt.Errorf("lock executions: %w", err)
	}
	var were []written // settled before
	var w written
	var arrived int64
	_, err = pgx.ForEachRow(rows, []any{&w.project, (*[16]byte)(&w.trace), &arrived}, func() error {
		if arrived == -1 {
			were = append(were, w)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("lock executions: %w", err)
	}
	stats, err := withdrawal(ctx, tx, were)
	if err != nil {
		return err
	}
	if do != nil {
		if err := do(); err != nil {
			return err
		}
	}
	if err := r.count(ctx, tx, were, segment, stats); err != nil {
		return err
	}
	if err := forgetUnsettled(ctx, tx, were); err != nil {
		return err
	}
	if err := stats.log(ctx, tx); err != nil {
		return err
	}
	return notify(ctx, tx, keys)
}

// count makes totals of settled executions exact again. Those that are not
// settled are counted by Settle. stats gets what all of were add to the
// statistics now.
func (r *reindexer) count(ctx context.Context, tx pgx.Tx, were []written, segment int64, stats rollupDelta) error {
	projects, traces := keyArrays(were, func(w written) traceKey { return w.traceKey })
	there, err := loadExecutions(ctx, tx, projects, traces)
	if err != nil {
		return err
	}
	counted, err := recount(ctx, tx, were)
	if err != nil {
		return err
	}
	for _, w := range were {
		if total, row := counted[w.traceKey], there[w.traceKey]; total != nil && row != nil {
			total.hints = row.hints
			stats.add(w.project, contributionOf(total), +1)
		}
	}
	ended := slices.DeleteFunc(slices.Clone(were), func(w written) bool {
		row := there[w.traceKey]
		return row == nil || row.last > segment
	})
	if err := saveCounted(ctx, tx, ended, counted); err != nil {
		return err
	}
	outcomes, err := outcomesOf(ctx, tx, ended, counted)
	if err != nil {
		return err
	}
	var finals finalStates
	for _, w := range ended {
		delete(r.uncounted, w.traceKey)
		if final := outcomes[w.traceKey]; final != nil {
			finals.add(w.traceKey, final, final.job)
		}
	}
	return finals.write(ctx, tx)
}
