package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

const (
	// A process that works holds the advisory lock (aliveClass, its instance
	// number). PostgreSQL lets go of it when the process dies, and so the others
	// know whose jobs to take over.
	aliveClass = 0x78726179
	takeOver   = 10 * time.Second // between looks for jobs of the dead
)

// stayAlive holds the lock of this process, also after a lost connection.
func (w *explainWorker) stayAlive(ctx context.Context) {
	if w.alive != nil {
		if w.alive.Ping(ctx) == nil || ctx.Err() != nil {
			return
		}
		_ = w.alive.Conn().Close(ctx)
		w.alive.Release()
		w.alive = nil
		w.worker.Store(0)
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
	w.worker.Store(w.instance)
}

const (
	deadSQL = ` NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = @class::oid AND l.objid = j.worker::oid AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`

	orphansSQL = `
UPDATE reasoning_jobs j
SET status = 'pending', worker = NULL, ticket = @ticket, updated_at = @now
WHERE j.status = 'processing' AND` + deadSQL + `
RETURNING id, queue`

	// What a dead process has reserved stays counted: nobody knows what its calls
	// cost. Rides on model_calls_open.
	lostCallsSQL = `
UPDATE model_calls j SET outcome = 'lost with its process', ended_at = @now
WHERE j.outcome = 'open' AND (j.worker IS NULL AND j.created_at < @forgotten OR j.worker IS NOT NULL AND` + deadSQL + `)`
)

// takeOverJobs makes jobs of dead processes pending again under a new ticket.
// River would find them, too, but only after the longest time a job may take.
func (w *explainWorker) takeOverJobs(ctx context.Context) {
	err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		ticket := newTicket()
		rows, err := tx.Query(ctx, orphansSQL, pgx.NamedArgs{"ticket": ticket, "now": w.clock(), "class": aliveClass})
		if err != nil {
			return err
		}
		var params []river.InsertManyParams
		args, queue := explainArgs{Ticket: ticket}, ""
		_, err = pgx.ForEachRow(rows, []any{&args.JobID, &queue}, func() error {
			params = append(params, insertParams(queue, args, prioritySettled))
			return nil
		})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, lostCallsSQL, pgx.NamedArgs{"now": w.clock(), "class": aliveClass, "forgotten": w.clock().Add(-openCallAge)})
		if err != nil {
			return err
		}
		return w.insertJobs(ctx, tx, params)
	})
	if err != nil && ctx.Err() == nil {
		w.log.Warn("taking over jobs failed; it is tried again", "error", err)
	}
}
