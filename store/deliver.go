package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/xraytrace/xray"
)

const (
	// A worker leaves a hook to others after so many deliveries or so long.
	deliverMost = 20
	deliverLong = 30 * time.Second
	// deliverLease is how long one attempt may keep a hook: the sender gives up
	// well before.
	deliverLease = 45 * time.Second
	// A hook that fails so often in a row is left alone for a while.
	patientFailures = 3
	maxTried        = 20 // attempts that are kept of a delivery
)

// deliverWorker works the deliveries of hooks off.
type deliverWorker struct {
	river.WorkerDefaults[deliverArgs]
	*Store
}

// Timeout implements river.Worker.
func (w *deliverWorker) Timeout(*river.Job[deliverArgs]) time.Duration {
	return deliverLong + 2*deliverLease
}

// outgoing is a delivery that is being tried.
type outgoing struct {
	id       int64
	message  [16]byte
	notice   xray.Notice
	attempts int
	tried    []xray.Attempt
	once     bool
	giveUpAt time.Time
	hook     xray.Hook
	secrets  []string
	result   *xray.Attempt // nil before it was tried, and if it was broken off
}

// Work implements river.Worker: try one, write down how it went and take the
// next, until there is none.
func (w *deliverWorker) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	begun := time.Now()
	var at *outgoing
	for n := 0; ; n++ {
		more := n < deliverMost && time.Since(begun) < deliverLong && ctx.Err() == nil
		saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
		err := pgx.BeginFunc(saving, w.pool, func(tx pgx.Tx) error {
			var err error
			at, err = w.step(saving, tx, job, at, more)
			return err
		})
		cancel()
		if errors.Is(err, errGhost) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("deliver for webhook %d: %w", job.Args.HookID, err)
		}
		if at == nil {
			return nil
		}
		w.try(ctx, at)
	}
}

// try makes one attempt, unless the hook cannot be read.
func (w *deliverWorker) try(ctx context.Context, d *outgoing) {
	if d.result != nil {
		return
	}
	a := w.opts.Outlet.Send(ctx, d.hook, d.secrets, messageID(d.message), d.notice)
	if !a.OK() && ctx.Err() != nil {
		return // we were told to stop: that is no fault of the receiver
	}
	d.result = &a
}

// step writes down how the last attempt went and takes the next delivery, if
// there is one and more is wanted; else it ends the job: nil.
func (w *deliverWorker) step(ctx context.Context, tx pgx.Tx, job *river.Job[deliverArgs], done *outgoing, more bool) (*outgoing, error) {
	h, err := lockHook(ctx, tx, job.Args.ProjectID, job.Args.HookID)
	if err != nil {
		return nil, err
	}
	if done != nil && done.result != nil {
		if err := w.record(ctx, tx, h, done); err != nil {
			return nil, err
		}
	}
	if h.ticket != job.Args.Ticket {
		return nil, nil // another has taken over; what was tried is written down
	}
	if more {
		next, err := w.take(ctx, tx, h)
		if err != nil || next != nil {
			return next, err
		}
	}
	if err := w.scheduleNext(ctx, tx, h); err != nil {
		return nil, err
	}
	_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
	return nil, err
}

// Rides on webhook_deliveries_pending.
const takeDeliverySQL = `
SELECT id, message, notice, attempts, tried, once, give_up_at
FROM webhook_deliveries
WHERE project_id = @project AND webhook_id = @hook AND status = 'pending' AND next_at <= @now AND (once OR @open)
ORDER BY once DESC, next_at, id
LIMIT 1`

// take chooses the next delivery that is due and says until when it is busy.
func (w *deliverWorker) take(ctx context.Context, tx pgx.Tx, h *lockedHook) (*outgoing, error) {
	now := w.clock()
	d := outgoing{hook: h.Hook}
	var notice, tried []byte
	err := tx.QueryRow(ctx, takeDeliverySQL, pgx.NamedArgs{
		"project": h.ProjectID, "hook": h.ID, "now": now, "open": !h.Paused && (h.ClosedUntil == nil || !h.ClosedUntil.After(now)),
	}).Scan(&d.id, &d.message, &notice, &d.attempts, &tried, &d.once, &d.giveUpAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take a delivery: %w", err)
	}
	if err := errors.Join(json.Unmarshal(notice, &d.notice), json.Unmarshal(tried, &d.tried)); err != nil {
		return nil, fmt.Errorf("read delivery %d: %w", d.id, err)
	}
	_, err = tx.Exec(ctx, "UPDATE webhooks SET busy_until = $3 WHERE project_id = $1 AND id = $2", h.ProjectID, h.ID, now.Add(deliverLease))
	if err != nil {
		return nil, fmt.Errorf("take a delivery: %w", err)
	}
	hook, secrets, err := w.open(ctx, h.sealedHook)
	if errors.Is(err, errUnsealed) {
		d.result = &xray.Attempt{At: now, Error: errUnsealed.Message}
		return &d, nil
	}
	d.hook, d.secrets = hook, secrets.valid(now)
	return &d, err
}

