package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/xraytrace/xray"
)

const (
	startAgain  = time.Second     // between attempts to start without a database
	stopPatient = 5 * time.Second // how long a stopping worker may finish its jobs
)

// Working is closed when RunJobs has begun: from then on other processes know
// what this one can do, and leave it what they cannot.
func (s *Store) Working() <-chan struct{} { return s.begun }

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
	facts := &factsWorker{Store: s, explainer: explainer}
	var finding sync.WaitGroup
	finding.Go(func() { facts.run(ctx) })
	defer finding.Wait()
	ticker := time.NewTicker(takeOver)
	defer ticker.Stop()
	for ctx.Err() == nil {
		select {
		case <-ticker.C:
			w.tend(ctx)
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
	w.tend(ctx)
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	w.once.Do(func() { close(w.begun) })
	return nil
}

// tend keeps this process known to the others, and does what nobody else will.
func (w *explainWorker) tend(ctx context.Context) {
	w.stayAlive(ctx)
	err := w.sayWhere(ctx)
	w.takeOverJobs(ctx)
	w.unparkAll(ctx)
	w.sweepHooks(ctx)
	if err = errors.Join(err, w.tendQueues(ctx)); err != nil && ctx.Err() == nil {
		w.log.Warn("seeing to the job queues failed; it is tried again", "error", err)
	}
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
	queues := map[string]river.QueueConfig{
		explainQueue: {MaxWorkers: w.opts.JobWorkers},
		upkeepQueue:  {MaxWorkers: 1},
	}
	for _, e := range w.opts.Endpoints {
		queues[modelQueue(e)] = river.QueueConfig{MaxWorkers: w.opts.JobWorkers}
	}
	if err := w.addHookWorkers(workers, queues); err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{
		Schema:       riverSchema,
		Logger:       w.log,
		Workers:      workers,
		Queues:       queues,
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
	w.worker.Store(0)
	_, _ = w.alive.Exec(ctx, "SELECT pg_advisory_unlock($1, $2)", aliveClass, w.instance)
	w.alive.Release()
	w.alive = nil
}

// Work implements river.Worker.
func (w *explainWorker) Work(ctx context.Context, job *river.Job[explainArgs]) error {
	row, err := w.begin(ctx, job)
	if errors.Is(err, errGhost) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("begin reasoning job %d: %w", job.Args.JobID, err)
	}
	x, failure := w.explain(ctx, row.ReasoningJob)
	// What has been found out, and paid for, is saved even when the time is up.
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	var again time.Duration
	err = pgx.BeginFunc(saving, w.pool, func(tx pgx.Tx) error {
		var err error
		again, err = w.end(saving, tx, job, row, x, w.verdict(ctx, row.ReasoningJob, failure))
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

// begin takes the job; errGhost if it is not ours to do now.
func (w *explainWorker) begin(ctx context.Context, job *river.Job[explainArgs]) (row begun, err error) {
	args, aside := job.Args, false
	err = pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		var err error
		if aside, err = w.putAside(ctx, tx, args, job.Queue); err != nil || aside {
			return err
		}
		rows, err := tx.Query(ctx, beginSQL, pgx.NamedArgs{
			"worker": w.instance, "now": w.clock(), "id": args.JobID, "ticket": args.Ticket,
		})
		if err != nil {
			return err
		}
		taken, err := pgx.CollectExactlyOneRow(rows, scanJob)
		if errors.Is(err, pgx.ErrNoRows) {
			return errGhost
		}
		if err != nil {
			return err
		}
		if row, err = stateOf(ctx, tx, taken); err != nil {
			return err
		}
		if row.Stands, err = standing(ctx, tx, taken); err != nil {
			return err
		}
		return notify(ctx, tx, []traceKey{{row.ProjectID, row.TraceID}})
	})
	if aside {
		err = errGhost
	}
	return row, err
}

const endSQL = `
UPDATE reasoning_jobs
SET status = @status, error = @error, attempts = @attempts, worker = NULL,
    model = CASE WHEN @model::text <> '' THEN @model ELSE model END,
    input_tokens = input_tokens + @input, output_tokens = output_tokens + @output,
    cost_usd = CASE WHEN @cost::double precision IS NULL THEN cost_usd ELSE coalesce(cost_usd, 0) + @cost END,
    prompt_version = @prompt, content = @content,
    updated_at = @now, finished_at = @finished
WHERE id = @id AND ticket = @ticket AND status = 'processing'
RETURNING stale, facts_only`

// end stores what the explanation brought, and the state of the job, and River's
// view of it, all or nothing. It returns after what time to try again, 0 for
// never; errGhost if another has taken the job over.
func (w *explainWorker) end(ctx context.Context, tx pgx.Tx, job *river.Job[explainArgs], row begun,
	x xray.Explanation, v verdict) (time.Duration, error) {
	now := w.clock()
	var finished *time.Time
	if v.status != xray.JobPending {
		finished = &now
	}
	writes := !x.Unchanged && (v.status == xray.JobCompleted || len(x.Facts) > 0 || len(x.Reasonings) > 0)
	if writes {
		if err := replaceStanding(ctx, tx, row.ReasoningJob); err != nil {
			return 0, err
		}
	}
	var stale, factsOnly bool
	err := tx.QueryRow(ctx, endSQL, pgx.NamedArgs{
		"status": string(v.status), "error": cleanText(v.message, 4096), "attempts": v.attempts,
		"model": cleanText(x.Model, maxName), "input": x.InputTokens, "output": x.OutputTokens, "cost": x.CostUSD,
		"prompt": x.Basis.PromptVersion, "content": contentOf(x, v), "now": now, "finished": finished, "id": row.ID, "ticket": job.Args.Ticket,
	}).Scan(&stale, &factsOnly)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errGhost
	}
	if err != nil {
		return 0, fmt.Errorf("end the job: %w", err)
	}
	if writes {
		if err := saveExplanation(ctx, tx, row, x, now); err != nil {
			return 0, err
		}
	}
	if x.Unchanged {
		if err := stillHolds(ctx, tx, row, x.Record); err != nil {
			return 0, err
		}
	}
	key := traceKey{row.ProjectID, row.TraceID}
	if stale && finished != nil && row.StepID.IsZero() { // spans came while it was explained
		queue, err := w.queue(ctx, tx, row.ProjectID, factsOnly)
		if err != nil {
			return 0, err
		}
		if err := w.enqueueExplanations(ctx, tx, []wanted{{key, factsOnly, queue}}); err != nil {
			return 0, err
		}
	}
	if !row.FactsOnly {
		if err := w.unpark(ctx, tx, row.ProjectID); err != nil {
			return 0, err
		}
	}
	if writes && v.status == xray.JobCompleted && row.StepID.IsZero() {
		if err := w.noteHappenings(ctx, tx, []happening{{key, xray.EventExplained, factExplained(key.trace, "job", row.ID)}}); err != nil {
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
