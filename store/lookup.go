package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

// maxUnread is how many segments that wait for the index a search reads before
// it starts; more wait only while old data is being indexed.
const maxUnread = 64

// lookup is one question to the index of attributes.
type lookup struct {
	*sought
	terms   [][]uint32 // by condition; nil if terms cannot tell
	found   [][]postings
	counts  []int
	waiting [][]spot // by condition: where it is in segments that are in no run
	unread  []int64  // segments of which nothing is known
}

// spot is a trace in a segment.
type spot struct {
	segment int64
	trace   xray.TraceID
}

// narrow asks the index of attributes. It returns the executions of which the
// conditions may hold, if they are few; any may otherwise.
func (q *sought) narrow(ctx context.Context) (traces []xray.TraceID, few bool, err error) {
	l := &lookup{sought: q}
	if !l.collectTerms() {
		return nil, false, nil
	}
	err = q.snapshot(ctx, q.project, func(tx pgx.Tx) error {
		if err := l.inRuns(ctx, tx); err != nil {
			return fmt.Errorf("ask the index of attributes: %w", err)
		}
		if err := l.inWaiting(ctx, tx); err != nil {
			return fmt.Errorf("look through segments without index: %w", err)
		}
		if err := l.segments(ctx, tx); err != nil {
			return fmt.Errorf("read runs: %w", err)
		}
		traces, few, err = l.traces(ctx, tx)
		return err
	})
	return traces, few, err
}

// collectTerms reports whether any condition is on what the index knows.
func (l *lookup) collectTerms() (any bool) {
	n := len(l.conditions)
	l.terms, l.found, l.counts, l.waiting = make([][]uint32, n), make([][]postings, n), make([]int, n), make([][]spot, n)
	for i, c := range l.conditions {
		if terms, ok := l.finder.Terms(i); ok {
			l.terms[i] = terms
			any = any || !c.Not
		}
	}
	return any
}

// Rides on terms_bucket in every partition.
const lookupSQL = `SELECT run, bucket, data FROM terms WHERE bucket = ANY(@buckets::integer[])`

// inRuns finds the terms in all runs.
func (l *lookup) inRuns(ctx context.Context, tx pgx.Tx) error {
	byBucket := make(map[int32][][2]uint32) // condition and term
	var buckets []int32
	for i, terms := range l.terms {
		for _, term := range terms {
			for _, b := range bucketsOf(term) {
				if byBucket[b] == nil {
					buckets = append(buckets, b)
				}
				byBucket[b] = append(byBucket[b], [2]uint32{uint32(i), term})
			}
		}
	}
	rows, err := tx.Query(ctx, lookupSQL, pgx.NamedArgs{"buckets": buckets})
	if err != nil {
		return err
	}
	var run int64
	var bucket int32
	var data []byte
	_, err = pgx.ForEachRow(rows, []any{&run, &bucket, &data}, func() error {
		for _, asked := range byBucket[bucket] {
			p, err := findTerm(run, bucket, data, asked[1])
			if err != nil {
				return err
			}
			if i := asked[0]; p.count > 0 {
				l.found[i] = append(l.found[i], p)
				l.counts[i] += p.count
			}
		}
		return nil
	})
	return err
}

// inWaiting finds the terms in segments that are in no run yet, the newest
// first.
func (l *lookup) inWaiting(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, "SELECT segment, project_id FROM unindexed WHERE project_id = $1 ORDER BY segment DESC", l.project)
	if err != nil {
		return err
	}
	waiting, err := pgx.CollectRows(rows, scanWaiting)
	if err != nil {
		return err
	}
	read := 0
	for _, w := range waiting {
		terms := l.unindexed.get(w.id)
		if terms == nil && read < maxUnread {
			read++
			terms, err = l.segmentTerms(ctx, tx, w)
			if errors.Is(err, errGone) {
				continue
			}
			if err != nil {
				return err
			}
			l.unindexed.remember(w.id, terms)
		}
		if terms == nil {
			l.unread = append(l.unread, w.id)
			continue
		}
		l.inSegment(w.id, terms)
	}
	return nil
}

func (l *lookup) inSegment(id int64, terms *xray.Terms) {
	for i, wanted := range l.terms {
		if wanted == nil {
			continue
		}
		first := wanted[0]
		for _, pair := range terms.Pairs {
			if term := uint32(pair >> 32); term == first || len(wanted) > 1 && slices.Contains(wanted[1:], term) {
				l.waiting[i] = append(l.waiting[i], spot{id, terms.Traces[uint32(pair)]})
				l.counts[i]++
			}
		}
	}
}

