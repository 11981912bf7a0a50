package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Finding the facts of an execution without a model costs as much as storing
// ten. So these executions are not jobs of their own: settling notes them in
// table unexplained, in its own transaction, and a worker finds the facts of
// many at once (factsworker.go) when there is time for it. What somebody reads
// before is explained for the reader.

const noteUnexplainedSQL = `
INSERT INTO unexplained (segment, project_id, trace_id)
SELECT * FROM unnest(@segments::bigint[], @projects::integer[], @traces::uuid[])
ON CONFLICT DO NOTHING`

// Rides on reasoning_jobs_open. What is being explained at this moment, because
// somebody asked, may have been read before the spans that came last.
const staleJobsSQL = `
UPDATE reasoning_jobs j SET stale = true
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
WHERE j.project_id = k.project_id AND j.trace_id = k.trace_id AND j.status = 'processing'`

// noteUnexplained asks for the facts of executions as they are now.
func (s *Store) noteUnexplained(ctx context.Context, tx pgx.Tx, all []written) error {
	if len(all) == 0 || s.opts.FactsShare < 0 {
		return nil
	}
	segments := make([]int64, len(all))
	for i, w := range all {
		segments[i] = w.version
	}
	projects, traces := keyArrays(all, func(w written) traceKey { return w.traceKey })
	_, err := tx.Exec(ctx, noteUnexplainedSQL, pgx.NamedArgs{"segments": segments, "projects": projects, "traces": traces})
	if err != nil {
		return fmt.Errorf("note what is to be explained: %w", err)
	}
	if _, err := tx.Exec(ctx, staleJobsSQL, pgx.NamedArgs{"projects": projects, "traces": traces}); err != nil {
		return fmt.Errorf("note what is to be explained again: %w", err)
	}
	return nil
}

// wakeFacts tells the worker of this process that there may be something to do.
func (s *Store) wakeFacts() {
	select {
	case s.facts <- struct{}{}:
	default:
	}
}

// Rides on the primary keys of executions, unexplained and reasonings.
const factsJobSQL = `
SELECT EXISTS (SELECT FROM unexplained u
               WHERE u.segment = e.last_segment AND u.project_id = e.project_id AND u.trace_id = e.trace_id),
       (SELECT r.created_at FROM reasonings r
        WHERE r.project_id = e.project_id AND r.trace_id = e.trace_id AND r.step_id = 0 AND r.source = 'facts')
FROM executions e
WHERE e.project_id = @project AND e.trace_id = @trace`

// factsJob is how the finding of facts looks as a job: one without an id, since
// it has no row of its own. nil if nobody asked for any.
func (s *Store) factsJob(ctx context.Context, project int32, id xray.TraceID) (*xray.ReasoningJob, error) {
	var waits bool
	var made *time.Time
	err := s.of(project).QueryRow(ctx, factsJobSQL, pgx.NamedArgs{"project": project, "trace": id[:]}).Scan(&waits, &made)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for facts: %w", err)
	}
	job := &xray.ReasoningJob{ProjectID: project, TraceID: id, FactsOnly: true}
	switch {
	case waits:
		job.Status = xray.JobPending
	case made != nil:
		job.Status, job.Attempts = xray.JobCompleted, 1
		job.CreatedAt, job.UpdatedAt, job.FinishedAt = *made, *made, made
	default:
		return nil, nil
	}
	return job, nil
}

// Backlog counts what is still to be done for executions that have arrived.
type Backlog struct {
	Unsettled   int // totals are provisional
	Unexplained int // facts are still to be found
}

// maxCounted bounds what counting a backlog costs.
const maxCounted = 1_000_000

// Backlog returns how much is waiting, each at most a million.
func (s *Store) Backlog(ctx context.Context) (b Backlog, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM (SELECT FROM unsettled LIMIT $1) AS u),
		       (SELECT count(*) FROM (SELECT FROM unexplained LIMIT $1) AS u)`, maxCounted).Scan(&b.Unsettled, &b.Unexplained)
	if err != nil {
		return b, unavailable(fmt.Errorf("count what waits: %w", err))
	}
	return b, nil
}
