package store

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/xraytrace/xray"
)

var (
	//go:embed seek.sql
	seekSQL string
	//go:embed executionsbykey.sql
	executionsByKeySQL string
)

// What one request may look at: rows in the first and in the last query, and
// how long it may go on asking.
const (
	firstLook = 500
	lastLook  = 20_000
	seekTime  = 1500 * time.Millisecond
)

// looked is what one query of a search has seen.
type looked struct {
	found []soughtRow           // those that fit
	last  *xray.ExecutionCursor // the last row it has seen; nil if there are no more
}

// seek looks for executions that no index alone finds: it walks down the
// anchor's index and asks each row. It stops when it has enough, and when it has
// looked for long enough: then the page says so, and where to go on.
func (s *Store) seek(ctx context.Context, sel selection, after *xray.ExecutionCursor, limit int) (page xray.ExecutionPage, err error) {
	var found []soughtRow
	end := time.Now().Add(seekTime)
	look := firstLook
	var q *sought
	if len(sel.sought) > 0 {
		if q, look, err = s.seekBytes(ctx, &sel, limit); err != nil || look == 0 {
			return page, err
		}
	}
	for {
		begun := time.Now()
		seen, err := s.look(ctx, sel, after, look)
		if err != nil {
			return page, err
		}
		look = nextLook(look, time.Since(begun))
		if err := sel.siftSteps(ctx, s, &seen, limit-len(found), end); err != nil {
			return page, err
		}
		if q != nil {
			if err := q.sift(ctx, &seen, limit-len(found), end); err != nil {
				return page, err
			}
		}
		found, after = append(found, seen.found...), seen.last
		if len(found) >= limit || after == nil {
			found = found[:min(len(found), limit)]
			break
		}
		if time.Now().After(end) {
			page.Next, page.SearchedTo = after, after.Start
			break
		}
	}
	page.Executions, err = s.byKey(ctx, sel, found)
	return page, err
}

// nextLook is how many rows to look at after a query for some rows has taken so
// long. Rows may hold much to look through, and a query is not broken off.
func nextLook(look int, took time.Duration) int {
	if took > seekTime/6 {
		return max(look/2, firstLook)
	}
	return min(4*look, lastLook)
}

// siftSteps keeps of what was seen those with the steps that are wanted.
func (s *selection) siftSteps(ctx context.Context, store *Store, seen *looked, limit int, end time.Time) error {
	if s.steps.empty() {
		return nil
	}
	rows := seen.found
	places := make([]xray.ExecutionCursor, len(rows))
	for i, row := range rows {
		places[i] = row.ExecutionCursor
	}
	fits, decided, err := s.steps.sift(ctx, store, s.project(), places, limit, end)
	if err != nil {
		return err
	}
	if decided < len(rows) {
		seen.last = &rows[decided-1].ExecutionCursor
	}
	seen.found = nil
	for _, row := range rows[:decided] {
		if len(fits) > 0 && row.ExecutionCursor == fits[0] {
			seen.found, fits = append(seen.found, row), fits[1:]
		}
	}
	return nil
}

// seekBytes prepares a search for what only the bytes of segments know. It
// narrows the selection if the index of attributes can, and says how many rows
// to look at first: 0 if there is none to be found.
func (s *Store) seekBytes(ctx context.Context, sel *selection, limit int) (*sought, int, error) {
	q, err := s.newSought(sel.project(), sel.sought)
	if err != nil {
		return nil, 0, err
	}
	traces, few, err := q.narrow(ctx)
	if err != nil || few && len(traces) == 0 {
		return nil, 0, err
	}
	if !few {
		return q, 2 * limit, nil
	}
	sel.among(traces)
	q.among = make(map[xray.TraceID]bool, len(traces))
	for _, id := range traces {
		q.among[id] = true
	}
	return q, len(traces) + 1, nil
}

// among narrows a selection to some executions.
func (s *selection) among(traces []xray.TraceID) {
	name := fmt.Sprintf("among%d", len(s.args))
	s.args = maps.Clone(s.args)
	s.args[name] = uuids(traces)
	s.anchor += "\n  AND e.trace_id = ANY(@" + name + "::uuid[])"
}

// look asks the next rows.
func (s *Store) look(ctx context.Context, sel selection, after *xray.ExecutionCursor, look int) (looked, error) {
	sql, args := seekQuery(sel, after, look)
	rows, err := s.of(sel.project()).Query(ctx, sql, args)
	if err != nil {
		return looked{}, fmt.Errorf("look at executions: %w", err)
	}
	var out looked
	var at soughtRow
	var n int
	var fits bool
	_, err = pgx.ForEachRow(rows, []any{&at.Start, (*[16]byte)(&at.TraceID), &at.first, &at.last, &at.name, &at.headline, &n, &fits}, func() error {
		if fits {
			out.found = append(out.found, at)
		}
		if n == look {
			last := at.ExecutionCursor
			out.last = &last
		}
		return nil
	})
	if err != nil {
		return looked{}, fmt.Errorf("look at executions: %w", err)
	}
	return out, nil
}

func seekQuery(sel selection, after *xray.ExecutionCursor, look int) (string, pgx.NamedArgs) {
	args := maps.Clone(sel.args)
	args["look"] = look
	name, headline := "''", "''"
	if slices.ContainsFunc(sel.sought, func(c xray.Condition) bool { return c.Field == xray.FieldText }) {
		name, headline = "e.name", "e.headline"
	}
	return fmt.Sprintf(seekSQL, sel.anchor+afterSQL(after, args), cmp.Or(sel.rest, "true"), name, headline), args
}

// byKey reads executions that were found. One that was deleted meanwhile is
// left out.
func (s *Store) byKey(ctx context.Context, sel selection, found []soughtRow) ([]xray.Execution, error) {
	if len(found) == 0 {
		return nil, nil
	}
	traces := make([]pgtype.UUID, len(found))
	for i, f := range found {
		traces[i] = pgtype.UUID{Bytes: f.TraceID, Valid: true}
	}
	rows, err := s.of(sel.project()).Query(ctx, executionsByKeySQL, pgx.NamedArgs{"project": sel.project(), "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanExecution)
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	return list, nil
}
