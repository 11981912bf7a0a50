package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// JobQueue is how many reasoning jobs are in one state, and how long ago the
// oldest of them was asked for.
type JobQueue struct {
	Status xray.JobStatus
	Count  int64 // at most a million
	Oldest time.Duration
}

// Rides on reasoning_jobs_waiting, whose states have to be written out.
const jobQueuesSQL = `
SELECT 'pending',
       (SELECT count(*) FROM (SELECT FROM reasoning_jobs WHERE status = 'pending' LIMIT @most) AS j),
       (SELECT min(created_at) FROM reasoning_jobs WHERE status = 'pending')
UNION ALL
SELECT 'processing',
       (SELECT count(*) FROM (SELECT FROM reasoning_jobs WHERE status = 'processing' LIMIT @most) AS j),
       (SELECT min(created_at) FROM reasoning_jobs WHERE status = 'processing')`

// JobQueues counts the jobs that are to be done: those that wait, for whatever
// reason, and those that are being done.
func (s *Store) JobQueues(ctx context.Context) ([]JobQueue, error) {
	rows, err := s.pool.Query(ctx, jobQueuesSQL, pgx.NamedArgs{"most": maxCounted})
	if err != nil {
		return nil, unavailable(fmt.Errorf("count jobs: %w", err))
	}
	queues, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (JobQueue, error) {
		var q JobQueue
		var oldest *time.Time
		err := row.Scan(&q.Status, &q.Count, &oldest)
		if oldest != nil {
			q.Oldest = max(0, s.clock().Sub(*oldest))
		}
		return q, err
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("count jobs: %w", err))
	}
	return queues, nil
}
