package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// PriceTable is a price table that somebody brought. What stands in it is the
// business of package receiver/prices.
type PriceTable struct {
	Project   string // slug; "" for every project
	ProjectID int32  // 0 for every project
	Version   string
	Data      json.RawMessage
	Updated   time.Time
}

// PriceTables returns all price tables that were brought, that for every
// project first.
func (s *Store) PriceTables(ctx context.Context) ([]PriceTable, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT coalesce(p.slug, ''), coalesce(t.project_id, 0), t.version, t.data, t.updated_at
		FROM price_tables t LEFT JOIN projects p ON p.id = t.project_id
		ORDER BY p.slug NULLS FIRST`)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read price tables: %w", err))
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (PriceTable, error) {
		var t PriceTable
		var data []byte
		err := row.Scan(&t.Project, &t.ProjectID, &t.Version, &data, &t.Updated)
		t.Data = data
		return t, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read price tables: %w", err))
	}
	return all, nil
}

// PriceTablesState changes with every change of what [Store.PriceTables] returns.
func (s *Store) PriceTablesState(ctx context.Context) (string, error) {
	var state string
	err := s.pool.QueryRow(ctx, `
		SELECT coalesce(string_agg(coalesce(project_id, 0) || '@' || extract(epoch FROM updated_at), ' ' ORDER BY project_id), '')
		FROM price_tables`).Scan(&state)
	if err != nil {
		return "", unavailable(fmt.Errorf("look at price tables: %w", err))
	}
	return state, nil
}

// SetPriceTable keeps a price table for a project, or with ProjectID 0 for every
// project, in place of the one that was there.
func (s *Store) SetPriceTable(ctx context.Context, t PriceTable) error {
	_, err := s.pool.Exec(ctx, setPriceTableSQL,
		pgx.NamedArgs{"project": t.ProjectID, "version": cleanText(t.Version, maxHint), "data": t.Data, "now": s.clock()})
	if err != nil {
		return unavailable(fmt.Errorf("keep the price table: %w", err))
	}
	return nil
}

// EditPriceTable replaces a project's price table by what edit makes of it: of
// its data, nil for none, a new version and new data, nil to have none again.
// Edits of a project wait for each other.
func (s *Store) EditPriceTable(ctx context.Context, project int32, edit func(data []byte) (version string, changed []byte, err error)) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// There may be no row to lock yet. Stored data refers to the project all the
		// time: this lock lets it.
		if _, err := tx.Exec(ctx, "SELECT FROM projects WHERE id = $1 FOR NO KEY UPDATE", project); err != nil {
			return err
		}
		var data []byte
		err := tx.QueryRow(ctx, "SELECT data FROM price_tables WHERE project_id = $1", project).Scan(&data)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		version, changed, err := edit(data)
		if err != nil {
			return err
		}
		if changed == nil {
			_, err = tx.Exec(ctx, "DELETE FROM price_tables WHERE project_id = $1", project)
			return err
		}
		_, err = tx.Exec(ctx, setPriceTableSQL, pgx.NamedArgs{"project": project, "version": cleanText(version, maxHint), "data": json.RawMessage(changed), "now": s.clock()})
		return err
	})
	if err != nil {
		return unavailable(fmt.Errorf("edit the price table: %w", err))
	}
	return nil
}

const setPriceTableSQL = `
INSERT INTO price_tables (project_id, version, data, updated_at)
VALUES (nullif(@project::integer, 0), @version, @data, @now)
ON CONFLICT (project_id) DO UPDATE
SET version = EXCLUDED.version, data = EXCLUDED.data, updated_at = EXCLUDED.updated_at`

// RemovePriceTable forgets the table of a project, or with 0 that for every
// project. None is CodeNotFound.
func (s *Store) RemovePriceTable(ctx context.Context, project int32) error {
	tag, err := s.pool.Exec(ctx, "DELETE FROM price_tables WHERE project_id IS NOT DISTINCT FROM nullif($1::integer, 0)", project)
	if err != nil {
		return unavailable(fmt.Errorf("remove the price table: %w", err))
	}
	if tag.RowsAffected() == 0 {
		return xray.Errorf(xray.CodeNotFound, "there is no price table to remove")
	}
	return nil
}
