package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/xraytrace/xray"
)

const (
	// A process that works holds the advisory lock (aliveClass, its instance
	// number). PostgreSQL lets go of it when the process dies, and so the others
	// know whose jobs to take over.
	aliveClass  = 0x78726179
	takeOver    = 10 * time.Second // between looks for jobs of the dead
	startAgain  = time.Second      // between attempts to start without a database
	stopPatient = 5 * time.Second  // how long a stopping worker may finish its jobs
)

// RunJobs explains what was asked for. It blocks until ctx ends and its jobs
// have ended or, after five seconds, were told to. A job whose process dies is
// taken over by another process, or by this one when it is back. While the
// database is away it waits.
func (s *Store) RunJobs(ctx context.Context, explainer Explainer) error {
	w := &explainWorker{Store: s, explainer: explainer}
	client, err := w.client()
	if err != nil {
		return err
	}
	for {
		err := w.start(ctx, client)
		if err == nil {
			break
		}
		w.release(context.WithoutCancel(ctx))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		w.log.Warn("the job queue does not start; it is tried again", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(startAgain):
		}
	}
	ticker := time.NewTicker(takeOver)
	defer ticker.Stop()
	for ctx.Err() == nil {
		select {
		case <-ticker.C:
			w.stayAlive(ctx)
			w.takeOverJobs(ctx)
		case <-ctx.Done():
		}
	}
	return w.stop(ctx, client)
}

// start takes this process's number and its lock, and lets River work.
func (w *explainWorker) start(ctx context.Context, client *river.Client[pgx.Tx]) error {
	if err := w.ingest.number(ctx); err != nil {
		return fmt.Errorf("number this process: %w", err)
	}
	w.instance = int32(w.ingest.ids.instance)
	w.stayAlive(ctx)
	w.takeOverJobs(ctx)
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	return nil
}

// explainWorker carries out reasoning jobs for River.
type explainWorker struct {
	river.WorkerDefaults[explainArgs]
	*Store
	explainer Explainer
	instance  int32
	alive     *pgxpool.Conn // holds the lock that says that we live
}

func (w *explainWorker) client() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, w); err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	if err := river.AddWorkerSafely(workers, &expireWorker{Store: w.Store}); err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{
		Schema:  riverSchema,
		Logger:  w.log,
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			explainQueue: {MaxWorkers: w.opts.JobWorkers},
			upkeepQueue:  {MaxWorkers: 1},
		},
		PeriodicJobs: []*river.PeriodicJob{expirePeriodically()},
		// Our own row decides about attempts; River's count only bounds ghosts.
		MaxAttempts:          25,
		JobTimeout:           w.opts.JobTimeout,
		RescueStuckJobsAfter: w.opts.JobTimeout + time.Minute,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	return client, nil
}

// stop lets jobs finish for a while, then cancels them: they are pending again.
func (w *explainWorker) stop(ctx context.Context, client *river.Client[pgx.Tx]) error {
	final := context.WithoutCancel(ctx)
	soft, cancel := context.WithTimeout(final, stopPatient)
	defer cancel()
	if err := client.Stop(soft); err != nil {
		hard, cancel := context.WithTimeout(final, stopPatient)
		defer cancel()
		if err := client.StopAndCancel(hard); err != nil {
			w.log.Warn("the job queue did not stop in time", "error", err)
		}
	}
	w.release(final)
	return ctx.Err()
}

// release gives up the lock of this process, and its connection.
func (w *explainWorker) release(ctx context.Context) {
	if w.alive == nil {
		return
	}
	_, _ = w.alive.Exec(ctx, "SELECT pg_advisory_unlock($1, $2)", aliveClass, w.instance)
	w.alive.Release()
	w.alive = nil
}

// stayAlive holds the lock of this process, also after a lost connection.
func (w *explainWorker) stayAlive(ctx context.Context) {
	if w.alive != nil {
		if w.alive.Ping(ctx) == nil || ctx.Err() != nil {
			return
		}
		_ = w.alive.Conn().Close(ctx)
		w.alive.Release()
		w.alive = nil
	}
	conn, err := w.pool.Acquire(ctx)
	if err != nil {
		w.log.Warn("cannot say that this process is alive", "error", err)
		return
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1, $2)", aliveClass, w.instance); err != nil {
		conn.Release()
		w.log.Warn("cannot say that this process is alive", "error", err)
		return
	}
	w.alive = conn
}

const orphansSQL = `
UPDATE reasoning_jobs j
SET status = 'pending', worker = NULL, ticket = @ticket, updated_at = @now
WHERE j.status = 'processing' AND NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = @class::oid AND l.objid = j.worker::oid AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
RETURNING id`

// takeOverJobs makes jobs of dead processes pending again under a new ticket.
// River would find them, too, but only after the longest time a job may take.
func (w *explainWorker) takeOverJobs(ctx context.Context) {
	err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		ticket := newTicket()
		rows, err := tx.Query(ctx, orphansSQL, pgx.NamedArgs{"ticket": ticket, "now": w.clock(), "class": aliveClass})
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		params := make([]river.InsertManyParams, len(ids))
		for i, id := range ids {
			params[i] = insertParams(explainArgs{JobID: id, Ticket: ticket}, prioritySettled)
		}
		return w.insertJobs(ctx, tx, params)
	})
	if err != nil && ctx.Err() == nil {
		w.log.Warn("taking over jobs failed; it is tried again", "error", err)
	}
}

