package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	// A run is made when so many segments, or so many of their terms, wait: few
	// runs make lookups quick. What waits is searched segment by segment.
	runSegments = 1024
	runPairs    = 2 << 20
	// maxRemembered bounds the terms in memory, 8 bytes each. Those of other
	// segments are made again of their bytes.
	maxRemembered = 6 << 20
	indexEvery    = time.Second
	indexLock     = 0x78726179_74657273
)

// unindexed remembers the terms of segments that this process wrote, or read,
// and that are in no run yet. It is a shortcut: table unindexed says which they
// are, and their bytes what they hold.
type unindexed struct {
	mu    sync.Mutex
	terms map[int64]*xray.Terms
	pairs int
}

// remember keeps the terms of a segment, if there is room.
func (u *unindexed) remember(segment int64, t *xray.Terms) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, there := u.terms[segment]; there || u.pairs+len(t.Pairs) > maxRemembered {
		return
	}
	if u.terms == nil {
		u.terms = make(map[int64]*xray.Terms)
	}
	u.terms[segment] = t
	u.pairs += len(t.Pairs)
}

func (u *unindexed) get(segment int64) *xray.Terms {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.terms[segment]
}

func (u *unindexed) forget(segments []int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, id := range segments {
		if t := u.terms[id]; t != nil {
			u.pairs -= len(t.Pairs)
			delete(u.terms, id)
		}
	}
}

// known lists what is remembered.
func (u *unindexed) known() []int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	ids := make([]int64, 0, len(u.terms))
	for id := range u.terms {
		ids = append(ids, id)
	}
	return ids
}

// termsOf joins the terms of a stored segment's parts; nil if some came without.
func termsOf(seg *storedSegment) *xray.Terms {
	if len(seg.parts) == 1 {
		return seg.parts[0].Terms
	}
	out := &xray.Terms{}
	for _, p := range seg.parts {
		if p.Terms == nil {
			return nil
		}
		first := uint64(len(out.Traces))
		out.Traces = append(out.Traces, p.Terms.Traces...)
		for _, pair := range p.Terms.Pairs {
			out.Pairs = append(out.Pairs, pair+first)
		}
	}
	return out
}

