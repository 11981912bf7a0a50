package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/xraytrace/xray/internal/postgres"
	"github.com/xraytrace/xray/store"
)

// databaseFlags choose the database of every command that needs one.
type databaseFlags struct {
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" help:"PostgreSQL 15 or newer to use; without it X-Ray runs its own."`
	DataDir     string `env:"XRAY_DATA_DIR" type:"path" help:"Where X-Ray's own PostgreSQL keeps its data (default /var/lib/xray for root, else the user's data directory)."`
}

// database is a reachable PostgreSQL, ours or another's.
type database struct {
	url   string
	about string
	done  <-chan struct{} // closed when our own server is gone for good; nil for another's
	stop  func() error
}

// stopTimeout is how long our own PostgreSQL may take for its last checkpoint.
const stopTimeout = 30 * time.Second

// start gives a database to serve on.
func (f databaseFlags) start(ctx context.Context, log *slog.Logger) (database, error) {
	if f.DatabaseURL != "" {
		return database{url: f.DatabaseURL, about: "PostgreSQL at DATABASE_URL", stop: func() error { return nil }}, nil
	}
	server, err := postgres.Start(ctx, postgres.Options{DataDir: f.DataDir, Logger: log})
	if err != nil {
		return database{}, err
	}
	stop := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		return server.Stop(ctx)
	}
	return database{url: server.URL(), about: "own PostgreSQL in " + server.Dir(), done: server.Done(), stop: stop}, nil
}

// reach gives a database to a short command: the one of a running server if
// there is one, else it is started for as long as the command lasts.
func (f databaseFlags) reach(ctx context.Context, log *slog.Logger) (database, error) {
	if f.DatabaseURL == "" {
		if url, ok := postgres.Running(f.DataDir); ok {
			return database{url: url, stop: func() error { return nil }}, nil
		}
	}
	return f.start(ctx, log)
}

// withStore runs a short command on a migrated database.
func (f databaseFlags) withStore(ctx context.Context, log *slog.Logger, run func(*store.Store) error) error {
	return f.withOptions(ctx, log, store.Options{Logger: log}, run)
}

// withOptions is withStore for commands that need more of the store.
func (f databaseFlags) withOptions(ctx context.Context, log *slog.Logger, opts store.Options, run func(*store.Store) error) (err error) {
	db, err := f.reach(ctx, log)
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := db.stop(); err == nil {
			err = stopErr
		}
	}()
	if err := store.Migrate(ctx, db.url); err != nil {
		return err
	}
	s, err := store.Open(ctx, db.url, opts)
	if err != nil {
		return err
	}
	defer s.Close()
	return run(s)
}