const (
	recordDeliverySQL = `
UPDATE webhook_deliveries
SET status = @status, attempts = @attempts, tried = @tried, next_at = @next, finished_at = @finished
WHERE project_id = @project AND webhook_id = @hook AND id = @id AND status = 'pending'`

	recordHookSQL = `
UPDATE webhooks
SET failures = @failures, closed_until = @closed, last_ok = @ok, last_error = @error, paused = @paused, paused_why = @why
WHERE project_id = @project AND id = @hook`
)

// record writes down how an attempt went, for the delivery and for the hook.
func (w *deliverWorker) record(ctx context.Context, tx pgx.Tx, h *lockedHook, d *outgoing) error {
	now, a := w.clock(), *d.result
	d.attempts++
	status, next := xray.DeliveryPending, now
	switch {
	case a.OK():
		status = xray.DeliveryDelivered
		h.Failures, h.ClosedUntil, h.LastOK = 0, nil, &now
	case d.once, a.Gone, !now.Before(d.giveUpAt):
		status = xray.DeliveryFailed
	default:
		next = now.Add(max(retryIn(w.opts.HookBackoff, d.attempts), a.RetryAfter))
		if next.After(d.giveUpAt) { // once more at the very end
			next = d.giveUpAt
		}
	}
	if !a.OK() {
		h.LastError = &now
		if !d.once {
			h.Failures++
			h.ClosedUntil = closedUntil(now, w.opts.HookBackoff, h.Failures)
		}
		if a.Gone {
			h.Paused, h.PausedWhy = true, "its receiver answered 410: it wants no more"
		}
	}
	tried, err := json.Marshal(triedWith(d.tried, a))
	if err != nil {
		return fmt.Errorf("write an attempt down: %w", err)
	}
	var finished *time.Time
	if status != xray.DeliveryPending {
		finished = &now
	}
	_, err = tx.Exec(ctx, recordDeliverySQL, pgx.NamedArgs{
		"project": h.ProjectID, "hook": h.ID, "id": d.id, "status": string(status), "attempts": d.attempts,
		"tried": string(cleanJSON(tried, len(tried))), "next": next, "finished": finished,
	})
	if err != nil {
		return fmt.Errorf("write an attempt down: %w", err)
	}
	_, err = tx.Exec(ctx, recordHookSQL, pgx.NamedArgs{
		"project": h.ProjectID, "hook": h.ID, "failures": h.Failures, "closed": h.ClosedUntil,
		"ok": h.LastOK, "error": h.LastError, "paused": h.Paused, "why": h.PausedWhy,
	})
	if err != nil {
		return fmt.Errorf("write an attempt down: %w", err)
	}
	return nil
}

// triedWith adds an attempt. Only the last keeps its request and response.
func triedWith(tried []xray.Attempt, a xray.Attempt) []xray.Attempt {
	for i := range tried {
		tried[i].Request, tried[i].Response = nil, nil
	}
	tried = append(tried, a)
	return tried[max(0, len(tried)-maxTried):]
}

// scheduleNext makes the job that goes on when the next delivery is due.
func (w *deliverWorker) scheduleNext(ctx context.Context, tx pgx.Tx, h *lockedHook) error {
	var next *time.Time
	err := tx.QueryRow(ctx, `
		SELECT min(next_at) FROM webhook_deliveries
		WHERE project_id = $1 AND webhook_id = $2 AND status = 'pending' AND (once OR $3)`, h.ProjectID, h.ID, !h.Paused).Scan(&next)
	if err != nil {
		return fmt.Errorf("find the next delivery: %w", err)
	}
	if next == nil {
		return unschedule(ctx, tx, h)
	}
	at := *next
	if h.ClosedUntil != nil && h.ClosedUntil.After(at) {
		at = *h.ClosedUntil
	}
	return w.schedule(ctx, tx, h, at)
}

// retryIn is how long to wait after so many attempts: with a base of 2 s, after 2
// s, 8 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h, and then every 8 h; a fifth
// more or less, so that what failed together does not come together again.
func retryIn(base time.Duration, attempts int) time.Duration {
	steps := [...]time.Duration{1, 4, 15, 60, 300, 900, 1800, 3600, 7200, 14400}
	d := base * steps[min(max(attempts, 1), len(steps))-1]
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

// closedUntil is until when a hook is left alone that has failed so often in a
// row: a little longer each time, 10 min at most with a base of 2 s.
func closedUntil(now time.Time, base time.Duration, failures int) *time.Time {
	if failures < patientFailures {
		return nil
	}
	at := now.Add(min(base<<min(failures-patientFailures, 9), 300*base))
	return &at
}

// messageID is what receivers know a delivery by.
func messageID(id [16]byte) string { return "msg_" + hex.EncodeToString(id[:]) }