// Work implements river.Worker.
func (w *explainWorker) Work(ctx context.Context, job *river.Job[explainArgs]) error {
	row, err := w.begin(ctx, job.Args)
	if errors.Is(err, errGhost) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("begin reasoning job %d: %w", job.Args.JobID, err)
	}
	x, failure := w.explain(ctx, row)
	// What has been found out, and paid for, is saved even when the time is up.
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	var again time.Duration
	err = pgx.BeginFunc(saving, w.pool, func(tx pgx.Tx) error {
		var err error
		again, err = w.end(saving, tx, job, row, x, w.verdict(ctx, row, failure))
		return err
	})
	if errors.Is(err, errGhost) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("finish reasoning job %d: %w", row.ID, err)
	}
	if again > 0 {
		return river.JobSnooze(again)
	}
	return nil
}

// explain turns a panic into an error: it counts as an attempt, too.
func (w *explainWorker) explain(ctx context.Context, row xray.ReasoningJob) (x xray.Explanation, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.explainer.Explain(ctx, row)
}

const beginSQL = `
UPDATE reasoning_jobs
SET status = 'processing', attempts = attempts + 1, worker = @worker, stale = false, updated_at = @now
WHERE id = @id AND ticket = @ticket AND status IN ('pending', 'processing')
RETURNING ` + jobColumns

// begin takes the job; errGhost if it is not ours to do.
func (w *explainWorker) begin(ctx context.Context, args explainArgs) (row xray.ReasoningJob, err error) {
	err = pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, beginSQL, pgx.NamedArgs{
			"worker": w.instance, "now": w.clock(), "id": args.JobID, "ticket": args.Ticket,
		})
		if err != nil {
			return err
		}
		row, err = pgx.CollectExactlyOneRow(rows, scanJob)
		if errors.Is(err, pgx.ErrNoRows) {
			return errGhost
		}
		if err != nil {
			return err
		}
		return notify(ctx, tx, []traceKey{{row.ProjectID, row.TraceID}})
	})
	return row, err
}

// verdict is what becomes of a job.
type verdict struct {
	status   xray.JobStatus
	message  string        // for people
	again    time.Duration // pending: until the next attempt
	attempts int
}

func (w *explainWorker) verdict(ctx context.Context, row xray.ReasoningJob, failure error) verdict {
	v := verdict{status: xray.JobCompleted, attempts: row.Attempts}
	if failure == nil {
		return v
	}
	known, isKnown := errors.AsType[*xray.Error](failure)
	switch {
	case isKnown:
		v.message = known.Message
	case errors.Is(failure, context.DeadlineExceeded):
		v.message = fmt.Sprintf("the explanation took longer than %s", readable(w.opts.JobTimeout))
	case ctx.Err() != nil: // told to stop: it does not count as an attempt
		return verdict{status: xray.JobPending, again: time.Millisecond, attempts: row.Attempts - 1}
	default:
		v.message = "the explanation failed inside the server; its log says more"
		w.log.Error("an explanation failed", "job", row.ID, "trace", row.TraceID, "attempt", row.Attempts, "error", failure)
	}
	final := isKnown && (known.Code == xray.CodeInvalid || known.Code == xray.CodeNotFound)
	if final || row.Attempts >= w.opts.JobAttempts {
		v.status = xray.JobFailed
		return v
	}
	v.status, v.again = xray.JobPending, w.backoff(row.Attempts)
	if isKnown && known.RetryAfter > 0 {
		v.again = known.RetryAfter
	}
	return v
}

const endSQL = `
UPDATE reasoning_jobs
SET status = @status, error = @error, attempts = @attempts, worker = NULL,
    model = CASE WHEN @model::text <> '' THEN @model ELSE model END,
    input_tokens = input_tokens + @input, output_tokens = output_tokens + @output,
    cost_usd = CASE WHEN @cost::double precision IS NULL THEN cost_usd ELSE coalesce(cost_usd, 0) + @cost END,
    updated_at = @now, finished_at = @finished
WHERE id = @id AND ticket = @ticket AND status = 'processing'
RETURNING stale`

// end stores what the explanation brought, and the state of the job, and River's
// view of it, all or nothing. It returns after what time to try again, 0 for
// never; errGhost if another has taken the job over.
func (w *explainWorker) end(ctx context.Context, tx pgx.Tx, job *river.Job[explainArgs], row xray.ReasoningJob,
	x xray.Explanation, v verdict) (time.Duration, error) {
	now := w.clock()
	var finished *time.Time
	if v.status != xray.JobPending {
		finished = &now
	}
	var stale bool
	err := tx.QueryRow(ctx, endSQL, pgx.NamedArgs{
		"status": string(v.status), "error": cleanText(v.message, 4096), "attempts": v.attempts,
		"model": cleanText(x.Model, maxName), "input": x.InputTokens, "output": x.OutputTokens, "cost": x.CostUSD,
		"now": now, "finished": finished, "id": row.ID, "ticket": job.Args.Ticket,
	}).Scan(&stale)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errGhost
	}
	if err != nil {
		return 0, fmt.Errorf("end the job: %w", err)
	}
	if v.status == xray.JobCompleted || len(x.Facts) > 0 || len(x.Reasonings) > 0 {
		if err := saveExplanation(ctx, tx, row, x, now); err != nil {
			return 0, err
		}
	}
	key := traceKey{row.ProjectID, row.TraceID}
	if stale && finished != nil && row.StepID.IsZero() { // spans came while it was explained
		if err := w.enqueueExplanations(ctx, tx, []traceKey{key}); err != nil {
			return 0, err
		}
	}
	if err := notify(ctx, tx, []traceKey{key}); err != nil {
		return 0, err
	}
	if v.status == xray.JobPending {
		return max(v.again, time.Millisecond), nil
	}
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job); err != nil {
		return 0, fmt.Errorf("complete the job: %w", err)
	}
	return 0, nil
}
