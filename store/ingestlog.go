package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const (
	ingestLogKept = 7 * 24 * time.Hour // rows of minutes
	maxIngestRows = 50_000             // of one report
	maxLogError   = 500                // bytes
)

// AddIngest adds to the ingest log. Projects that are gone are left out.
func (s *Store) AddIngest(ctx context.Context, counts []xray.IngestCount) error {
	slices.SortFunc(counts, func(a, b xray.IngestCount) int { // in key order: no deadlocks
		return cmp.Or(cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.Minute, b.Minute), cmp.Compare(a.Family, b.Family), cmp.Compare(a.Reason, b.Reason))
	})
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var batch pgx.Batch
		for _, c := range counts {
			batch.Queue(`
				INSERT INTO ingest_log AS l (project_id, minute, family, reason, requests, records, bytes, error, at)
				SELECT id, $2, $3, $4, $5, $6, $7, $8, $9 FROM projects WHERE id = $1
				ON CONFLICT (project_id, minute, family, reason) DO UPDATE
				SET requests = l.requests + EXCLUDED.requests, records = l.records + EXCLUDED.records, bytes = l.bytes + EXCLUDED.bytes,
				    error = EXCLUDED.error, at = greatest(l.at, EXCLUDED.at)`,
				c.ProjectID, c.Minute, c.Family, c.Reason, c.Requests, c.Records, c.Bytes, cleanText(c.Error, maxLogError), c.At)
		}
		for _, c := range counts {
			if c.Reason == "" {
				batch.Queue(`
					INSERT INTO ingest_days AS d (project_id, day, family, bytes) SELECT id, $2, $3, $4 FROM projects WHERE id = $1
					ON CONFLICT (project_id, day, family) DO UPDATE SET bytes = d.bytes + EXCLUDED.bytes`,
					c.ProjectID, dayOf(time.Unix(c.Minute*60, 0)), c.Family, c.Bytes)
			}
		}
		batch.Queue("DELETE FROM ingest_log WHERE minute < $1", s.clock().Add(-ingestLogKept).Unix()/60)
		return tx.SendBatch(ctx, &batch).Close()
	})
	if err != nil {
		return unavailable(fmt.Errorf("write the ingest log: %w", err))
	}
	return nil
}

// UsesToday returns the bytes that projects (family 0) and families of their
// keys have sent today.
func (s *Store) UsesToday(ctx context.Context, projects []int32) ([]xray.DayUse, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT project_id, coalesce(nullif(family, 0), -1), sum(bytes)::bigint FROM ingest_days
		WHERE project_id = ANY($1) AND day = $2 GROUP BY 1, 2
		UNION ALL
		SELECT project_id, 0, sum(bytes)::bigint FROM ingest_days WHERE project_id = ANY($1) AND day = $2 GROUP BY 1`,
		projects, dayOf(s.clock()))
	if err != nil {
		return nil, unavailable(fmt.Errorf("read what was sent today: %w", err))
	}
	uses, err := pgx.CollectRows(rows, pgx.RowToStructByPos[xray.DayUse])
	if err != nil {
		return nil, unavailable(fmt.Errorf("read what was sent today: %w", err))
	}
	return uses, nil
}

// IngestReport returns a part of a project's ingest log, of at most a week, and
// what waits. Of keys that took over from each other the counts are by family.
func (s *Store) IngestReport(ctx context.Context, project int32, since, until time.Time) (r xray.IngestReport, err error) {
	q := s.of(project)
	rows, err := q.Query(ctx, `
		SELECT project_id, minute, family, reason, requests, records, bytes, error, at FROM ingest_log
		WHERE project_id = $1 AND minute >= $2 AND minute < $3 ORDER BY minute, family, reason LIMIT $4`,
		project, since.Unix()/60, (until.Unix()+59)/60, maxIngestRows)
	if err != nil {
		return r, unavailable(fmt.Errorf("read the ingest log: %w", err))
	}
	if r.Counts, err = pgx.CollectRows(rows, pgx.RowToStructByPos[xray.IngestCount]); err != nil {
		return r, unavailable(fmt.Errorf("read the ingest log: %w", err))
	}
	err = q.QueryRow(ctx, "SELECT coalesce(sum(bytes), 0)::bigint FROM ingest_days WHERE project_id = $1 AND day = $2", project, dayOf(s.clock())).Scan(&r.BytesToday)
	if err != nil {
		return r, unavailable(fmt.Errorf("read what was sent today: %w", err))
	}
	err = q.QueryRow(ctx, `
		SELECT count(*), min(created_at) FROM (
			SELECT created_at FROM reasoning_jobs WHERE project_id = $1 AND status IN ('pending', 'processing') ORDER BY created_at LIMIT $2) w`,
		project, 10_000).Scan(&r.Queue.Waiting, &r.Queue.Since)
	if err != nil {
		return r, unavailable(fmt.Errorf("look what waits: %w", err))
	}
	return r, nil
}