// segments notes, for each condition, the segments in which it may hold.
func (l *lookup) segments(ctx context.Context, tx pgx.Tx) error {
	for i := range l.conditions {
		if l.terms[i] == nil || l.counts[i] > manyPlaces {
			continue
		}
		maybe := make(map[int64]bool)
		for _, p := range l.found[i] {
			d, err := l.directory(ctx, tx, p.run)
			if err != nil {
				return err
			}
			places, err := p.places()
			if err != nil {
				return err
			}
			d.addSegments(maybe, places)
		}
		for _, s := range l.waiting[i] {
			maybe[s.segment] = true
		}
		for _, id := range l.unread {
			maybe[id] = true
		}
		l.maybe[i] = maybe
	}
	return nil
}

// traces returns the executions that all conditions with few places have in
// common.
func (l *lookup) traces(ctx context.Context, tx pgx.Tx) (common []xray.TraceID, few bool, err error) {
	if len(l.unread) > 0 {
		return nil, false, nil
	}
	for i, c := range l.conditions {
		if c.Not || l.terms[i] == nil || l.counts[i] > fewTraces {
			continue
		}
		traces, err := l.tracesOf(ctx, tx, i)
		if err != nil {
			return nil, false, err
		}
		if few {
			traces = intersect(traces, common)
		}
		common, few = traces, true
	}
	return common, few, nil
}

func intersect(a, b []xray.TraceID) []xray.TraceID {
	inB := make(map[xray.TraceID]bool, len(b))
	for _, id := range b {
		inB[id] = true
	}
	return slices.DeleteFunc(a, func(id xray.TraceID) bool { return !inB[id] })
}

// Rides on term_runs_pkey; a slice of an array that is stored as it is.
const placesSQL = `
SELECT substr(r.traces, k.place * 16 + 1, 16)
FROM unnest(@runs::bigint[], @places::integer[]) AS k (run, place) JOIN term_runs r ON r.id = k.run`

func (l *lookup) tracesOf(ctx context.Context, tx pgx.Tx, i int) ([]xray.TraceID, error) {
	var runs []int64
	var at []int32
	seen := make(map[xray.TraceID]bool)
	var out []xray.TraceID
	add := func(id xray.TraceID) {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	for _, s := range l.waiting[i] {
		add(s.trace)
	}
	for _, p := range l.found[i] {
		places, err := p.places()
		if err != nil {
			return nil, err
		}
		for _, place := range places {
			runs, at = append(runs, p.run), append(at, int32(place))
		}
	}
	if len(runs) == 0 {
		return out, nil
	}
	rows, err := tx.Query(ctx, placesSQL, pgx.NamedArgs{"runs": runs, "places": at})
	if err != nil {
		return nil, fmt.Errorf("read traces of runs: %w", err)
	}
	var id []byte
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		if len(id) != len(xray.TraceID{}) {
			return errRun
		}
		add(xray.TraceID(id))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read traces of runs: %w", err)
	}
	return out, nil
}

// directory reads, or remembers, which segments a run has.
func (s *Store) directory(ctx context.Context, tx pgx.Tx, run int64) (*runDirectory, error) {
	if d := s.directories.get(run); d != nil {
		return d, nil
	}
	var data []byte
	if err := tx.QueryRow(ctx, "SELECT segments FROM term_runs WHERE id = $1", run).Scan(&data); err != nil {
		return nil, fmt.Errorf("run %d: %w", run, err)
	}
	d, err := parseDirectory(data)
	if err != nil {
		return nil, fmt.Errorf("run %d: %w", run, err)
	}
	s.directories.put(run, d)
	return d, nil
}

// addSegments adds the segments that places, which rise, are in.
func (d *runDirectory) addSegments(to map[int64]bool, places []uint32) {
	at := 0
	for _, place := range places {
		if at > 0 && (at == len(d.first) || place < d.first[at]) {
			continue // in the segment before at, which is there
		}
		rest, _ := slices.BinarySearchFunc(d.first[at:], place, func(first, place uint32) int {
			if first <= place {
				return -1
			}
			return 1
		})
		at += rest
		if at > 0 {
			to[d.segments[at-1]] = true
		}
	}
}

func uuids[T ~[16]byte](ids []T) []pgtype.UUID {
	out := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		out[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return out
}
