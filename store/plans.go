package store

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// plansLearnAt is how many executions a process writes before it looks whether
// PostgreSQL knows the tables.
const plansLearnAt = 500

// plans sees to it that PostgreSQL chooses its plans by what is in the tables. It
// keeps the plan of a statement that comes often. In a new database it makes
// that plan while the tables are empty, when all indexes look alike; until
// autovacuum came by, up to 20 s later, looking for 60 executions among 15,000
// took 3 ms instead of 0.1, and longer as the table grew.
type plans struct {
	written atomic.Int64
	learned atomic.Bool
}

// note counts executions and, once, has tables analysed that never were. That
// makes PostgreSQL plan anew. What fails is left to autovacuum. Table unsettled
// is left out: it may be empty now and full in a second.
func (p *plans) note(ctx context.Context, w *writer, executions int) {
	if p.learned.Load() || p.written.Add(int64(executions)) < plansLearnAt || p.learned.Swap(true) {
		return
	}
	var unknown bool
	err := w.pool.QueryRow(ctx, "SELECT reltuples < @few FROM pg_class WHERE oid = 'executions'::regclass", pgx.NamedArgs{"few": plansLearnAt / 2}).Scan(&unknown)
	if err == nil && unknown {
		_, err = w.pool.Exec(ctx, "ANALYZE executions, requests, steps, segments")
	}
	if err != nil {
		w.log.Debug("the tables were not analysed; autovacuum will do it", "error", err)
	}
}
