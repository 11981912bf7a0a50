package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/xraytrace/xray"
)

// tellWorker makes deliveries of what has happened.
type tellWorker struct {
	river.WorkerDefaults[tellArgs]
	*Store
}

// Timeout implements river.Worker.
func (w *tellWorker) Timeout(*river.Job[tellArgs]) time.Duration { return time.Minute }

// Work implements river.Worker. Deliveries are made, and the job is done, all or
// nothing: whatever a process dies of, each hook is told of a fact once.
func (w *tellWorker) Work(ctx context.Context, job *river.Job[tellArgs]) error {
	project := job.Args.ProjectID
	hooks, err := w.toldHooks(ctx, project)
	if err != nil {
		return err
	}
	told, err := w.deliveriesOf(ctx, project, hooks, job.Args.Happened)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		for _, h := range hooks { // in order of their numbers: no deadlocks
			if err := w.enqueueDeliveries(ctx, tx, project, h.ID, told[h.ID]); err != nil {
				return err
			}
		}
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
}

// toldHooks are a project's hooks that are told anything.
func (s *Store) toldHooks(ctx context.Context, project int32) ([]sealedHook, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+hookColumns+" FROM webhooks WHERE project_id = $1 AND NOT paused ORDER BY id", project)
	if err != nil {
		return nil, fmt.Errorf("read webhooks: %w", err)
	}
	hooks, err := pgx.CollectRows(rows, scanHook)
	if err != nil {
		return nil, fmt.Errorf("read webhooks: %w", err)
	}
	return hooks, nil
}

// deliveriesOf returns by hook what it is to be told.
func (w *tellWorker) deliveriesOf(ctx context.Context, project int32, hooks []sealedHook, happened []toldFact) (map[int64][]newDelivery, error) {
	var traces []xray.TraceID
	for _, f := range happened {
		if id, err := xray.ParseTraceID(f.Trace); err == nil {
			traces = append(traces, id)
		}
	}
	found, err := w.ExecutionsOf(ctx, project, traces)
	if err != nil {
		return nil, err
	}
	executions := make(map[string]*xray.Execution, len(found))
	for i := range found {
		executions[found[i].TraceID.String()] = &found[i]
	}
	slug, err := w.slugOf(ctx, project)
	if err != nil {
		return nil, err
	}
	told := make(map[int64][]newDelivery)
	for _, h := range hooks {
		chosen, err := w.chosenBy(ctx, h.Hook, traces)
		if err != nil {
			return nil, err
		}
		for _, f := range happened {
			e := executions[f.Trace] // deleted meanwhile: nil
			if e != nil && wants(&h.Hook, f.Event) && (chosen == nil || chosen[e.TraceID]) {
				told[h.ID] = append(told[h.ID], newDelivery{fact: f.Fact, notice: w.noticeOf(slug, f.Event, e)})
			}
		}
	}
	return told, nil
}

// chosenBy says which executions a hook's query chooses; nil stands for all. A
// query that cannot be read any more chooses none.
func (w *tellWorker) chosenBy(ctx context.Context, h xray.Hook, traces []xray.TraceID) (map[xray.TraceID]bool, error) {
	if h.Query == "" {
		return nil, nil
	}
	filter, err := w.opts.Outlet.Filter(h.Query)
	if err != nil {
		w.log.Warn("a webhook's query cannot be read; it is told of no executions", "project", h.ProjectID, "webhook", h.ID, "error", err)
		return map[xray.TraceID]bool{}, nil
	}
	return w.among(ctx, h.ProjectID, filter, traces)
}

// among returns which of some executions a filter lets through.
func (s *Store) among(ctx context.Context, project int32, filter xray.Filter, traces []xray.TraceID) (map[xray.TraceID]bool, error) {
	sel, err := selects(project, filter, s.clock())
	if err != nil {
		return nil, err
	}
	// Their keys are the way to them, whatever else there is to say.
	sel.args["told"] = uuids(traces)
	sel.anchor += "\n  AND e.trace_id = ANY(@told::uuid[])"
	found := make(map[xray.TraceID]bool, len(traces))
	var after *xray.ExecutionCursor
	for {
		page, err := s.seek(ctx, sel, after, len(traces)+1)
		if err != nil {
			return nil, fmt.Errorf("choose executions: %w", err)
		}
		for _, e := range page.Executions {
			found[e.TraceID] = true
		}
		if after = page.Next; after == nil {
			return found, nil
		}
	}
}

// noticeOf is what is told of an execution: never anything of its payloads.
func (s *Store) noticeOf(slug string, event xray.HookEvent, e *xray.Execution) xray.Notice {
	return xray.Notice{
		Type: event, Version: xray.NoticeVersion, Timestamp: s.clock().UTC(), Project: slug,
		Data: xray.NoticeData{Execution: &xray.NoticeExecution{
			ID: e.TraceID.String(), ExecutionID: e.ExecutionID, Name: e.Name, Status: e.Status.String(), Headline: e.Headline,
			StartedAt: e.Start.Time(), DurationMs: max(0, int64(e.End-e.Start)) / int64(time.Millisecond),
			Steps: e.StepCount, Errors: e.ErrorCount, CostUSD: e.CostUSD,
		}},
	}
}

func (s *Store) slugOf(ctx context.Context, project int32) (slug string, err error) {
	if err := s.pool.QueryRow(ctx, "SELECT slug FROM projects WHERE id = $1", project).Scan(&slug); err != nil {
		return "", fmt.Errorf("read the project's name: %w", err)
	}
	return slug, nil
}
