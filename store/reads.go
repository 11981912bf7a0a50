package store

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// reads are the connections that read for projects. Each is the reading role,
// and is set to one project at a time: a query that forgets its WHERE still
// sees only that project.
type reads struct {
	pool   *pgxpool.Pool
	log    *slog.Logger
	walled atomic.Bool // the last connection took the role
	told   sync.Once
}

func openReads(ctx context.Context, config *pgxpool.Config, log *slog.Logger) (*reads, error) {
	r := &reads{log: log}
	config = config.Copy()
	config.AfterConnect = r.takeRole
	config.PrepareConn = setProject
	var err error
	r.pool, err = pgxpool.NewWithConfig(ctx, config)
	return r, err
}

// takeRole makes a connection the reading role's. A server on which there can be
// none is served all the same, by the WHERE of each query alone, and says so
// once.
func (r *reads) takeRole(ctx context.Context, conn *pgx.Conn) error {
	var citus bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')").Scan(&citus); err != nil {
		return fmt.Errorf("look for Citus: %w", err)
	}
	if citus {
		r.walled.Store(false)
		r.told.Do(func() {
			r.log.Warn("row-level security is not used on Citus, whose workers do not know whom a query is for; each query's own condition on the project holds")
		})
		return nil
	}
	_, err := conn.Exec(ctx, "SET ROLE "+readerRole)
	if refused(err) {
		r.walled.Store(false)
		r.told.Do(func() {
			r.log.Warn("row-level security is not used: this database user may not become the role "+readerRole+", and may not make it; have an administrator of the database run the commands, and restart",
				"commands", "CREATE ROLE "+readerRole+" NOLOGIN; GRANT "+readerRole+" TO "+conn.Config().User, "error", err)
		})
		return nil
	}
	if err != nil {
		return fmt.Errorf("become the role %s: %w", readerRole, err)
	}
	r.walled.Store(true)
	return nil
}

type readsFor struct{}

// isSetTo is where a connection remembers what it is set to.
const isSetTo = "xray project"

// setProject sets a connection to the project of the query that takes it, which
// costs a round trip when it was another's before. Whoever says none gets
// project 0, which has nothing.
func setProject(ctx context.Context, conn *pgx.Conn) (bool, error) {
	project, _ := ctx.Value(readsFor{}).(int32)
	memory := conn.PgConn().CustomData()
	if now, ok := memory[isSetTo].(int32); ok && now == project {
		return true, nil
	}
	if _, err := conn.Exec(ctx, "SELECT set_config($1, $2, false)", wallSetting, strconv.Itoa(int(project))); err != nil {
		return false, fmt.Errorf("set a connection to its project: %w", err)
	}
	memory[isSetTo] = project
	return true, nil
}

// reading reads for one project.
type reading struct {
	pool    *pgxpool.Pool
	project int32
}

// of gives the connections that read for a project, and see nothing else.
func (s *Store) of(project int32) reading { return reading{s.reads.pool, project} }

func (r reading) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, readsFor{}, r.project)
}

func (r reading) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return r.pool.Query(r.context(ctx), sql, args...)
}

func (r reading) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return r.pool.QueryRow(r.context(ctx), sql, args...)
}

func (r reading) BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error) {
	return r.pool.BeginTx(r.context(ctx), opts)
}

// Walled reports whether the last connection that was opened for reading stands
// behind row-level security.
func (s *Store) Walled() bool { return s.reads.walled.Load() }
