package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/xraytrace/xray"
)

// requestDays is how long request hashes are kept: today's and yesterday's are
// looked at.
const requestDays = 2

// Expire removes what no project keeps any longer. Partitions hold the data of
// all projects: a day's partition is dropped, and its disk space is free at
// once, when the project that keeps longest lets go of it; until then the rows
// of projects that keep less are deleted from it, and their space is used
// again by what PostgreSQL's vacuum makes of it. RunJobs calls this every few
// hours in one process.
func (s *Store) Expire(ctx context.Context) error {
	if err := s.adoptScores(ctx, math.MaxInt32); err != nil {
		return unavailable(err)
	}
	rows, err := s.pool.Query(ctx, "SELECT id, payload_days, structure_days FROM projects ORDER BY id")
	if err != nil {
		return unavailable(fmt.Errorf("read retention: %w", err))
	}
	type kept struct {
		project int32
		xray.Retention
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (kept, error) {
		var k kept
		return k, row.Scan(&k.project, &k.PayloadDays, &k.StructureDays)
	})
	if err != nil {
		return unavailable(fmt.Errorf("read retention: %w", err))
	}
	today := dayOf(s.clock())
	longest := xray.Retention{}
	for _, k := range all {
		longest.PayloadDays = max(longest.PayloadDays, k.PayloadDays)
		longest.StructureDays = max(longest.StructureDays, k.StructureDays)
		if err := s.expireProject(ctx, k.project, today, k.Retention); err != nil {
			return unavailable(fmt.Errorf("expire project %d: %w", k.project, err))
		}
	}
	for table, days := range map[string]int{
		"segments": longest.PayloadDays, "steps": longest.StructureDays, "log_refs": longest.PayloadDays, "requests": requestDays,
		"term_runs": longest.PayloadDays, "terms": longest.PayloadDays,
	} {
		if err := s.dropPartitions(ctx, table, today.AddDate(0, 0, -days)); err != nil {
			return unavailable(fmt.Errorf("drop partitions of %s: %w", table, err))
		}
	}
	return nil
}

// expireProject deletes one project's old rows, a few at a time so that no
// transaction lasts long.
func (s *Store) expireProject(ctx context.Context, project int32, today time.Time, keep xray.Retention) error {
	payload := firstID(today.AddDate(0, 0, -keep.PayloadDays))
	structure := firstID(today.AddDate(0, 0, -keep.StructureDays))
	for _, old := range []struct {
		sql    string
		before int64
	}{
		{expireSegmentsSQL, payload}, {expireExecutionsSQL, structure}, {expireStepsSQL, structure},
	} {
		for {
			tag, err := s.pool.Exec(ctx, old.sql, pgx.NamedArgs{"project": project, "before": old.before, "limit": 1000})
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 {
				break
			}
		}
	}
	if err := s.expireCalls(ctx, project, today.AddDate(0, 0, -max(keep.StructureDays, auditDays))); err != nil {
		return err
	}
	old := today.AddDate(0, 0, -keep.StructureDays)
	if _, err := s.pool.Exec(ctx, expireScoresSQL, pgx.NamedArgs{"project": project, "before": old}); err != nil {
		return err
	}
	if err := s.expireDeliveries(ctx, project); err != nil {
		return err
	}
	_, err := s.pool.Exec(ctx, expireRollupsSQL, pgx.NamedArgs{
		"project": project, "structure": dayNumber(today.AddDate(0, 0, -keep.StructureDays)),
		"minutes": dayNumber(today.AddDate(0, 0, -minutesKept)),
	})
	return err
}

// auditDays is for how long calls to models are listed at least, also where
// executions are kept for less.
const auditDays = 90

// expireCalls deletes the list of a project's calls to models before a day.
// What they cost by day stays. Rides on model_calls_project.
func (s *Store) expireCalls(ctx context.Context, project int32, before time.Time) error {
	for {
		tag, err := s.pool.Exec(ctx, `
			DELETE FROM model_calls WHERE id IN (
				SELECT id FROM model_calls WHERE project_id = $1 AND created_at < $2 ORDER BY created_at LIMIT 5000)`, project, before)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
	}
}

// minutesKept is for how many days statistics are kept by the minute; older
// ones are read by the hour.
const minutesKept = 8

