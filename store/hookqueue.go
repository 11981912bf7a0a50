package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/xraytrace/xray"
)

// Each hook has one job in the queue at most, which works its deliveries off one
// after the other: whatever a receiver does, it holds one worker. That job is
// named by the ticket in the hook's row; one with another ticket is a ghost.
// Hooks whose last attempt failed wait in a queue of their own, so that they
// cannot keep the others waiting.
const (
	tellQueue         = "tell"
	deliverQueue      = "deliver"
	deliverAgainQueue = "deliver_again"

	tellWorkers         = 2
	deliverWorkers      = 64 // that wait for a network: memory, not processors or connections to the database
	deliverAgainWorkers = 8

	maxHookWaiting = 1000 // deliveries of one hook that may wait; events over that are counted and dropped
	maxHookLog     = 1000 // deliveries of one hook that are kept after their end
	hookLogDays    = 30
	hookPatience   = 24 * time.Hour // how long a delivery is tried
)

func (w *explainWorker) addHookWorkers(workers *river.Workers, queues map[string]river.QueueConfig) error {
	if w.opts.Outlet == nil {
		return nil
	}
	queues[tellQueue] = river.QueueConfig{MaxWorkers: tellWorkers}
	queues[deliverQueue] = river.QueueConfig{MaxWorkers: deliverWorkers}
	queues[deliverAgainQueue] = river.QueueConfig{MaxWorkers: deliverAgainWorkers}
	return errors.Join(
		river.AddWorkerSafely(workers, &tellWorker{Store: w.Store}),
		river.AddWorkerSafely(workers, &deliverWorker{Store: w.Store}),
	)
}

// deliverArgs is River's half of a hook's job.
type deliverArgs struct {
	ProjectID int32 `json:"projectId"`
	HookID    int64 `json:"hookId"`
	Ticket    int64 `json:"ticket"`
}

// Kind implements river.JobArgs. It is part of the stored data.
func (deliverArgs) Kind() string { return "deliver" }

// lockedHook is a hook whose row we hold, with what says who works for it.
type lockedHook struct {
	sealedHook
	ticket    int64
	dueAt     *time.Time
	busyUntil *time.Time
}

// lockHook takes the row of a hook; errGhost if it has gone. All who add
// deliveries, or end them, hold it: none of them misses what another does.
func lockHook(ctx context.Context, tx pgx.Tx, project int32, id int64) (*lockedHook, error) {
	rows, err := tx.Query(ctx, "SELECT "+hookColumns+", ticket, due_at, busy_until FROM webhooks WHERE project_id = $1 AND id = $2 FOR UPDATE", project, id)
	if err != nil {
		return nil, fmt.Errorf("lock a webhook: %w", err)
	}
	h, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (lockedHook, error) {
		var h lockedHook
		var err error
		h.sealedHook, err = scanHookAnd(row, &h.ticket, &h.dueAt, &h.busyUntil)
		return h, err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errGhost
	}
	if err != nil {
		return nil, fmt.Errorf("lock a webhook: %w", err)
	}
	return &h, nil
}

// newDelivery is one to be made.
type newDelivery struct {
	fact   string
	notice xray.Notice
	once   bool
}

const newDeliveriesSQL = `
INSERT INTO webhook_deliveries (project_id, webhook_id, message, event, fact, subject, notice, once, next_at, give_up_at, created_at)
SELECT @project, @hook, gen_random_uuid(), k.event, k.fact, k.subject, k.notice::json, k.once, @now, @patience, @now
FROM unnest(@events::text[], @facts::text[], @subjects::text[], @notices::text[], @onces::boolean[]) AS k (event, fact, subject, notice, once)
ON CONFLICT (project_id, webhook_id, fact) DO NOTHING`

// enqueueDeliveries adds deliveries of one hook and wakes it. What it was told
// before, and what it has no room for, is left out.
func (s *Store) enqueueDeliveries(ctx context.Context, tx pgx.Tx, project int32, hook int64, all []newDelivery) error {
	if len(all) == 0 {
		return nil
	}
	h, err := lockHook(ctx, tx, project, hook)
	if errors.Is(err, errGhost) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	var waiting int
	// Rides on webhook_deliveries_pending.
	err = tx.QueryRow(ctx, `SELECT count(*) FROM (
		SELECT FROM webhook_deliveries WHERE project_id = $1 AND webhook_id = $2 AND status = 'pending' LIMIT $3) AS w`,
		project, hook, maxHookWaiting).Scan(&waiting)
	if err != nil {
		return fmt.Errorf("count deliveries: %w", err)
	}
	dropped := max(0, len(all)-(maxHookWaiting-waiting))
	all = all[:len(all)-dropped]
	if dropped > 0 {
		if _, err := tx.Exec(ctx, "UPDATE webhooks SET dropped = dropped + $3 WHERE project_id = $1 AND id = $2", project, hook, dropped); err != nil {
			return fmt.Errorf("count dropped events: %w", err)
		}
	}
	if err := s.insertDeliveries(ctx, tx, project, hook, all); err != nil {
		return err
	}
	return s.wake(ctx, tx, h, s.clock(), len(all) > 0 && all[0].once)
}

