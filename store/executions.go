package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

var (
	//go:embed executions.sql
	executionsSQL string
	//go:embed execution.sql
	executionSQL string
)

// Executions returns a page of a project's executions, newest first. A
// condition that cannot be searched for is CodeInvalid.
func (s *Store) Executions(ctx context.Context, project int32, q xray.ExecutionQuery) (xray.ExecutionPage, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = xray.DefaultLimit
	}
	limit = min(limit, xray.MaxLimit)
	sel, err := s.selects(ctx, project, q.Filter)
	if err != nil {
		return xray.ExecutionPage{}, err
	}
	var page xray.ExecutionPage
	if sel.direct() {
		page.Executions, err = s.list(ctx, sel, q.After, limit+1) // one more tells whether there is a next page
	} else {
		page, err = s.seek(ctx, sel, q.After, limit+1)
	}
	if err != nil {
		return xray.ExecutionPage{}, unavailable(fmt.Errorf("list executions: %w", err))
	}
	if len(page.Executions) > limit {
		page.Executions = page.Executions[:limit]
		last := page.Executions[limit-1]
		page.Next = &xray.ExecutionCursor{Start: last.Start, TraceID: last.TraceID}
		page.SearchedTo = 0
	}
	return page, nil
}

// list reads the first executions of an anchor after a place.
func (s *Store) list(ctx context.Context, sel selection, after *xray.ExecutionCursor, limit int) ([]xray.Execution, error) {
	sql, args := listQuery(sel, after, limit)
	rows, err := s.of(sel.project()).Query(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanExecution)
}

// listQuery puts together the conditions that a query has. A condition that is
// absent must not stand in the SQL as "@x IS NULL OR …": the planner could then
// not choose the index made for those that are there.
func listQuery(sel selection, after *xray.ExecutionCursor, limit int) (string, pgx.NamedArgs) {
	args := maps.Clone(sel.args)
	args["limit"] = limit
	return fmt.Sprintf(executionsSQL, sel.anchor+afterSQL(after, args)), args
}

// afterSQL goes on behind a place in the list.
func afterSQL(after *xray.ExecutionCursor, args pgx.NamedArgs) string {
	if after == nil {
		return ""
	}
	args["after_start"], args["after_trace"] = int64(after.Start), after.TraceID[:]
	return "\n  AND (e.start_nano, e.trace_id) < (@after_start, @after_trace::uuid)"
}

// Execution returns one execution by its trace id in hex or by the client's own
// id; of several with the same own id, the newest. None is CodeNotFound.
func (s *Store) Execution(ctx context.Context, project int32, ref string) (xray.Execution, error) {
	row := s.of(project).QueryRow(ctx, executionSQL, oneArgs(project, ref))
	var raw []byte
	e, err := scanExecutionInto(row.Scan, &raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return xray.Execution{}, noExecution(ref)
	}
	if err != nil {
		return xray.Execution{}, unavailable(fmt.Errorf("read execution: %w", err))
	}
	said, err := decodeHints(raw)
	if err != nil {
		return xray.Execution{}, err
	}
	err = said.describe(&e)
	return e, err
}

func oneArgs(project int32, ref string) pgx.NamedArgs {
	var trace []byte // NULL, which nothing equals, if ref cannot be one
	if id, err := xray.ParseTraceID(ref); err == nil {
		trace = id[:]
	}
	return pgx.NamedArgs{"project": project, "trace": trace, "own": cleanText(ref, maxHint)}
}

func scanExecution(row pgx.CollectableRow) (xray.Execution, error) {
	return scanExecutionInto(row.Scan)
}

// scanExecutionInto reads the columns that executions.sql and execution.sql
// give; more are what the second gives beyond.
func scanExecutionInto(scan func(...any) error, more ...any) (xray.Execution, error) {
	var e xray.Execution
	err := scan(append([]any{
		&e.ProjectID, (*[16]byte)(&e.TraceID), &e.ExecutionID, &e.Name, &e.Status, &e.Start, &e.End,
		&e.StepCount, &e.ErrorCount, &e.Service, &e.Models, &e.InputTokens, &e.OutputTokens,
		&e.CostUSD, &e.CostPartial, &e.SessionID, &e.UserID, &e.Environment, &e.Release, &e.Tags,
		&e.Headline, &e.Funnel, &e.HasRoot, &e.Settled,
	}, more...)...)
	if e.ExecutionID == "" {
		e.ExecutionID = e.TraceID.String()
	}
	return e, err
}