const (
	// Both read the partitions that are older than the project keeps and that
	// another project still does: usually none.
	expireSegmentsSQL = `
DELETE FROM segments WHERE id IN (
    SELECT id FROM segments WHERE project_id = @project AND id < @before LIMIT @limit) AND id < @before`
	expireStepsSQL = `
DELETE FROM steps WHERE project_id = @project AND segment < @before AND trace_id IN (
    SELECT trace_id FROM steps WHERE project_id = @project AND segment < @before LIMIT @limit)`

	// A row goes when nothing has been added for as long as executions are kept:
	// all that it counts have gone, however wrong their clocks were. Reads the
	// project's part of rollups_pkey, once in a few hours.
	expireRollupsSQL = `
DELETE FROM rollups
WHERE project_id = @project AND (touched < @structure::integer OR minutes = 1 AND touched < @minutes::integer)`

	// Rides on executions_arrival to find them, and on primary keys to delete.
	expireExecutionsSQL = `
WITH old AS MATERIALIZED (
    SELECT project_id, trace_id FROM executions
    WHERE project_id = @project AND first_segment < @before AND last_segment < @before LIMIT @limit),
f AS (DELETE FROM facts t USING old WHERE t.project_id = old.project_id AND t.trace_id = old.trace_id),
r AS (DELETE FROM reasonings t USING old WHERE t.project_id = old.project_id AND t.trace_id = old.trace_id),
j AS (DELETE FROM reasoning_jobs t USING old WHERE t.project_id = old.project_id AND t.trace_id = old.trace_id),
s AS (DELETE FROM scores t USING old WHERE t.project_id = old.project_id AND t.trace_id = old.trace_id),
n AS (DELETE FROM notes t USING old WHERE t.project_id = old.project_id AND t.trace_id = old.trace_id)
DELETE FROM executions t USING old WHERE t.project_id = old.project_id AND t.trace_id = old.trace_id`

	// Scores whose execution never came, or came and went. Reads the project's
	// scores, once in a few hours.
	expireScoresSQL = `
DELETE FROM scores s WHERE s.project_id = @project AND s.at < @before AND (s.trace_id IS NULL OR NOT EXISTS (
    SELECT FROM executions e WHERE e.project_id = s.project_id AND e.trace_id = s.trace_id))`

	partitionsSQL = `
SELECT c.relname, i.inhrelid IS NOT NULL, coalesce(i.inhdetachpending, false)
FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname ~ ('^' || @table || '_[0-9]{8}$')
ORDER BY c.relname`
)

// dropPartitions drops a table's partitions of the days before first. Detaching
// concurrently does not make readers and writers wait, as dropping at once
// would. What a crash left half-way is finished.
func (s *Store) dropPartitions(ctx context.Context, table string, first time.Time) error {
	rows, err := s.pool.Query(ctx, partitionsSQL, pgx.NamedArgs{"table": table})
	if err != nil {
		return err
	}
	type partition struct {
		name              string
		attached, pending bool
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (partition, error) {
		var p partition
		return p, row.Scan(&p.name, &p.attached, &p.pending)
	})
	if err != nil {
		return err
	}
	for _, p := range all {
		if cmp.Compare(p.name, partitionName(table, first)) >= 0 {
			break
		}
		var steps []string
		switch {
		case p.pending:
			steps = []string{"ALTER TABLE " + table + " DETACH PARTITION " + p.name + " FINALIZE"}
		case p.attached:
			steps = []string{"ALTER TABLE " + table + " DETACH PARTITION " + p.name + " CONCURRENTLY"}
		}
		for _, sql := range slices.Concat(steps, []string{"DROP TABLE " + p.name}) {
			if _, err := s.pool.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
		s.log.Info("dropped a partition that no project keeps", "table", p.name)
	}
	return nil
}

const (
	upkeepQueue = "upkeep"
	expireEvery = 6 * time.Hour
	expireLimit = 2 * time.Hour
)

// expireArgs is the periodic job that calls Expire.
type expireArgs struct{}

// Kind implements river.JobArgs. It is part of the stored data.
func (expireArgs) Kind() string { return "expire" }

// expirePeriodically makes the job in whatever process leads, at its start and
// then every few hours, but not twice in an hour however often one starts.
func expirePeriodically() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(expireEvery), func() (river.JobArgs, *river.InsertOpts) {
		return expireArgs{}, &river.InsertOpts{
			Queue: upkeepQueue, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByPeriod: time.Hour},
		}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// expireWorker carries it out for River.
type expireWorker struct {
	river.WorkerDefaults[expireArgs]
	*Store
}

// Timeout implements river.Worker: much may have to go after a change of days.
func (w *expireWorker) Timeout(*river.Job[expireArgs]) time.Duration { return expireLimit }

// Work implements river.Worker.
func (w *expireWorker) Work(ctx context.Context, _ *river.Job[expireArgs]) error {
	return w.Expire(ctx)
}
