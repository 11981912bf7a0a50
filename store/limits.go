package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const limitColumns = "project_id, family, requests_per_second, bytes_per_second, burst_seconds, bytes_per_day, max_request_bytes"

// Limits returns the limits of a project; those of keys by the newest key of
// each family.
func (s *Store) Limits(ctx context.Context, project int32) (xray.LimitSettings, error) {
	rows, err := s.of(project).Query(ctx, "SELECT "+limitColumns+" FROM limits WHERE project_id = $1 ORDER BY family", project)
	if err != nil {
		return xray.LimitSettings{}, unavailable(fmt.Errorf("read limits: %w", err))
	}
	all, err := collectLimits(rows)
	if err != nil {
		return xray.LimitSettings{}, unavailable(fmt.Errorf("read limits: %w", err))
	}
	if len(all) == 0 {
		return xray.LimitSettings{ProjectID: project}, nil
	}
	newest, err := s.newestKeys(ctx, project)
	if err != nil {
		return xray.LimitSettings{}, err
	}
	for i := range all[0].Keys {
		all[0].Keys[i].KeyID = newest[all[0].Keys[i].KeyID]
	}
	return all[0], nil
}

// newestKeys returns the newest key of each family of a project's.
func (s *Store) newestKeys(ctx context.Context, project int32) (map[int64]int64, error) {
	keys, err := s.Keys(ctx, project)
	if err != nil {
		return nil, err
	}
	newest := map[int64]int64{}
	for _, k := range keys {
		newest[k.Family] = max(newest[k.Family], k.ID)
	}
	return newest, nil
}

// LimitedProjects returns the limits of all projects that have any; those of
// keys by family.
func (s *Store) LimitedProjects(ctx context.Context) ([]xray.LimitSettings, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+limitColumns+" FROM limits ORDER BY project_id, family")
	if err != nil {
		return nil, unavailable(fmt.Errorf("read limits: %w", err))
	}
	all, err := collectLimits(rows)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read limits: %w", err))
	}
	return all, nil
}

func collectLimits(rows pgx.Rows) (all []xray.LimitSettings, err error) {
	var project int32
	var family int64
	var l xray.Limits
	_, err = pgx.ForEachRow(rows, []any{&project, &family, &l.RequestsPerSecond, &l.BytesPerSecond, &l.BurstSeconds, &l.BytesPerDay, &l.MaxRequestBytes}, func() error {
		if len(all) == 0 || all[len(all)-1].ProjectID != project {
			all = append(all, xray.LimitSettings{ProjectID: project})
		}
		at := &all[len(all)-1]
		if family == 0 {
			at.Project = l
		} else {
			at.Keys = append(at.Keys, xray.KeyLimits{KeyID: family, Limits: l})
		}
		return nil
	})
	return all, err
}

// SetLimits replaces all limits of a project. Those that cannot be are
// CodeInvalid, those of an unknown key CodeNotFound.
func (s *Store) SetLimits(ctx context.Context, project int32, set xray.LimitSettings) error {
	keys, err := s.Keys(ctx, project)
	if err != nil {
		return err
	}
	limits := map[int64]xray.Limits{0: set.Project}
	for _, k := range set.Keys {
		i := slices.IndexFunc(keys, func(key xray.APIKey) bool { return key.ID == k.KeyID })
		if i < 0 {
			return noKey(k.KeyID)
		}
		limits[keys[i].Family] = k.Limits
	}
	for _, l := range limits {
		if err := l.Check(); err != nil {
			return err
		}
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM limits WHERE project_id = $1", project); err != nil {
			return err
		}
		for family, l := range limits {
			if l == (xray.Limits{}) {
				continue
			}
			_, err := tx.Exec(ctx, "INSERT INTO limits ("+limitColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
				project, family, l.RequestsPerSecond, l.BytesPerSecond, l.BurstSeconds, l.BytesPerDay, l.MaxRequestBytes)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return unavailable(fmt.Errorf("save limits: %w", err))
	}
	return nil
}

// usesHeard is how long a process is heard that says nothing more.
const usesHeard = time.Minute

// ShareUses keeps what this process has taken of what is limited, and returns
// what others have that are alive.
func (s *Store) ShareUses(ctx context.Context, own []xray.LimitUse) (others []xray.LimitUse, err error) {
	now := s.clock()
	var batch pgx.Batch
	instance := ""
	slices.SortFunc(own, func(a, b xray.LimitUse) int { // one order for all: no deadlocks
		return int(a.ProjectID-b.ProjectID)<<1 | int(min(1, max(-1, a.Family-b.Family)))
	})
	for _, u := range own {
		instance = u.Instance
		batch.Queue(`
			INSERT INTO limit_uses (project_id, family, instance, requests, bytes, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (project_id, family, instance) DO UPDATE
			SET requests = EXCLUDED.requests, bytes = EXCLUDED.bytes, seen_at = EXCLUDED.seen_at`,
			u.ProjectID, u.Family, u.Instance, u.Requests, u.Bytes, now)
	}
	batch.Queue("DELETE FROM limit_uses WHERE seen_at < $1", now.Add(-10*usesHeard))
	batch.Queue("SELECT project_id, family, instance, requests, bytes FROM limit_uses WHERE instance <> $1 AND seen_at > $2", instance, now.Add(-usesHeard)).
		Query(func(rows pgx.Rows) error {
			others, err = pgx.CollectRows(rows, pgx.RowToStructByPos[xray.LimitUse])
			return err
		})
	if err := s.pool.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, unavailable(fmt.Errorf("share what was taken: %w", err))
	}
	return others, nil
}
