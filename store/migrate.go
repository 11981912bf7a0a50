package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/migrations"
)

const (
	minServerVersion = 150000 // PostgreSQL 15
	riverSchema      = "river"
	// migrateLock is the advisory lock under which one process migrates while
	// others that start at the same moment wait. The number means nothing.
	migrateLock int64 = 0x78726179_6d696772
)

// Migrate brings the database to the schema of this binary: our own migrations
// first, then River's. It does nothing if that is already so, and it may run in
// several processes at once. A server before PostgreSQL 15 is refused with
// nothing touched.
func Migrate(ctx context.Context, databaseURL string) error {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return fmt.Errorf("read the database URL: %w", err)
	}
	guard, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer guard.Close(context.WithoutCancel(ctx)) // also releases the lock

	if err := checkServer(ctx, guard); err != nil {
		return err
	}
	if _, err := guard.Exec(ctx, "SELECT pg_advisory_lock($1)", migrateLock); err != nil {
		return fmt.Errorf("wait for another process that migrates: %w", err)
	}
	if err := migrateOurs(ctx, config.ConnConfig); err != nil {
		return err
	}
	if err := raiseWall(ctx, guard); err != nil {
		return err
	}
	return migrateRiver(ctx, config)
}

func checkServer(ctx context.Context, conn *pgx.Conn) error {
	var version int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("ask PostgreSQL for its version: %w", err)
	}
	if version < minServerVersion {
		return xray.Errorf(xray.CodeInvalid, "this is PostgreSQL %d and X-Ray needs 15 or newer: upgrade it, or leave DATABASE_URL out and X-Ray runs its own", version/10000)
	}
	return nil
}

func migrateOurs(ctx context.Context, config *pgx.ConnConfig) error {
	db := sql.OpenDB(stdlib.GetConnector(*config))
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func migrateRiver(ctx context.Context, config *pgxpool.Config) error {
	config = config.Copy()
	config.MinConns, config.MinIdleConns, config.MaxConns = 0, 0, 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{
		Schema: riverSchema,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return fmt.Errorf("read River's migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}
