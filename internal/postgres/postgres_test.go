//go:build unix

package postgres

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/xraytrace/xray"
)

func TestFirstStartMakesADatabaseThatTheNextStartFindsAgain(t *testing.T) {
	t.Parallel()
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

// Every account that can run X-Ray here, including root where we are root.
func TestServerRunsForRootAndForAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	who := map[string]*syscall.Credential{"ourselves": nil}
	if os.Geteuid() == 0 {
		who["nobody"] = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	for name, credential := range who {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t)
			if credential != nil {
				if err := os.Chown(filepath.Dir(dir), int(credential.Uid), int(credential.Gid)); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // a cold start and a warm one
				startChild(t, dir, credential).stop(t)
			}
			uid, _, err := ownerOf(filepath.Join(dir, "postgres", "base"))
			if err != nil || uid == 0 {
				t.Errorf("the data belongs to user %d (%v)", uid, err)
			}
		})
	}
}

// A copy of the data made by root belongs to root; the server must get it.
func TestDataThatIsRootsIsGivenToTheServersAccount(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := mustStart(t, Options{DataDir: dir, Throwaway: true})
	mustStop(t, s)
	me := account{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid()), drop: true}
	if err := me.give(s.cluster.data); err != nil {
		t.Fatal(err)
	}
	mustStart(t, Options{DataDir: dir, Throwaway: true})
}

func TestSocketOfALongPathGoesElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), strings.Repeat("a long and winding road ", 5))
	s := mustStart(t, Options{DataDir: dir, Throwaway: true})
	if n := queryInt(t, s, "SELECT 1"); n != 1 {
		t.Errorf("got %d", n)
	}
	mustStop(t, s)
	if _, err := os.Stat(s.cluster.socket); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", s.cluster.socket, err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := mustStart(t, Options{DataDir: dir})
	for setting, want := range map[string]string{
		"listen_addresses":   "", // no TCP, whatever else
		"fsync":              "on",
		"synchronous_commit": "on",
		"full_page_writes":   "on",
		"data_checksums":     "on",
		"server_encoding":    "UTF8",
		"lc_collate":         "C",
		"jit":                "off",
	} {
		if got := queryText(t, s, "SELECT current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if got := queryText(t, s, "SELECT lower('ÄÖÜ')"); got != "äöü" {
		t.Errorf("lower does not know letters beyond ASCII: %q", got)
	}
	if n := queryInt(t, s, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND client_addr IS NOT NULL"); n != 0 {
		t.Error("we are connected over the network")
	}
	mustStop(t, s)

	local := filepath.Join(s.cluster.data, "local.conf")
	if err := os.WriteFile(local, []byte("work_mem = 5MB\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s = mustStart(t, Options{DataDir: dir})
	if got := queryText(t, s, "SELECT current_setting('work_mem')"); got != "5MB" {
		t.Errorf("the user's own work_mem is 5MB, the server has %s", got)
	}
}

func TestServerDoesNotSeeOurEnvironment(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-secret")
	t.Setenv("PGPORT", "1")
	for _, kv := range (&cluster{}).environment() {
		if strings.HasPrefix(kv, "OPENAI") || strings.HasPrefix(kv, "PG") {
			t.Errorf("the server gets %s", kv)
		}
	}
	// And our own connection does not follow PGPORT.
	s := mustStart(t, Options{DataDir: dataDir(t), Throwaway: true})
	if n := queryInt(t, s, "SELECT 1"); n != 1 {
		t.Errorf("got %d", n)
	}
}

// dataDir is a path for a data directory that the server's account can reach:
// t.TempDir is closed to everybody but us.
func dataDir(t testing.TB) string {
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
	query(t, s, sql, &n)
	return n
}

func queryText(t *testing.T, s *Server, sql string) (text string) {
	t.Helper()
	query(t, s, sql, &text)
	return text
}

func query(t *testing.T, s *Server, sql string, to any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql).Scan(to); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
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
