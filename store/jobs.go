package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/xraytrace/xray"
)

// Explainer makes an explanation. It may return both an explanation and an
// error: what it has (facts need no model) is stored, and the error decides
// what becomes of the job. An [xray.Error] of CodeInvalid is final and its
// message is shown to people; so is CodeNotFound. Any other error means that
// another attempt may do: after RetryAfter if it says so.
type Explainer interface {
	Explain(ctx context.Context, job xray.ReasoningJob) (xray.Explanation, error)

	// FromRecords explains executions of one pipeline, in order of start, from
	// facts alone and without reading anything else. history are the profiles of
	// those before, the newest first; each execution is also held against those
	// that come before it here.
	FromRecords(runs []xray.Recorded, history []json.RawMessage) []xray.Explanation
}

// Priorities of River's queue: what a person waits for goes first.
const (
	priorityAsked   = 1
	prioritySettled = 3
)

// explainArgs is River's half of a reasoning job; the other is the row of
// reasoning_jobs. Ticket says whether it is still the one to do it.
type explainArgs struct {
	JobID  int64 `json:"jobId"`
	Ticket int64 `json:"ticket"`
}

// Kind implements river.JobArgs. It is part of the stored data.
func (explainArgs) Kind() string { return "explain" }

// newTicket: 53 bits, because JSON numbers hold no more everywhere.
func newTicket() int64 { return rand.Int64N(1 << 53) }

// A job of an execution that is open already is not made twice. If it is being
// processed, what it reads may be old: it is done once more.
const enqueueSQL = `
INSERT INTO reasoning_jobs (project_id, trace_id, step_id, facts_only, queue, status, ticket, created_at, updated_at)
SELECT k.project_id, k.trace_id, 0, k.facts_only, k.queue, 'pending', k.ticket, @now, @now
FROM unnest(@projects::integer[], @traces::uuid[], @facts::boolean[], @queues::text[], @tickets::bigint[])
    AS k (project_id, trace_id, facts_only, queue, ticket)
ON CONFLICT (project_id, trace_id, step_id) WHERE status IN ('pending', 'processing')
DO UPDATE SET stale = reasoning_jobs.status = 'processing', updated_at = EXCLUDED.updated_at,
    facts_only = reasoning_jobs.facts_only AND EXCLUDED.facts_only
RETURNING id, project_id, trace_id, ticket`

// roomForJobs is how many more explanations may wait. An explanation costs a
// hundred times what storing its execution did, so a flood must not queue one
// for each. Rides on reasoning_jobs_open.
func (s *Store) roomForJobs(ctx context.Context, tx pgx.Tx) (int, error) {
	var open int
	err := tx.QueryRow(ctx, `
		SELECT count(*) FROM (
			SELECT FROM reasoning_jobs WHERE status IN ('pending', 'processing') LIMIT $1
		) AS open`, s.opts.JobBacklog).Scan(&open)
	if err != nil {
		return 0, fmt.Errorf("count waiting explanations: %w", err)
	}
	return s.opts.JobBacklog - open, nil
}

// wanted is an explanation to be asked for.
type wanted struct {
	traceKey
	factsOnly bool // no model may be asked
	queue     string
}