func (s *Store) insertDeliveries(ctx context.Context, tx pgx.Tx, project int32, hook int64, all []newDelivery) error {
	var events, facts, subjects, notices []string
	var onces []bool
	for _, d := range all {
		raw, err := json.Marshal(d.notice)
		if err != nil {
			return fmt.Errorf("encode a notice: %w", err)
		}
		events, facts = append(events, string(d.notice.Type)), append(facts, d.fact)
		subjects, notices, onces = append(subjects, cleanText(d.notice.Subject(), maxName)), append(notices, string(cleanJSON(raw, len(raw)))), append(onces, d.once)
	}
	now := s.clock()
	_, err := tx.Exec(ctx, newDeliveriesSQL, pgx.NamedArgs{
		"project": project, "hook": hook, "now": now, "patience": now.Add(hookPatience),
		"events": events, "facts": facts, "subjects": subjects, "notices": notices, "onces": onces,
	})
	if err != nil {
		return fmt.Errorf("make deliveries: %w", err)
	}
	_, err = tx.Exec(ctx, trimHookLogSQL, pgx.NamedArgs{"project": project, "hook": hook, "most": maxHookLog})
	if err != nil {
		return fmt.Errorf("shorten the log of deliveries: %w", err)
	}
	return nil
}

// Rides on webhook_deliveries_pkey.
const trimHookLogSQL = `
DELETE FROM webhook_deliveries
WHERE project_id = @project AND webhook_id = @hook AND status <> 'pending' AND id <= (
    SELECT id FROM webhook_deliveries
    WHERE project_id = @project AND webhook_id = @hook AND status <> 'pending'
    ORDER BY id DESC OFFSET @most LIMIT 1)`

// wake sees to it that a hook's job begins at a time, or before. now says that
// somebody waits: then what keeps failing hooks back does not count.
func (s *Store) wake(ctx context.Context, tx pgx.Tx, h *lockedHook, at time.Time, now bool) error {
	switch {
	case h.busyUntil != nil && h.busyUntil.After(s.clock()): // it looks again when it is through
		return nil
	case h.Paused && !now:
		return nil
	case !now && h.ClosedUntil != nil && h.ClosedUntil.After(at):
		at = *h.ClosedUntil
	}
	if h.ticket != 0 && h.dueAt != nil && !h.dueAt.After(at) {
		return nil
	}
	return s.schedule(ctx, tx, h, at)
}

// schedule makes the one job of a hook.
func (s *Store) schedule(ctx context.Context, tx pgx.Tx, h *lockedHook, at time.Time) error {
	h.ticket = newTicket()
	if err := saveTicket(ctx, tx, h, &at); err != nil {
		return err
	}
	opts := &river.InsertOpts{Queue: deliverQueue}
	if h.Failures > 0 {
		opts.Queue = deliverAgainQueue
	}
	if at.Sub(s.clock()) > soon {
		opts.ScheduledAt = at
	}
	return s.insertJobs(ctx, tx, []river.InsertManyParams{{
		Args: deliverArgs{ProjectID: h.ProjectID, HookID: h.ID, Ticket: h.ticket}, InsertOpts: opts,
	}})
}

// unschedule says that a hook has nothing to do.
func unschedule(ctx context.Context, tx pgx.Tx, h *lockedHook) error {
	h.ticket = 0
	return saveTicket(ctx, tx, h, nil)
}

func saveTicket(ctx context.Context, tx pgx.Tx, h *lockedHook, due *time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE webhooks SET ticket = $3, due_at = $4, busy_until = NULL WHERE project_id = $1 AND id = $2",
		h.ProjectID, h.ID, h.ticket, due)
	if err != nil {
		return fmt.Errorf("schedule a webhook: %w", err)
	}
	return nil
}

// wakeHook looks again at a hook that was changed.
func (s *Store) wakeHook(ctx context.Context, project int32, id int64) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		h, err := lockHook(ctx, tx, project, id)
		if err != nil {
			return err
		}
		return s.wake(ctx, tx, h, s.clock(), false)
	})
	if errors.Is(err, errGhost) {
		return nil
	}
	return unavailable(err)
}

// soon is what River's scheduler, which looks every few seconds, is too slow for.
const soon = 50 * time.Millisecond

// lostJobs is after what time a hook's job that should have begun is taken for
// lost. If it is only late, it is a ghost when it begins.
const lostJobs = 5 * time.Minute

// sweepHooks wakes hooks whose worker has died.
func (s *Store) sweepHooks(ctx context.Context) {
	now := s.clock()
	rows, err := s.pool.Query(ctx, "SELECT project_id, id FROM webhooks WHERE busy_until < $1 OR busy_until IS NULL AND due_at < $2 ORDER BY id",
		now, now.Add(-lostJobs))
	if err != nil {
		s.log.Warn("webhooks whose worker died cannot be found; it is tried again", "error", err)
		return
	}
	type key struct {
		project int32
		id      int64
	}
	lost, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k key, err error) { return k, row.Scan(&k.project, &k.id) })
	for _, k := range lost {
		err = errors.Join(err, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			h, err := lockHook(ctx, tx, k.project, k.id)
			if err != nil {
				return err
			}
			if h.busyUntil != nil && h.busyUntil.After(now) || h.busyUntil == nil && (h.dueAt == nil || h.dueAt.After(now.Add(-lostJobs))) {
				return nil // another process was faster
			}
			return s.schedule(ctx, tx, h, now)
		}))
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("webhooks whose worker died cannot be woken; it is tried again", "error", err)
	}
}
