package store

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"
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
	found []xray.ExecutionCursor
	last  *xray.ExecutionCursor // the last row it has seen; nil if there are no more
}

// seek looks for executions that no index alone finds: it walks down the
// anchor's index and asks each row. It stops when it has enough, and when it has
// looked for long enough: then the page says so, and where to go on.
func (s *Store) seek(ctx context.Context, sel selection, after *xray.ExecutionCursor, limit int) (xray.ExecutionPage, error) {
	var page xray.ExecutionPage
	var found []xray.ExecutionCursor
	end := time.Now().Add(seekTime)
	for look := firstLook; ; look = min(4*look, lastLook) {
		seen, err := s.look(ctx, sel, after, look)
		if err != nil {
			return page, err
		}
		fits, last := seen.found, seen.last
		if !sel.steps.empty() {
			decided := 0
			if fits, decided, err = sel.steps.sift(ctx, s, sel.project(), fits, limit-len(found), end); err != nil {
				return page, err
			}
			if decided < len(seen.found) {
				last = &seen.found[decided-1]
			}
		}
		found = append(found, fits...)
		if len(found) >= limit || last == nil {
			found = found[:min(len(found), limit)]
			break
		}
		if after = last; time.Now().After(end) {
			page.Next, page.SearchedTo = after, after.Start
			break
		}
	}
	var err error
	page.Executions, err = s.byKey(ctx, sel, found)
	return page, err
}

// look asks the next rows.
func (s *Store) look(ctx context.Context, sel selection, after *xray.ExecutionCursor, look int) (looked, error) {
	sql, args := seekQuery(sel, after, look)
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return looked{}, fmt.Errorf("look at executions: %w", err)
	}
	var out looked
	var at xray.ExecutionCursor
	var n int
	var fits bool
	_, err = pgx.ForEachRow(rows, []any{&at.Start, (*[16]byte)(&at.TraceID), &n, &fits}, func() error {
		if fits {
			out.found = append(out.found, at)
		}
		if n == look {
			last := at
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
	return fmt.Sprintf(seekSQL, sel.anchor+afterSQL(after, args), cmp.Or(sel.rest, "true")), args
}

// byKey reads executions that were found. One that was deleted meanwhile is
// left out.
func (s *Store) byKey(ctx context.Context, sel selection, found []xray.ExecutionCursor) ([]xray.Execution, error) {
	if len(found) == 0 {
		return nil, nil
	}
	traces := make([]pgtype.UUID, len(found))
	for i, f := range found {
		traces[i] = pgtype.UUID{Bytes: f.TraceID, Valid: true}
	}
	rows, err := s.pool.Query(ctx, executionsByKeySQL, pgx.NamedArgs{"project": sel.project(), "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanExecution)
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	return list, nil
}