// markUnindexed notes new segments, in the transaction that stores them.
func markUnindexed(ctx context.Context, tx pgx.Tx, segments []*storedSegment) error {
	var ids []int64
	var projects []int32
	for _, seg := range segments {
		if seg.signal == xray.SignalTraces {
			ids, projects = append(ids, seg.id), append(projects, seg.project)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "INSERT INTO unindexed (segment, project_id) SELECT * FROM unnest($1::bigint[], $2::integer[])", ids, projects)
	if err != nil {
		return fmt.Errorf("note segments to index: %w", err)
	}
	return nil
}

// rememberTerms keeps the terms of segments that have been committed.
func (u *unindexed) rememberTerms(segments []*storedSegment) {
	for _, seg := range segments {
		if seg.signal != xray.SignalTraces {
			continue
		}
		if t := termsOf(seg); t != nil {
			u.remember(seg.id, t)
		}
	}
}

// IndexAttributes puts segments into the index of attributes when enough have
// gathered, and those that older versions left without. It blocks until ctx
// ends. It may run in several processes on one database.
func (s *Store) IndexAttributes(ctx context.Context) error {
	ticker := time.NewTicker(indexEvery)
	defer ticker.Stop()
	for {
		for ctx.Err() == nil {
			more, err := s.indexRun(ctx, false)
			if err != nil && ctx.Err() == nil {
				s.log.Warn("indexing attributes failed; it goes on", "error", err)
			}
			if !more || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// waitingSegment is a row of table unindexed.
type waitingSegment struct {
	id      int64
	project int32
}

func (w waitingSegment) day() time.Time { return dayOf(time.UnixMilli(w.id >> idShift)) }

// indexRun makes one run of the oldest segments that wait, if enough do; of
// whatever waits if it must. It returns false if it made none.
func (s *Store) indexRun(ctx context.Context, must bool) (bool, error) {
	known := s.unindexed.known()
	waiting, err := s.waiting(ctx, 2*runSegments)
	if err != nil {
		return false, err
	}
	s.forgetIndexed(known, waiting)
	batch := s.nextRun(waiting, must)
	if len(batch) == 0 {
		return false, nil
	}
	day := batch[0].day()
	if err := s.ingest.partitions.ensure(ctx, s.pool, day); err != nil {
		return false, err
	}
	made := false
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", int64(indexLock)).Scan(&made); err != nil || !made {
			return err // another process does it
		}
		return s.writeRun(ctx, tx, batch)
	})
	if err != nil {
		return false, fmt.Errorf("index %d segments: %w", len(batch), err)
	}
	return made, nil
}

// waiting lists the oldest segments that are in no run.
func (s *Store) waiting(ctx context.Context, limit int) ([]waitingSegment, error) {
	rows, err := s.pool.Query(ctx, "SELECT segment, project_id FROM unindexed ORDER BY segment LIMIT $1", limit)
	if err != nil {
		return nil, fmt.Errorf("list segments to index: %w", err)
	}
	out, err := pgx.CollectRows(rows, scanWaiting)
	if err != nil {
		return nil, fmt.Errorf("list segments to index: %w", err)
	}
	return out, nil
}

func scanWaiting(row pgx.CollectableRow) (w waitingSegment, err error) {
	return w, row.Scan(&w.id, &w.project)
}

// forgetIndexed drops from memory what was known before waiting was read and
// waits no longer: another process has indexed it.
func (s *Store) forgetIndexed(known []int64, waiting []waitingSegment) {
	if len(waiting) == 2*runSegments { // there may be more
		return
	}
	var gone []int64
	for _, id := range known {
		if _, waits := slices.BinarySearchFunc(waiting, id, func(w waitingSegment, id int64) int { return cmp.Compare(w.id, id) }); !waits {
			gone = append(gone, id)
		}
	}
	s.unindexed.forget(gone)
}

// nextRun takes from the waiting segments those of the next run: of one day, as
// partitions are.
func (s *Store) nextRun(waiting []waitingSegment, must bool) []waitingSegment {
	if len(waiting) == 0 {
		return nil
	}
	pairs := 0
	day := waiting[0].day()
	for i, w := range waiting {
		if full := i == runSegments || pairs >= runPairs; full || !w.day().Equal(day) {
			return waiting[:i]
		}
		if t := s.unindexed.get(w.id); t != nil {
			pairs += len(t.Pairs)
		}
	}
	over := s.clock().Sub(day.AddDate(0, 0, 1)) > time.Minute // nothing comes for this day any more
	if must || over || len(waiting) >= runSegments || pairs >= runPairs {
		return waiting
	}
	return nil
}

// writeRun indexes segments; those that are gone need no index.
func (s *Store) writeRun(ctx context.Context, tx pgx.Tx, batch []waitingSegment) error {
	ids := make([]int64, len(batch))
	for i, w := range batch {
		ids[i] = w.id
	}
	rows, err := tx.Query(ctx, `DELETE FROM unindexed WHERE segment = ANY($1) RETURNING segment, project_id`, ids)
	if err != nil {
		return err
	}
	mine, err := pgx.CollectRows(rows, scanWaiting)
	if err != nil {
		return err
	}
	slices.SortFunc(mine, func(a, b waitingSegment) int { return cmp.Compare(a.id, b.id) })
	var segments []indexedSegment
	for _, w := range mine {
		terms, err := s.segmentTerms(ctx, tx, w)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return err
		}
		segments = append(segments, indexedSegment{w.id, *terms})
	}
	if len(segments) > 0 {
		run := buildRun(segments)
		if err := run.store(ctx, tx); err != nil {
			return err
		}
	}
	s.unindexed.forget(ids)
	return nil
}

// segmentTerms are the terms of a segment that waits, from memory or from its
// bytes; errGone if it has expired or was deleted.
func (s *Store) segmentTerms(ctx context.Context, tx pgx.Tx, w waitingSegment) (*xray.Terms, error) {
	if t := s.unindexed.get(w.id); t != nil {
		return t, nil
	}
	raw, err := s.segment(ctx, tx, w.project, w.id)
	if err != nil {
		return nil, err
	}
	terms, err := s.opts.Codec.Terms(w.project, raw)
	if err != nil {
		return nil, fmt.Errorf("segment %d: %w: %w", w.id, errDamaged, err)
	}
	return &terms, nil
}

func (r *termRun) store(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "INSERT INTO term_runs (id, postings, segments, traces) VALUES ($1, $2, $3, $4)",
		r.id, r.postings, r.segments, r.traces)
	if err != nil {
		return fmt.Errorf("store a run: %w", err)
	}
	size := 0
	for _, b := range r.buckets {
		size += len(b.data) + 32
	}
	rows := newCopy(size)
	for _, b := range r.buckets {
		rows.row(3)
		rows.int8(r.id)
		rows.int4(b.bucket)
		rows.bytes(b.data)
	}
	return rows.send(ctx, tx, "terms", "run, bucket, data")
}
