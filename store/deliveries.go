package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const deliveryColumns = `id, webhook_id, message, event, subject, status, attempts, tried, next_at, created_at, finished_at`

func scanDelivery(row pgx.CollectableRow) (xray.Delivery, error) { return scanDeliveryAnd(row) }

func scanDeliveryAnd(row pgx.CollectableRow, more ...any) (d xray.Delivery, err error) {
	var message [16]byte
	var tried []byte
	err = row.Scan(append([]any{&d.ID, &d.HookID, &message, &d.Event, &d.Subject, &d.Status, &d.Attempts, &tried, &d.NextAt, &d.CreatedAt, &d.FinishedAt}, more...)...)
	if err != nil {
		return d, err
	}
	d.MessageID = messageID(message)
	if d.Status != xray.DeliveryPending {
		d.NextAt = nil
	}
	return d, json.Unmarshal(tried, &d.Tried)
}

// Deliveries returns a hook's deliveries, newest first, from before the one of
// this number on; 0 stands for all. status "" stands for any.
func (s *Store) Deliveries(ctx context.Context, project int32, hook, before int64, status xray.DeliveryStatus, limit int) ([]xray.Delivery, error) {
	if _, err := s.Hook(ctx, project, hook); err != nil && !errors.Is(err, errUnsealed) {
		return nil, err
	}
	// Rides on webhook_deliveries_pkey.
	rows, err := s.pool.Query(ctx, "SELECT "+deliveryColumns+` FROM webhook_deliveries
		WHERE project_id = @project AND webhook_id = @hook AND (@before::bigint = 0 OR id < @before) AND (@status::text = '' OR status = @status)
		ORDER BY id DESC LIMIT @limit`,
		pgx.NamedArgs{"project": project, "hook": hook, "before": before, "status": string(status), "limit": limit})
	if err != nil {
		return nil, unavailable(fmt.Errorf("list deliveries: %w", err))
	}
	all, err := pgx.CollectRows(rows, scanDelivery)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list deliveries: %w", err))
	}
	return all, nil
}

// Delivery returns one delivery with its notice; CodeNotFound if it is not the
// hook's, or the log does not go back so far.
func (s *Store) Delivery(ctx context.Context, project int32, hook, id int64) (xray.Delivery, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+deliveryColumns+`, notice FROM webhook_deliveries
		WHERE project_id = $1 AND webhook_id = $2 AND id = $3`, project, hook, id)
	if err != nil {
		return xray.Delivery{}, unavailable(fmt.Errorf("read a delivery: %w", err))
	}
	d, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (d xray.Delivery, err error) {
		var notice []byte
		if d, err = scanDeliveryAnd(row, &notice); err != nil {
			return d, err
		}
		return d, json.Unmarshal(notice, &d.Notice)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return d, xray.Errorf(xray.CodeNotFound, "this webhook has no delivery %d: the log keeps the last %d for %d days", id, maxHookLog, hookLogDays)
	}
	if err != nil {
		return d, unavailable(fmt.Errorf("read a delivery: %w", err))
	}
	return d, nil
}

// TestHook tells a hook of nothing, at once and only once, also if it is paused.
func (s *Store) TestHook(ctx context.Context, project int32, hook int64) (xray.Delivery, error) {
	if _, err := s.Hook(ctx, project, hook); err != nil {
		return xray.Delivery{}, err
	}
	slug, err := s.slugOf(ctx, project)
	if err != nil {
		return xray.Delivery{}, unavailable(err)
	}
	fact := "test " + strconv.FormatInt(newTicket(), 36)
	n := xray.Notice{Type: xray.EventTest, Version: xray.NoticeVersion, Timestamp: s.clock().UTC(), Project: slug}
	var id int64
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.enqueueDeliveries(ctx, tx, project, hook, []newDelivery{{fact: fact, notice: n, once: true}}); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, "SELECT id FROM webhook_deliveries WHERE project_id = $1 AND webhook_id = $2 AND fact = $3", project, hook, fact).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return xray.Errorf(xray.CodeLimit, "%d deliveries of this webhook wait already: see why in its log", maxHookWaiting)
		}
		return err
	})
	if err != nil {
		return xray.Delivery{}, unavailable(err)
	}
	return s.Delivery(ctx, project, hook, id)
}

// resendSQL leaves one that is still tried with its day of tries; one that has
// ended is tried once.
const resendSQL = `
UPDATE webhook_deliveries
SET once = once OR status <> 'pending', status = 'pending', next_at = @now, finished_at = NULL
WHERE project_id = @project AND webhook_id = @hook AND id = @id`

// ResendDelivery tries a delivery at once, also one that has arrived or was given
// up, and also if the hook is paused. Its receiver knows it by the same message
// id.
func (s *Store) ResendDelivery(ctx context.Context, project int32, hook, id int64) (xray.Delivery, error) {
	if _, err := s.Delivery(ctx, project, hook, id); err != nil {
		return xray.Delivery{}, err
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		h, err := lockHook(ctx, tx, project, hook)
		if errors.Is(err, errGhost) {
			return noHook(hook)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, resendSQL, pgx.NamedArgs{"project": project, "hook": hook, "id": id, "now": s.clock()}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE webhooks SET closed_until = NULL WHERE project_id = $1 AND id = $2", project, hook); err != nil {
			return err
		}
		h.ClosedUntil = nil
		return s.wake(ctx, tx, h, s.clock(), true)
	})
	if err != nil {
		return xray.Delivery{}, unavailable(err)
	}
	return s.Delivery(ctx, project, hook, id)
}

// expireDeliveries forgets what was delivered long ago. Reads the project's part
// of webhook_deliveries_pkey, once in a few hours.
func (s *Store) expireDeliveries(ctx context.Context, project int32) error {
	_, err := s.pool.Exec(ctx, "DELETE FROM webhook_deliveries WHERE project_id = $1 AND status <> 'pending' AND created_at < $2",
		project, s.clock().AddDate(0, 0, -hookLogDays))
	return err
}
