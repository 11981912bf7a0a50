package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/pressly/goose/v3"

	"github.com/xraytrace/xray/migrations"
)

//go:embed vitals.sql
var vitalsSQL string

// Vitals are what a person looks at when something is wrong with a database.
// They are read without migrating it and without a [Store].
type Vitals struct {
	Answered       time.Duration // for one small query
	ServerVersion  string        // as in 15.18
	VersionNumber  int           // as in 150018
	Skew           time.Duration // the database's clock minus ours, as near as Answered
	Schema         int64         // the migration it is at; 0 if it has none
	Wanted         int64         // the one of this binary
	Size           int64         // bytes of this database on disk
	Unsafe         []string      // settings that may lose what was acknowledged, as in "fsync = off"
	Connections    int           // in use on the server
	MaxConnections int
	OldestWrite    time.Duration // of the transaction that has been open longest; 0 for none
	// What follows needs a schema; it is empty without one.
	MissingDays []string // days from today to tomorrow that have no partition
	Instances   int      // processes of xray serve that work on jobs
	Unsettled   int64
	OldestWait  time.Duration // of an execution that is due for settling
	Jobs        int64         // explanations that wait or are being made
	OldestJob   time.Duration
	Discarded   int64 // jobs of any kind that have failed for good
}

// Examine takes the vitals. An unreachable server is an error.
func Examine(ctx context.Context, databaseURL string) (v Vitals, err error) {
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return v, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	asked := time.Now()
	var now time.Time
	if err := conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now); err != nil {
		return v, fmt.Errorf("ask PostgreSQL for the time: %w", err)
	}
	v.Answered = time.Since(asked)
	v.Skew = now.Sub(asked.Add(v.Answered / 2))
	if err := v.server(ctx, conn); err != nil {
		return v, fmt.Errorf("look at the server: %w", err)
	}
	if v.Wanted, err = wantedSchema(); err != nil {
		return v, err
	}
	err = conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&v.Schema)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == undefinedTable {
		return v, nil
	}
	if err != nil {
		return v, fmt.Errorf("look at the schema: %w", err)
	}
	if v.Schema != v.Wanted {
		return v, nil // other tables than those that are asked here
	}
	return v, v.work(ctx, conn)
}

// undefinedTable is PostgreSQL's code of a table that is not there.
const undefinedTable = "42P01"

// server looks at what every PostgreSQL tells.
func (v *Vitals) server(ctx context.Context, conn *pgx.Conn) error {
	return conn.QueryRow(ctx, `
		SELECT current_setting('server_version'), current_setting('server_version_num')::int,
		       pg_database_size(current_database()),
		       ARRAY(SELECT name || ' = ' || setting FROM pg_settings
		             WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off' ORDER BY name),
		       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
		       current_setting('max_connections')::int,
		       coalesce((SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
		                 WHERE datname = current_database() AND backend_xid IS NOT NULL), 0)::float8 * 1e9`).
		Scan(&v.ServerVersion, &v.VersionNumber, &v.Size, &v.Unsafe, &v.Connections, &v.MaxConnections, nanoseconds{&v.OldestWrite})
}

// work looks at our own tables.
func (v *Vitals) work(ctx context.Context, conn *pgx.Conn) error {
	now := time.Now().UTC()
	var days, tables []string
	for d := range 2 {
		day := now.AddDate(0, 0, d)
		days, tables = append(days, day.Format(time.DateOnly)), append(tables, partitionName("segments", day))
	}
	var missing []int32
	err := conn.QueryRow(ctx, vitalsSQL, pgx.NamedArgs{
		"tables": tables, "class": aliveClass, "most": maxCounted, "now": now,
	}).Scan(&missing, &v.Instances, &v.Unsettled, nanoseconds{&v.OldestWait}, &v.Jobs, nanoseconds{&v.OldestJob}, &v.Discarded)
	if err != nil {
		return fmt.Errorf("look at what waits: %w", err)
	}
	for _, i := range missing {
		v.MissingDays = append(v.MissingDays, days[i-1])
	}
	return nil
}

// nanoseconds scans a number of them.
type nanoseconds struct{ into *time.Duration }

// ScanFloat64 implements pgtype.Float64Scanner.
func (n nanoseconds) ScanFloat64(v pgtype.Float8) error {
	*n.into = time.Duration(v.Float64)
	return nil
}

// wantedSchema is the number of the newest migration of this binary.
func wantedSchema() (newest int64, err error) {
	files, err := migrations.FS.ReadDir(".")
	if err != nil {
		return 0, fmt.Errorf("read the migrations: %w", err)
	}
	for _, f := range files {
		n, err := goose.NumericComponent(f.Name())
		if err != nil {
			return 0, fmt.Errorf("read the migrations: %w", err)
		}
		newest = max(newest, n)
	}
	return newest, nil
}
