package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

var (
	//go:embed executions.sql
	executionsSQL string
	//go:embed execution.sql
	executionSQL string
)

// Executions returns a page of a project's executions, newest first.
func (s *Store) Executions(ctx context.Context, project int32, q xray.ExecutionQuery) (xray.ExecutionPage, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = xray.DefaultLimit
	}
	limit = min(limit, xray.MaxLimit)
	sql, args := listQuery(project, q, limit+1) // one more tells whether there is a next page
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return xray.ExecutionPage{}, unavailable(fmt.Errorf("list executions: %w", err))
	}
	list, err := pgx.CollectRows(rows, scanExecution)
	if err != nil {
		return xray.ExecutionPage{}, unavailable(fmt.Errorf("list executions: %w", err))
	}
	page := xray.ExecutionPage{Executions: list}
	if len(list) > limit {
		page.Executions = list[:limit]
		last := list[limit-1]
		page.Next = &xray.ExecutionCursor{Start: last.Start, TraceID: last.TraceID}
	}
	return page, nil
}

// listQuery puts together the conditions that a query has. A condition that is
// absent must not stand in the SQL as "@x IS NULL OR …": the planner could then
// not choose the index made for those that are there.
func listQuery(project int32, q xray.ExecutionQuery, limit int) (string, pgx.NamedArgs) {
	args := pgx.NamedArgs{"project": project, "limit": limit}
	where := ""
	and := func(condition, name string, value any) {
		where += "\n  AND " + condition
		args[name] = value
	}
	if q.Status != nil {
		// A literal: the partial indexes on status match constants only.
		where += fmt.Sprintf("\n  AND status = %d", *q.Status)
	}
	if q.Name != "" {
		and("name = @name", "name", cleanText(q.Name, maxName))
	}
	if q.Service != "" {
		and("service = @service", "service", cleanText(q.Service, maxName))
	}
	if q.Session != "" {
		and("session_id = @session AND session_id <> ''", "session", cleanText(q.Session, maxHint))
	}
	if q.User != "" {
		and("user_id = @user AND user_id <> ''", "user", cleanText(q.User, maxHint))
	}
	if q.Since != 0 {
		and("start_nano >= @since", "since", int64(q.Since))
	}
	if q.Until != 0 {
		and("start_nano < @until", "until", int64(q.Until))
	}
	if q.MinNano > 0 {
		and("end_nano - start_nano >= @min", "min", q.MinNano)
		for _, bound := range slowBounds() {
			if q.MinNano >= bound { // a literal, as with status
				where += fmt.Sprintf("\n  AND end_nano - start_nano >= %d", bound)
				break
			}
		}
	}
	if q.After != nil {
		and("(start_nano, trace_id) < (@after_start, @after_trace::uuid)", "after_start", int64(q.After.Start))
		args["after_trace"] = q.After.TraceID[:]
	}
	return fmt.Sprintf(executionsSQL, where), args
}

// slowBounds are those of the indexes executions_100s, _10s and _1s.
func slowBounds() [3]int64 { return [...]int64{100e9, 10e9, 1e9} }

// Execution returns one execution by its trace id in hex or by the client's own
// id; of several with the same own id, the newest. None is CodeNotFound.
func (s *Store) Execution(ctx context.Context, project int32, ref string) (xray.Execution, error) {
	row := s.pool.QueryRow(ctx, executionSQL, oneArgs(project, ref))
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
