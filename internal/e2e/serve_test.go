package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/tracetest"
)

func TestASecondServerOnTheSameDirectoryIsRefusedInWords(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	out, err := command(t.Context(), nil, "serve", "--data-dir", srv.dataDir,
		"--listen", "localhost:0", "--otlp-http", "localhost:0", "--otlp-grpc", "localhost:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "already runs on the data directory") {
		t.Errorf("error %v, output %s", err, out)
	}
	if status, _ := srv.call("GET", "/readyz", ""); status != http.StatusOK {
		t.Errorf("the first server is not ready any more: %d", status)
	}
}

func TestAnotherMajorVersionsDataIsNotTouched(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	version := filepath.Join(dir, "postgres", "PG_VERSION")
	if err := os.MkdirAll(filepath.Dir(version), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(version, []byte("9\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := command(t.Context(), nil, "serve", "--data-dir", dir,
		"--listen", "localhost:0", "--otlp-http", "localhost:0", "--otlp-grpc", "localhost:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "9") {
		t.Errorf("error %v, output %s", err, out)
	}
	entries, _ := os.ReadDir(filepath.Dir(version))
	if len(entries) != 1 {
		t.Errorf("the directory was touched: %v", entries)
	}
}

func TestTheNetworkIsServedNothingWithoutAKey(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{args: []string{"--listen", "0.0.0.0:0"}})
	for _, path := range []string{"/api/executions", "/api/session", "/api/events", "/api/projects"} {
		if status, body := srv.call("GET", path, ""); status != http.StatusUnauthorized {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
	if status, body := srv.call("POST", "/v1/traces", "{}"); status != http.StatusUnauthorized {
		t.Errorf("OTLP: %d %.200s", status, body)
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	port := srv.HTTP[strings.LastIndex(srv.HTTP, ":"):]
	out, err := command(t.Context(), nil, "serve", "--data-dir", newDataDir(t),
		"--listen", "localhost:0", "--otlp-http", "localhost"+port, "--otlp-grpc", "localhost:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--otlp-http") {
		t.Errorf("error %v, output %s", err, out)
	}
}

func TestASignalStopsCleanly(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		srv := start(t, settings{})
		srv.cmd.Process.Signal(sig)
		select {
		case <-srv.ended:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s did not stop the server:\n%s", sig, srv.log)
		}
		if code := srv.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("%s: exit code %d:\n%s", sig, code, srv.log)
		}
		if _, err := os.Stat(filepath.Join(srv.dataDir, "postgres", "postmaster.pid")); !os.IsNotExist(err) {
			t.Errorf("%s: the database was not stopped: %v", sig, err)
		}
	}
}

func TestReadinessFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	ready := func() int { status, _ := srv.call("GET", "/readyz", ""); return status }
	if ready() != http.StatusOK {
		t.Fatal("not ready after the start")
	}
	// A stopped database does not answer, and is not dead either.
	syscall.Kill(srv.postmaster(), syscall.SIGKILL)
	eventually(t, "the database is back by itself", 30*time.Second, func() bool { return ready() == http.StatusOK })
	if status, body := srv.call("GET", "/healthz", ""); status != http.StatusOK {
		t.Errorf("/healthz: %d %s", status, body)
	}
	if status, body := srv.call("GET", "/metrics", ""); status != http.StatusOK || !strings.Contains(string(body), "go_goroutines") {
		t.Errorf("/metrics: %d %.200s", status, body)
	}
}

// TestProjectsAreApart: a key sees its own project only, and does what its
// scope says.
func TestProjectsAreApart(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	run(t, "project", "create", "--data-dir", dir, "shop")
	run(t, "project", "create", "--data-dir", dir, "bank")
	key := func(project, scope string) string {
		return run(t, "key", "create", "--data-dir", dir, "--project", project, "--scope", scope)
	}
	ingest, read, admin, other := key("shop", "ingest"), key("shop", "read"), key("shop", "admin"), key("bank", "admin")
	srv := start(t, settings{dataDir: dir, env: []string{"XRAY_MASTER_API_KEY=m4ster"}})
	as := func(key string) *server { s := *srv; s.key = key; return &s }

	f := tracetest.Load(t, "openai-openinference")
	id := f.Expected.PerTrace[0].Trace
	send := func(key string) error {
		for _, r := range f.Requests {
			if err := r.Send(t.Context(), t, as(key).target()); err != nil {
				return err
			}
		}
		return nil
	}
	for name, key := range map[string]string{"no key": "", "a wrong key": "xray_wrong", "a read key": read} {
		if err := send(key); err == nil {
			t.Errorf("%s may send", name)
		}
	}
	if err := send(ingest); err != nil {
		t.Fatal(err)
	}
	steps := get[stepList](as(read), "/api/executions/"+id+"/steps").Steps
	paths := []string{"/api/executions/" + id, "/api/executions/" + id + "/steps", "/api/executions/" + id + "/otlp",
		"/api/executions/" + id + "/steps/" + steps[0].ID, "/api/executions/" + id + "/export?format=ndjson",
		"/api/executions/" + id + "/export?format=markdown", "/api/executions/" + id + "/export?format=otlp"}
	for _, path := range paths {
		for name, tc := range map[string]struct {
			key  string
			want int
		}{
			"its reader": {read, 200}, "its admin": {admin, 200}, "its sender": {ingest, 403},
			"a stranger": {other, 404}, "nobody": {"", 401}, "the master key in default": {"m4ster", 404},
		} {
			if status, body := as(tc.key).call("GET", path, ""); status != tc.want {
				t.Errorf("%s reads %s: %d, want %d: %.200s", name, path, status, tc.want, body)
			}
		}
	}
	for name, tc := range map[string]struct {
		key  string
		want int
	}{"its reader": {read, f.Expected.Traces}, "a stranger": {other, 0}} {
		if n := len(get[executionList](as(tc.key), "/api/executions").Executions); n != tc.want {
			t.Errorf("%s lists %d executions, want %d", name, n, tc.want)
		}
	}
	searchesAreApart(as(read), as(admin), as(other), as(ingest))
	if status, _ := as(other).call("POST", "/api/reasoning/process", `{"executionId":"`+id+`"}`); status != 404 {
		t.Errorf("a stranger asks for an explanation: %d, want 404", status)
	}
	// A revoked key stops working, within the seconds that it is remembered.
	number := strings.Fields(strings.Split(run(t, "key", "list", "--data-dir", dir, "--project", "bank"), "\n")[1])[0]
	run(t, "key", "revoke", "--data-dir", dir, "--project", "bank", number)
	eventually(t, "the revoked key is refused", 20*time.Second, func() bool {
		status, _ := as(other).call("GET", "/api/executions", "")
		return status == http.StatusUnauthorized
	})
	// A running server's database is reached by the commands, too.
	if late := key("shop", "read"); len(get[executionList](as(late), "/api/executions").Executions) != f.Expected.Traces {
		t.Error("a key made while the server runs does not work")
	}
}

func TestAServerOfYourOwn(t *testing.T) {
	t.Parallel()
	host := start(t, settings{}) // its PostgreSQL is the foreign one here
	url := "postgres://xray@/xray?host=" + filepath.Join(host.dataDir, "socket") + "&port=5432"
	// Two instances start at once on one database, and both see everything.
	dir := newDataDir(t)
	with := settings{dataDir: dir, env: []string{"DATABASE_URL=" + url}}
	a, b := begin(t, with), begin(t, with)
	a.await()
	b.await()
	f := tracetest.Load(t, "telemetrygen-grpc")
	for _, r := range f.Requests {
		if err := r.Send(t.Context(), t, a.target()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(get[executionList](b, "/api/executions").Executions); n != f.Expected.Traces {
		t.Errorf("the other instance lists %d executions, want %d", n, f.Expected.Traces)
	}
	if _, err := os.Stat(filepath.Join(dir, "postgres")); !os.IsNotExist(err) {
		t.Error("with DATABASE_URL no database of its own may be made")
	}
}
