package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Processes that share a database need not share their models. A job that asks
// one stands in the queue of its endpoint, of which only processes take that may
// ask there. While none of them is there the job waits, and its execution has
// its facts meanwhile; after a while it goes to the queue of all processes, and
// whoever takes it answers as it can: from facts.

const (
	// explainQueue is the queue of all processes.
	explainQueue = "explain"
	// modelPatience is how long a job waits for a process that may ask its model:
	// longer than it takes to start another version of X-Ray.
	modelPatience = 2 * time.Minute
	// movedAtOnce bounds the jobs that one transaction takes from a queue.
	movedAtOnce = 1000
)

// modelQueue is the queue of an endpoint. River wants plain names.
func modelQueue(endpoint string) string {
	sum := sha256.Sum256([]byte(endpoint))
	return "model-" + hex.EncodeToString(sum[:8])
}

// modelPlaces are the endpoints that some process may ask.
type modelPlaces struct {
	awaited map[string]bool // a process was there not long ago
	there   map[string]bool // a process is there now
}

// Rides on model_processes' few rows, and looks at the locks only of those.
const modelPlacesSQL = `
SELECT j.endpoint, bool_or(NOT` + deadSQL + `)
FROM model_processes j
GROUP BY j.endpoint
HAVING max(j.seen_at) > @since OR bool_or(NOT` + deadSQL + `)`

