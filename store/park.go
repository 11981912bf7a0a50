package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// A project may have only so many explanations under way that ask a model.
// Jobs beyond that leave River's queue, so that they hold no worker back from
// other projects: their row is parked, and every job that ends lets the next
// one of its project in again.

// parkClass is the class of the advisory locks under which jobs of one project
// are counted, parked and let in.
const (
	parkClass = 0x7872706b
	anyRoom   = 1000
)

const (
	lookSQL = `
SELECT project_id FROM reasoning_jobs
WHERE id = @id AND ticket = @ticket AND status IN ('pending', 'processing') AND NOT facts_only`

	forwardSQL = `
UPDATE reasoning_jobs SET status = 'pending', queue = @queue, ticket = @ticket, worker = NULL WHERE id = @id
RETURNING id, asked`

	// Rides on reasoning_jobs_processing, which is small.
	underWaySQL = `
SELECT count(*) FROM reasoning_jobs WHERE project_id = @project AND status = 'processing' AND NOT facts_only AND id <> @id`

	parkSQL = `UPDATE reasoning_jobs SET status = 'pending', parked = true, worker = NULL WHERE id = @id`

	// Rides on reasoning_jobs_parked.
	unparkSQL = `
UPDATE reasoning_jobs SET parked = false, queue = @queue, ticket = @ticket
WHERE id IN (SELECT id FROM reasoning_jobs WHERE project_id = @project AND parked ORDER BY asked DESC, id LIMIT @room)
RETURNING id, asked`
)

// putAside reports whether a job is not to be done now and here: it belongs to
// the processes that may ask another model, or its project is busy. It is
// pending, and its job in River has done its work.
func (s *Store) putAside(ctx context.Context, tx pgx.Tx, args explainArgs, from string) (bool, error) {
	var project int32
	err := tx.QueryRow(ctx, lookSQL, pgx.NamedArgs{"id": args.JobID, "ticket": args.Ticket}).Scan(&project)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil // not to be done at all, or without a model
	}
	if err != nil {
		return false, fmt.Errorf("look at the job: %w", err)
	}
	queue, err := s.queue(ctx, tx, project, false)
	if err != nil {
		return false, err
	}
	if queue != from {
		return true, s.forward(ctx, tx, args.JobID, queue)
	}
	room, err := s.roomIn(ctx, tx, project, args.JobID)
	if err != nil || room > 0 {
		return false, err
	}
	if _, err := tx.Exec(ctx, parkSQL, pgx.NamedArgs{"id": args.JobID}); err != nil {
		return false, fmt.Errorf("park the job: %w", err)
	}
	return true, nil
}

// forward moves a job to another queue: the project's settings have changed, or
// a process with its model has come.
func (s *Store) forward(ctx context.Context, tx pgx.Tx, id int64, queue string) error {
	ticket := newTicket()
	rows, err := tx.Query(ctx, forwardSQL, pgx.NamedArgs{"id": id, "queue": queue, "ticket": ticket})
	if err == nil {
		_, err = s.insertAll(ctx, tx, rows, queue, ticket)
	}
	if err != nil {
		return fmt.Errorf("forward the job: %w", err)
	}
	return nil
}

// roomIn is how many more jobs of a project may be under way besides one. Until
// the transaction ends nobody else counts.
func (s *Store) roomIn(ctx context.Context, tx pgx.Tx, project int32, besides int64) (int, error) {
	settings, err := s.settingsOf(ctx, tx, []int32{project})
	if err != nil {
		return 0, err
	}
	limit := settings[project].Concurrency
	if limit == 0 {
		return anyRoom, nil
	}
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1, $2)", parkClass, project); err != nil {
		return 0, fmt.Errorf("lock the project's jobs: %w", err)
	}
	var busy int
	if err := tx.QueryRow(ctx, underWaySQL, pgx.NamedArgs{"project": project, "id": besides}).Scan(&busy); err != nil {
		return 0, fmt.Errorf("count the project's jobs: %w", err)
	}
	return limit - busy, nil
}