// enqueueExplanations asks for explanations of executions, in the transaction
// that settles them. They come in key order.
func (s *Store) enqueueExplanations(ctx context.Context, tx pgx.Tx, all []wanted) error {
	if len(all) == 0 {
		return nil
	}
	projects, traces := keyArrays(all, func(w wanted) traceKey { return w.traceKey })
	tickets, facts, queues := make([]int64, len(all)), make([]bool, len(all)), make([]string, len(all))
	mine := make(map[traceKey]int, len(all))
	for i, w := range all {
		tickets[i], facts[i], queues[i] = newTicket(), w.factsOnly, w.queue
		mine[w.traceKey] = i
	}
	rows, err := tx.Query(ctx, enqueueSQL, pgx.NamedArgs{
		"projects": projects, "traces": traces, "facts": facts, "queues": queues, "tickets": tickets, "now": s.clock(),
	})
	if err != nil {
		return fmt.Errorf("ask for explanations: %w", err)
	}
	var params []river.InsertManyParams
	var k traceKey
	var args explainArgs
	_, err = pgx.ForEachRow(rows, []any{&args.JobID, &k.project, (*[16]byte)(&k.trace), &args.Ticket}, func() error {
		if i := mine[k]; tickets[i] == args.Ticket { // else the ticket of one that was open
			params = append(params, insertParams(queues[i], args, prioritySettled))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("ask for explanations: %w", err)
	}
	return s.insertJobs(ctx, tx, params)
}

func insertParams(queue string, args explainArgs, priority int) river.InsertManyParams {
	return river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{Queue: queue, Priority: priority}}
}

// insertAll queues jobs that have a new ticket. rows hold their ids, and
// whether a person asked.
func (s *Store) insertAll(ctx context.Context, tx pgx.Tx, rows pgx.Rows, queue string, ticket int64) (int, error) {
	var params []river.InsertManyParams
	args, asked := explainArgs{Ticket: ticket}, false
	_, err := pgx.ForEachRow(rows, []any{&args.JobID, &asked}, func() error {
		priority := prioritySettled
		if asked {
			priority = priorityAsked
		}
		params = append(params, insertParams(queue, args, priority))
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(params), s.insertJobs(ctx, tx, params)
}

func (s *Store) insertJobs(ctx context.Context, tx pgx.Tx, params []river.InsertManyParams) error {
	if len(params) == 0 {
		return nil
	}
	if _, err := s.jobs.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("queue explanations: %w", err)
	}
	return nil
}

// RequestReasoning asks for the explanation of an execution (zero span) or of
// one of its steps, before those that nobody waits for. If one is open already
// it returns that. A running execution is CodeConflict, an unknown one or an
// unknown step CodeNotFound.
func (s *Store) RequestReasoning(ctx context.Context, project int32, id xray.TraceID, span xray.SpanID) (xray.ReasoningJob, error) {
	e, err := s.Execution(ctx, project, id.String())
	if err != nil {
		return xray.ReasoningJob{}, err
	}
	if e.Status == xray.StatusRunning {
		return xray.ReasoningJob{}, xray.Errorf(xray.CodeConflict, "the execution is still running; ask again when it has ended")
	}
	if err := s.checkStep(ctx, project, id, span); err != nil {
		return xray.ReasoningJob{}, err
	}
	var job xray.ReasoningJob
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var err error
		job, err = s.request(ctx, tx, traceKey{project, id}, span)
		return err
	})
	if err != nil {
		return xray.ReasoningJob{}, unavailable(fmt.Errorf("ask for an explanation: %w", err))
	}
	return job, nil
}

func (s *Store) checkStep(ctx context.Context, project int32, id xray.TraceID, span xray.SpanID) error {
	if span.IsZero() {
		return nil
	}
	steps, err := s.Steps(ctx, project, id)
	if err != nil {
		return err
	}
	for i := range steps {
		if steps[i].SpanID == span {
			return nil
		}
	}
	return xray.Errorf(xray.CodeNotFound, "there is no step %s in this execution", span)
}

const (
	// The update makes a row that is there already come back, too, and lets it
	// ask a model. If it is being processed without one, it is done once more.
	requestSQL = `
INSERT INTO reasoning_jobs (project_id, trace_id, step_id, facts_only, asked, queue, status, ticket, created_at, updated_at)
VALUES (@project, @trace, @step, @facts, true, @queue, 'pending', @ticket, @now, @now)
ON CONFLICT (project_id, trace_id, step_id) WHERE status IN ('pending', 'processing')
DO UPDATE SET facts_only = reasoning_jobs.facts_only AND EXCLUDED.facts_only, asked = true,
    stale = reasoning_jobs.stale OR reasoning_jobs.status = 'processing' AND reasoning_jobs.facts_only AND NOT EXCLUDED.facts_only
RETURNING ` + jobColumns + `, ticket`
)

func (s *Store) request(ctx context.Context, tx pgx.Tx, key traceKey, span xray.SpanID) (xray.ReasoningJob, error) {
	ticket := newTicket()
	settings, err := s.settingsOf(ctx, tx, []int32{key.project})
	if err != nil {
		return xray.ReasoningJob{}, err
	}
	places, err := s.places(ctx, tx)
	if err != nil {
		return xray.ReasoningJob{}, err
	}
	queue := places.queueOf(settings[key.project])
	rows, err := tx.Query(ctx, requestSQL, pgx.NamedArgs{
		"project": key.project, "trace": key.trace[:], "step": spanInt(span), "ticket": ticket, "now": s.clock(),
		"facts": settings[key.project].Policy == xray.PolicyOff, "queue": queue,
	})
	if err != nil {
		return xray.ReasoningJob{}, err
	}
	var holds int64
	job, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (xray.ReasoningJob, error) {
		return scanJobAnd(row, &holds)
	})
	if err != nil || holds != ticket {
		return job, err
	}
	args := explainArgs{JobID: job.ID, Ticket: ticket}
	if err := s.insertJobs(ctx, tx, []river.InsertManyParams{insertParams(queue, args, priorityAsked)}); err != nil {
		return job, err
	}
	return job, notify(ctx, tx, []traceKey{key})
}

var errGhost = errors.New("another job holds the ticket")