// places looks who is there. This process itself always is, or about to be.
func (s *Store) places(ctx context.Context, q querier) (modelPlaces, error) {
	p := modelPlaces{awaited: map[string]bool{}, there: map[string]bool{}}
	for _, e := range s.opts.Endpoints {
		p.awaited[e], p.there[e] = true, true
	}
	rows, err := q.Query(ctx, modelPlacesSQL, pgx.NamedArgs{"class": aliveClass, "since": s.clock().Add(-modelPatience)})
	if err != nil {
		return p, fmt.Errorf("look for processes with a model: %w", err)
	}
	var endpoint string
	var there bool
	_, err = pgx.ForEachRow(rows, []any{&endpoint, &there}, func() error {
		p.awaited[endpoint] = true
		p.there[endpoint] = p.there[endpoint] || there
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("look for processes with a model: %w", err)
	}
	return p, nil
}

// queueOf is where a job that asks a model under these settings belongs. An
// endpoint of its own that no process knows is a mistake in the settings:
// whoever takes the job says so.
func (p modelPlaces) queueOf(set xray.ReasoningSettings) string {
	if set.Policy != xray.PolicyOff && p.awaited[set.BaseURL] {
		return modelQueue(set.BaseURL)
	}
	return explainQueue
}

// none reports whether nobody can or will be able to ask the model of these
// settings, and nobody is to blame.
func (p modelPlaces) none(set xray.ReasoningSettings) bool {
	return set.BaseURL == "" && !p.awaited[""]
}

// queue is where a project's job belongs.
func (s *Store) queue(ctx context.Context, q querier, project int32, factsOnly bool) (string, error) {
	if factsOnly {
		return explainQueue, nil
	}
	settings, err := s.settingsOf(ctx, q, []int32{project})
	if err != nil {
		return "", err
	}
	places, err := s.places(ctx, q)
	return places.queueOf(settings[project]), err
}

const (
	sayWhereSQL = `
INSERT INTO model_processes (worker, endpoint, seen_at)
SELECT @worker, e, @now FROM unnest(@endpoints::text[]) AS e
ON CONFLICT (worker, endpoint) DO UPDATE SET seen_at = EXCLUDED.seen_at`

	forgetPlacesSQL = `DELETE FROM model_processes j WHERE j.seen_at < @since AND` + deadSQL
)

// sayWhere notes what this process may ask, and forgets the long dead.
func (w *explainWorker) sayWhere(ctx context.Context) error {
	if w.alive == nil {
		return nil
	}
	now := w.clock()
	if len(w.opts.Endpoints) > 0 {
		_, err := w.pool.Exec(ctx, sayWhereSQL, pgx.NamedArgs{"worker": w.instance, "endpoints": w.opts.Endpoints, "now": now})
		if err != nil {
			return fmt.Errorf("say which models this process may ask: %w", err)
		}
	}
	_, err := w.pool.Exec(ctx, forgetPlacesSQL, pgx.NamedArgs{"since": now.Add(-modelPatience), "class": aliveClass})
	if err != nil {
		return fmt.Errorf("forget processes that are gone: %w", err)
	}
	return nil
}

// Goes from one name to the next on reasoning_jobs_queued, however many jobs wait.
const waitingQueuesSQL = `
WITH RECURSIVE q (queue) AS (
    SELECT min(queue) FROM reasoning_jobs WHERE status = 'pending' AND queue <> 'explain'
    UNION ALL
    SELECT (SELECT min(j.queue) FROM reasoning_jobs j WHERE j.status = 'pending' AND j.queue <> 'explain' AND j.queue > q.queue)
    FROM q WHERE q.queue IS NOT NULL)
SELECT queue FROM q WHERE queue IS NOT NULL`

// tendQueues sees to jobs that wait for processes which are not there: their
// executions get facts, and when the patience is over so do they.
func (w *explainWorker) tendQueues(ctx context.Context) error {
	rows, err := w.pool.Query(ctx, waitingQueuesSQL)
	if err != nil {
		return fmt.Errorf("look which queues have jobs: %w", err)
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(waiting) == 0 {
		return err
	}
	places, err := w.places(ctx, w.pool)
	if err != nil {
		return err
	}
	var awaited, there []string
	for e := range places.awaited {
		awaited = append(awaited, modelQueue(e))
		if places.there[e] {
			there = append(there, modelQueue(e))
		}
	}
	for _, queue := range waiting {
		act := w.releaseSome
		switch {
		case slices.Contains(there, queue):
			continue
		case slices.Contains(awaited, queue):
			act = w.consoleSome
		}
		for n := movedAtOnce; n == movedAtOnce && err == nil; {
			err = pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) (err error) {
				n, err = act(ctx, tx, queue)
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("see to jobs that nobody does: %w", err)
		}
	}
	w.wakeFacts()
	return nil
}

const (
	waitingNote = "No process of X-Ray that may ask the model is running. If one comes back within two minutes, it explains this; until then the facts stand."

	// Rides on reasoning_jobs_queued and the primary key of executions. A job
	// that says why it waits has been seen to.
	consoleSQL = `
WITH waits AS (
    UPDATE reasoning_jobs SET error = @note
    WHERE id IN (SELECT id FROM reasoning_jobs WHERE status = 'pending' AND queue = @queue AND error <> @note
                 ORDER BY id LIMIT @limit FOR UPDATE SKIP LOCKED)
    RETURNING project_id, trace_id, step_id),
facts AS (
    INSERT INTO unexplained (segment, project_id, trace_id)
    SELECT e.last_segment, e.project_id, e.trace_id
    FROM waits w JOIN executions e ON e.project_id = w.project_id AND e.trace_id = w.trace_id
    WHERE w.step_id = 0
    ON CONFLICT DO NOTHING)
SELECT count(*) FROM waits`

	// Rides on reasoning_jobs_queued.
	releaseSQL = `
UPDATE reasoning_jobs SET queue = 'explain', ticket = @ticket, parked = false, error = ''
WHERE id IN (SELECT id FROM reasoning_jobs WHERE status = 'pending' AND queue = @queue
             ORDER BY id LIMIT @limit FOR UPDATE SKIP LOCKED)
RETURNING id, asked`
)

// consoleSome has the facts found of executions whose jobs wait, and says why
// they do.
func (w *explainWorker) consoleSome(ctx context.Context, tx pgx.Tx, queue string) (n int, err error) {
	err = tx.QueryRow(ctx, consoleSQL, pgx.NamedArgs{"queue": queue, "note": waitingNote, "limit": movedAtOnce}).Scan(&n)
	return n, err
}

// releaseSome moves jobs into the queue of all processes.
func (w *explainWorker) releaseSome(ctx context.Context, tx pgx.Tx, queue string) (int, error) {
	ticket := newTicket()
	rows, err := tx.Query(ctx, releaseSQL, pgx.NamedArgs{"queue": queue, "ticket": ticket, "limit": movedAtOnce})
	if err != nil {
		return 0, err
	}
	return w.insertAll(ctx, tx, rows, explainQueue, ticket)
}
