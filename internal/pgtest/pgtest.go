// Package pgtest gives each test a migrated PostgreSQL database of its own.
//
// The test process runs one server, on the first call of [New]: the embedded
// one, or that of XRAY_TEST_DATABASE_URL. It migrates one database, and each
// test gets a copy of it, which is ten times as fast as migrating again. A
// package that uses it says so once:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// It never skips: where no database can be had, tests fail. It is not for
// anything but tests: its server syncs nothing to disk.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/xraytrace/xray/internal/postgres"
	"github.com/xraytrace/xray/store"
)

// patience is how long anything here may take before it counts as hung.
const patience = time.Minute

// shared is the server of this test process. It is package state because the
// process is what it belongs to: tests of a package meet nowhere else.
var shared struct {
	main  bool // Main runs, and will stop the server
	once  sync.Once
	err   error
	admin *pgxpool.Pool
	url   *url.URL
	stop  func()
	name  string // of the template; the start of the names of its copies
	count atomic.Int64
}

// Main runs the tests of a package and then stops the server.
func Main(m *testing.M) {
	shared.main = true
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	os.Exit(code)
}

// New makes a migrated, empty database and returns its URL. The database is
// dropped when the test ends, with whoever is still connected.
func New(t testing.TB) string {
	t.Helper()
	if !shared.main {
		t.Fatal("add `func TestMain(m *testing.M) { pgtest.Main(m) }` to this package: it stops the server after the tests")
	}
	shared.once.Do(func() { shared.err = startServer() })
	if shared.err != nil {
		t.Fatalf("no database to test on: %v", shared.err)
	}
	name := fmt.Sprintf("%s_%d", shared.name, shared.count.Add(1))
	// Copying files takes 60 ms, the default way through the WAL 165: nothing is
	// synced, so the checkpoints around it cost little.
	admin(t, "CREATE DATABASE "+name+" TEMPLATE "+shared.name+" STRATEGY file_copy")
	t.Cleanup(func() { admin(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return databaseURL(name)
}

func admin(t testing.TB, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := shared.admin.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func databaseURL(name string) string {
	u := *shared.url
	u.Path = "/" + name
	return u.String()
}

// startServer starts the server and makes the template.
func startServer() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	base, stop, err := server(ctx)
	if err != nil {
		return err
	}
	shared.stop = stop
	if shared.url, err = url.Parse(base); err != nil {
		return fmt.Errorf("XRAY_TEST_DATABASE_URL must be a URL (postgres://…): %w", err)
	}
	if shared.admin, err = pgxpool.New(ctx, base); err != nil {
		return err
	}
	shared.stop = func() { shared.admin.Close(); stop() }
	shared.name = fmt.Sprintf("xray_test_%d_%d", os.Getpid(), time.Now().UnixMilli())
	if _, err := shared.admin.Exec(ctx, "CREATE DATABASE "+shared.name); err != nil {
		return fmt.Errorf("make template: %w", err)
	}
	shared.stop = func() {
		shared.admin.Exec(context.Background(), "DROP DATABASE "+shared.name) // nobody is left to tell
		shared.admin.Close()
		stop()
	}
	if err := store.Migrate(ctx, databaseURL(shared.name)); err != nil {
		return fmt.Errorf("migrate template: %w", err)
	}
	return nil
}

// server returns the URL of a server, and how to end it.
func server(ctx context.Context) (string, func(), error) {
	if given := os.Getenv("XRAY_TEST_DATABASE_URL"); given != "" {
		return given, func() {}, nil
	}
	removeAbandoned()
	dir, err := os.MkdirTemp("/tmp", dirPrefix) // a short path: it holds a socket
	if err != nil {
		return "", nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // under root the server is another user
		return "", nil, err
	}
	s, err := postgres.Start(ctx, postgres.Options{DataDir: dir, Throwaway: true})
	if err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return s.URL(), func() {
		over, cancel := context.WithCancel(context.Background())
		cancel() // nothing here is worth a clean end
		s.Stop(over)
		os.RemoveAll(dir)
	}, nil
}

const dirPrefix = "xray-pgtest-"

// removeAbandoned removes what test processes left that were killed (a panic
// or -timeout does not let Main finish). One that runs holds its lock.
func removeAbandoned() {
	locks, _ := filepath.Glob(filepath.Join("/tmp", dirPrefix+"*", "lock")) // fails on a bad pattern only
	for _, path := range locks {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(filepath.Dir(path))
		}
		f.Close()
	}
}
