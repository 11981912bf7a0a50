package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Partitions are made on the first write of each day for that day and the days
// around it, so that at midnight the next one is already there.
const (
	daysBehind = 1
	daysAhead  = 3
)

// partitionLock is the advisory lock under which partitions are made.
const partitionLock int64 = 0x78726179_70617274

// partitions remembers which days this process has seen the partitions of.
type partitions struct {
	mu    sync.Mutex
	known map[time.Time]bool
}

// forget makes the next ensure look again: a partition turned out to be missing.
func (p *partitions) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.known)
}

// ensure makes the partitions around day if this process has not yet done so.
func (p *partitions) ensure(ctx context.Context, conn beginner, day time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[day] {
		return nil
	}
	if err := makePartitions(ctx, conn, day); err != nil {
		return err
	}
	if p.known == nil {
		p.known = make(map[time.Time]bool)
	}
	p.known[day] = true
	return nil
}

type beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// makePartitions makes what is missing of the partitions around day.
func makePartitions(ctx context.Context, conn beginner, day time.Time) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", partitionLock); err != nil {
			return fmt.Errorf("wait for another process that makes partitions: %w", err)
		}
		for d := -daysBehind; d <= daysAhead; d++ {
			if err := makeDay(ctx, tx, day.AddDate(0, 0, d)); err != nil {
				return fmt.Errorf("make the partitions of %s: %w", day.AddDate(0, 0, d).Format(time.DateOnly), err)
			}
		}
		return nil
	})
}

func makeDay(ctx context.Context, tx pgx.Tx, day time.Time) error {
	next := day.AddDate(0, 0, 1)
	ids := fmt.Sprintf("FROM (%d) TO (%d)", firstID(day), firstID(next))
	dates := fmt.Sprintf("FROM ('%s') TO ('%s')", day.Format(time.DateOnly), next.Format(time.DateOnly))
	for _, t := range []struct{ table, bounds string }{
		{"segments", ids}, {"steps", ids}, {"log_refs", ids}, {"requests", dates}, {"term_runs", ids}, {"terms", ids},
	} {
		if err := makePartition(ctx, tx, t.table, partitionName(t.table, day), t.bounds); err != nil {
			return err
		}
	}
	return nil
}

func partitionName(table string, day time.Time) string {
	return table + "_" + day.Format("20060102")
}

// makePartition makes the table first and attaches it then: unlike CREATE TABLE
// … PARTITION OF, that does not wait for running reads and writes of the parent
// and does not make others wait.
func makePartition(ctx context.Context, tx pgx.Tx, table, name, bounds string) error {
	var there bool
	if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", name).Scan(&there); err != nil {
		return err
	}
	if there {
		return nil
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`CREATE TABLE %[2]s (LIKE %[1]s INCLUDING ALL);
		ALTER TABLE %[1]s ATTACH PARTITION %[2]s FOR VALUES %[3]s`, table, name, bounds))
	return err
}
