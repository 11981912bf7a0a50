package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Retention returns how long a project's data is kept.
func (s *Store) Retention(ctx context.Context, project int32) (xray.Retention, error) {
	var r xray.Retention
	err := s.pool.QueryRow(ctx, "SELECT payload_days, structure_days FROM projects WHERE id = $1", project).
		Scan(&r.PayloadDays, &r.StructureDays)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, xray.Errorf(xray.CodeNotFound, "there is no project with the number %d", project)
	}
	if err != nil {
		return r, unavailable(fmt.Errorf("read retention: %w", err))
	}
	return r, nil
}

// SetRetention changes how long a project's data is kept. What is too old goes
// at the next [Store.Expire]. Days that cannot be are CodeInvalid.
func (s *Store) SetRetention(ctx context.Context, project int32, r xray.Retention) error {
	if err := r.Validate(); err != nil {
		return err
	}
	tag, err := s.pool.Exec(ctx, "UPDATE projects SET payload_days = $2, structure_days = $3 WHERE id = $1",
		project, r.PayloadDays, r.StructureDays)
	if err != nil {
		return unavailable(fmt.Errorf("set retention: %w", err))
	}
	if tag.RowsAffected() == 0 {
		return xray.Errorf(xray.CodeNotFound, "there is no project with the number %d", project)
	}
	return nil
}

// Expiry says what [Store.Expire] would take from a project now if it kept its
// data for so long. Days that cannot be are CodeInvalid.
func (s *Store) Expiry(ctx context.Context, project int32, r xray.Retention) (xray.Expiry, error) {
	if err := r.Validate(); err != nil {
		return xray.Expiry{}, err
	}
	now, err := s.Retention(ctx, project)
	if err != nil {
		return xray.Expiry{}, err
	}
	today := dayOf(s.clock())
	out := xray.Expiry{PayloadsBefore: today.AddDate(0, 0, -r.PayloadDays), StructureBefore: today.AddDate(0, 0, -r.StructureDays)}
	err = s.pool.QueryRow(ctx, expirySQL, pgx.NamedArgs{
		"project": project, "most": xray.MaxExpiryCount, "lost": firstID(today.AddDate(0, 0, -now.PayloadDays)),
		"payload": firstID(out.PayloadsBefore), "structure": firstID(out.StructureBefore),
	}).Scan(&out.Payloads, &out.Structure)
	if err != nil {
		return xray.Expiry{}, unavailable(fmt.Errorf("look what would expire: %w", err))
	}
	return out, nil
}

// Rides on executions_arrival, as expireExecutionsSQL does. What came last
// before @lost has no payloads any more.
const expirySQL = `
SELECT
    (SELECT count(*) FROM (
        SELECT FROM executions
        WHERE project_id = @project AND first_segment < @payload AND last_segment >= @lost LIMIT @most) p),
    (SELECT count(*) FROM (
        SELECT FROM executions
        WHERE project_id = @project AND first_segment < @structure AND last_segment < @structure LIMIT @most) s)`
