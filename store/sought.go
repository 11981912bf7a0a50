package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	// fewTraces is how many executions are looked up by their ids rather than
	// found on the way down the list.
	fewTraces = 2000
	// manyPlaces is when the index of attributes is no help: reading everything
	// costs no more.
	manyPlaces = 50_000
	// largeRow is how many segments of one execution are read at once.
	largeRow = 8
	// readAtOnce is how many segments are read at most between looks at the clock.
	readAtOnce = 128
)

// sought decides the conditions that no column knows: on attributes and text.
// The index of attributes (docs/adr/009) says which executions and which
// segments need not be looked at; the others' bytes decide.
type sought struct {
	*Store
	project    int32
	conditions []xray.Condition
	finder     xray.Finder
	// maybe are the segments on whose spans a condition may hold, by condition;
	// nil if the index cannot tell.
	maybe  []map[int64]bool
	atOnce int                   // segments to read next, but for those that the page has room for
	among  map[xray.TraceID]bool // the executions of which it may hold, if they are few
	read   map[int64][]xray.Hit  // of the segments that were read
}

// soughtRow is an execution that holds everything else.
type soughtRow struct {
	xray.ExecutionCursor
	first, last    int64 // segments
	name, headline string
	segments       []signalled
}

// signalled is a segment and what is in it.
type signalled struct {
	id     int64
	signal xray.Signal
}

func (s *Store) newSought(project int32, conditions []xray.Condition) (*sought, error) {
	finder, err := s.opts.Codec.Finder(project, conditions)
	if err != nil {
		return nil, err
	}
	return &sought{
		Store: s, project: project, conditions: conditions, finder: finder,
		maybe: make([]map[int64]bool, len(conditions)), read: make(map[int64][]xray.Hit),
	}, nil
}

// onText reports whether some condition is on text.
func (q *sought) onText() bool {
	return slices.ContainsFunc(q.conditions, func(c xray.Condition) bool { return inTexts(c.Field) })
}

// inTexts reports whether conditions on f are looked for in all texts.
func inTexts(f xray.Field) bool { return f == xray.FieldText || f == xray.FieldItem }

// sift keeps of the rows, which come newest first, those that hold all
// conditions, at most limit. When the limit is reached or the time runs out
// before all are decided, the last that is decided becomes the last seen.
func (q *sought) sift(ctx context.Context, seen *looked, limit int, end time.Time) error {
	rows := seen.found
	if err := q.locate(ctx, rows); err != nil {
		return err
	}
	var found []soughtRow
	decided := 0
	for decided < len(rows) && len(found) < limit && (decided == 0 || time.Now().Before(end)) {
		if row := &rows[decided]; len(row.segments) > largeRow {
			holds, err := q.decideLarge(ctx, row)
			if err != nil {
				return err
			}
			if decided++; holds {
				found = append(found, *row)
			}
			continue
		}
		some, unread := q.nextRows(rows[decided:], max(limit-len(found), q.atOnce))
		if err := q.readSegments(ctx, unread); err != nil {
			return err
		}
		q.atOnce = min(2*q.atOnce+1, readAtOnce) // what is sought is rare
		for i := 0; i < len(some) && len(found) < limit; i++ {
			decided++
			if q.holds(&some[i]) {
				found = append(found, some[i])
			}
		}
	}
	seen.found = found
	if decided < len(rows) {
		seen.last = &rows[decided-1].ExecutionCursor
	}
	return nil
}

// decideLarge reads the segments of an execution with many, until it is decided:
// what is frequent is in the first.
func (q *sought) decideLarge(ctx context.Context, row *soughtRow) (bool, error) {
	negated := slices.ContainsFunc(q.conditions, func(c xray.Condition) bool { return c.Not })
	for some := range slices.Chunk(row.segments, largeRow) {
		var unread []signalled
		for _, seg := range some {
			if _, done := q.read[seg.id]; !done && q.tells(seg) {
				unread = append(unread, seg)
			}
		}
		if err := q.readSegments(ctx, unread); err != nil {
			return false, err
		}
		if !negated && q.holds(row) {
			return true, nil
		}
	}
	return q.holds(row), nil
}

