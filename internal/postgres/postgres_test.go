//go:build unix

package postgres

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/xraytrace/xray"
)

func TestFirstStartMakesADatabaseThatTheNextStartFindsAgain(t *testing.T) {
	dir := dataDir(t)
	s := mustStart(t, Options{DataDir: dir})
	mustExec(t, s, "CREATE TABLE kept (n int)")
	mustExec(t, s, "INSERT INTO kept VALUES (42)")
	mustStop(t, s)

	s = mustStart(t, Options{DataDir: dir})
	if n := queryInt(t, s, "SELECT n FROM kept"); n != 42 {
		t.Errorf("read %d after the second start, want 42", n)
	}
}

func TestSecondStartOnTheSameDirectoryIsRefusedInWords(t *testing.T) {
	dir := dataDir(t)
	first := mustStart(t, Options{DataDir: dir})
	_, err := Start(t.Context(), Options{DataDir: dir})
	wantRefusal(t, err, xray.CodeConflict, "already runs on the data directory", dir)
	if n := queryInt(t, first, "SELECT 1"); n != 1 {
		t.Error("the first server does not answer any more")
	}
}

// dataDir is a path for a data directory that the server's account can reach:
// t.TempDir is closed to everybody but us.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "xray-postgres-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func mustStart(t *testing.T, opts Options) *Server {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	s, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() { mustStop(t, s) })
	return s
}

func mustStop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func mustExec(t *testing.T, s *Server, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func queryInt(t *testing.T, s *Server, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func wantRefusal(t *testing.T, err error, code xray.Code, words ...string) {
	t.Helper()
	if xray.ErrorCode(err) != code {
		t.Fatalf("got error %v, want one with code %s", err, code)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}