// unpark lets as many parked jobs of a project in as there is room for, those
// that a person waits for first.
func (s *Store) unpark(ctx context.Context, tx pgx.Tx, project int32) error {
	room, err := s.roomIn(ctx, tx, project, 0)
	if err != nil || room <= 0 {
		return err
	}
	queue, err := s.queue(ctx, tx, project, false)
	if err != nil {
		return err
	}
	ticket := newTicket()
	rows, err := tx.Query(ctx, unparkSQL, pgx.NamedArgs{"project": project, "queue": queue, "ticket": ticket, "room": room})
	if err == nil {
		_, err = s.insertAll(ctx, tx, rows, queue, ticket)
	}
	if err != nil {
		return fmt.Errorf("let parked jobs in: %w", err)
	}
	return nil
}

// unparkAll lets jobs in that nobody else will: after a change of settings, or
// when the process that should have done it is dead.
func (w *explainWorker) unparkAll(ctx context.Context) {
	rows, err := w.pool.Query(ctx, "SELECT DISTINCT project_id FROM reasoning_jobs WHERE parked")
	var projects []int32
	if err == nil {
		projects, err = pgx.CollectRows(rows, pgx.RowTo[int32])
	}
	for _, p := range projects {
		err = errors.Join(err, pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error { return w.unpark(ctx, tx, p) }))
	}
	if err != nil && ctx.Err() == nil {
		w.log.Warn("letting parked explanations in failed; it is tried again", "error", err)
	}
}

// standing is the basis of the explanation that a job would replace; zero if
// something else stands there by now, such as facts that were found since.
func standing(ctx context.Context, tx pgx.Tx, job xray.ReasoningJob) (xray.Basis, error) {
	var b xray.Basis
	var content []byte
	err := tx.QueryRow(ctx, `
		SELECT j.prompt_version, j.content
		FROM reasoning_jobs j
		JOIN reasonings r ON r.project_id = j.project_id AND r.trace_id = j.trace_id AND r.step_id = j.step_id
			AND r.prompt_version = j.prompt_version
		WHERE j.project_id = @project AND j.trace_id = @trace AND j.step_id = @step AND j.content IS NOT NULL`,
		pgx.NamedArgs{"project": job.ProjectID, "trace": job.TraceID[:], "step": spanInt(job.StepID)}).Scan(&b.PromptVersion, &content)
	if errors.Is(err, pgx.ErrNoRows) {
		return xray.Basis{}, nil
	}
	if err != nil {
		return xray.Basis{}, fmt.Errorf("look for the explanation that stands: %w", err)
	}
	b.Content = [32]byte(content)
	return b, nil
}

// replaceStanding forgets the bases of what an explanation is about to replace:
// of a whole execution everything, of a step its own and, because its words are
// part of it, that of the whole.
func replaceStanding(ctx context.Context, tx pgx.Tx, job xray.ReasoningJob) error {
	_, err := tx.Exec(ctx, `
		UPDATE reasoning_jobs SET content = NULL
		WHERE project_id = @project AND trace_id = @trace AND content IS NOT NULL AND id <> @id
		  AND (@step::bigint = 0 OR step_id IN (0, @step))`,
		pgx.NamedArgs{"project": job.ProjectID, "trace": job.TraceID[:], "step": spanInt(job.StepID), "id": job.ID})
	if err != nil {
		return fmt.Errorf("replace the explanation that stands: %w", err)
	}
	return nil
}

// contentOf is what is stored of an explanation's basis: nothing if it did not
// come about, or its basis is not known.
func contentOf(x xray.Explanation, v verdict) []byte {
	if v.status != xray.JobCompleted || x.Unchanged || x.Basis == (xray.Basis{}) {
		return nil
	}
	return x.Basis.Content[:]
}