// nextRows takes so many rows, at least one, that few segments have to be read
// to decide them.
func (q *sought) nextRows(rows []soughtRow, few int) ([]soughtRow, []signalled) {
	var unread []signalled
	listed := make(map[int64]bool)
	for i, row := range rows {
		more := unread
		for _, seg := range row.segments {
			if _, done := q.read[seg.id]; !done && !listed[seg.id] && q.tells(seg) {
				listed[seg.id] = true
				more = append(more, seg)
			}
		}
		if i > 0 && (len(more) > few || len(row.segments) > largeRow) {
			return rows[:i], unread
		}
		unread = more
	}
	return rows, unread
}

// tells reports whether a segment may hold what some condition is about.
func (q *sought) tells(seg signalled) bool {
	for i, c := range q.conditions {
		switch {
		case seg.signal == xray.SignalLogs && !inTexts(c.Field):
		case q.maybe[i] == nil || q.maybe[i][seg.id]:
			return true
		}
	}
	return false
}

// holds decides a row whose segments have been read.
func (q *sought) holds(row *soughtRow) bool {
	var holds uint64
	for _, seg := range row.segments {
		for _, hit := range q.read[seg.id] {
			if hit.TraceID == row.TraceID {
				holds |= hit.Holds
			}
		}
	}
	for i, c := range q.conditions {
		is := holds>>i&1 == 1 || c.Field == xray.FieldText && said(c, row)
		if is == c.Not {
			return false
		}
	}
	return true
}

// said reports whether the name or the headline of an execution holds a text.
func said(c xray.Condition, row *soughtRow) bool {
	for _, v := range c.Values {
		wanted := strings.ToLower(v.Text)
		if strings.Contains(strings.ToLower(row.name), wanted) || strings.Contains(strings.ToLower(row.headline), wanted) {
			return true
		}
	}
	return false
}

const (
	// Rides on steps_trace in the partitions of the range.
	locateStepsSQL = `
SELECT k.n, s.segment, 1::smallint FROM unnest(@traces::uuid[]) WITH ORDINALITY AS k (trace_id, n)
JOIN steps s ON s.project_id = @project AND s.trace_id = k.trace_id AND s.segment BETWEEN @first AND @last`
	// Rides on log_refs_trace, likewise.
	locateLogsSQL = `
SELECT DISTINCT k.n, l.segment, 2::smallint FROM unnest(@traces::uuid[]) WITH ORDINALITY AS k (trace_id, n)
JOIN log_refs l ON l.project_id = @project AND l.trace_id = k.trace_id AND l.segment BETWEEN @first AND @last`
)

// locate finds the segments of rows. An execution that came at once lies in the
// one that its row names.
func (q *sought) locate(ctx context.Context, rows []soughtRow) error {
	var spread []*soughtRow
	all := make([]*soughtRow, len(rows))
	for i := range rows {
		all[i] = &rows[i]
		if rows[i].first == rows[i].last {
			rows[i].segments = []signalled{{rows[i].first, xray.SignalTraces}}
		} else {
			spread = append(spread, &rows[i])
		}
	}
	if err := q.locateIn(ctx, locateStepsSQL, spread); err != nil {
		return err
	}
	if q.onText() {
		return q.locateIn(ctx, locateLogsSQL, spread)
	}
	return nil
}

func (q *sought) locateIn(ctx context.Context, sql string, rows []*soughtRow) error {
	if len(rows) == 0 {
		return nil
	}
	traces := make([][16]byte, len(rows))
	first, last := rows[0].first, rows[0].last
	for i, row := range rows {
		traces[i] = row.TraceID
		first, last = min(first, row.first), max(last, row.last)
	}
	found, err := q.of(q.project).Query(ctx, sql, pgx.NamedArgs{"project": q.project, "traces": uuids(traces), "first": first, "last": last})
	if err != nil {
		return fmt.Errorf("find segments: %w", err)
	}
	var n int
	var seg signalled
	_, err = pgx.ForEachRow(found, []any{&n, &seg.id, &seg.signal}, func() error {
		if row := rows[n-1]; !slices.Contains(row.segments, seg) {
			row.segments = append(row.segments, seg)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find segments: %w", err)
	}
	return nil
}
