package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// postgresTool runs one of PostgreSQL's own programs, as people do.
func postgresTool(t *testing.T, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	path, err := exec.LookPath(name)
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
		if len(found) == 0 {
			t.Fatalf("%s is not on this machine: install PostgreSQL's client programs", name)
		}
		path = found[len(found)-1]
	}
	if out, err := exec.CommandContext(ctx, path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// databaseOf names a database of a server's own PostgreSQL.
func databaseOf(s *server, name string) string {
	return fmt.Sprintf("postgres:///%s?user=xray&host=%s", name, filepath.Join(s.dataDir, "socket"))
}

// everything is what a server answers about all of its executions, to compare.
func everything(t *testing.T, s *server) map[string]string {
	t.Helper()
	answers := map[string]string{}
	day := func(offset int) string { return time.Now().AddDate(0, 0, offset).Format("2006-01-02T00:00:00Z") }
	ask := func(path string) {
		status, raw := s.call("GET", path, "")
		if status != 200 {
			t.Fatalf("GET %s: %d %s", path, status, raw)
		}
		answers[path] = string(raw)
	}
	list := get[struct{ Executions []execution }](s, "/api/executions?limit=100")
	for _, e := range list.Executions {
		for _, part := range []string{"", "/steps", "/otlp", "/funnel"} {
			ask("/api/executions/" + e.ID + part)
		}
	}
	for _, path := range []string{"/api/executions?limit=100", "/api/views", "/api/settings/masking", "/api/settings/reasoning", "/api/pipelines?since=" + day(-2) + "&until=" + day(1)} {
		ask(path)
	}
	return answers
}

// same fails the test for each answer that is another one.
func same(t *testing.T, what string, want, got map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d answers, want %d", what, len(got), len(want))
	}
	for path, answer := range want {
		if got[path] != answer {
			t.Errorf("%s: %s\nwas %s\nis  %s", what, path, answer, got[path])
		}
	}
}

// TestABackupBringsEverythingBack fills a database, dumps it, drops it,
// restores it, and compares; by the ways that docs/deployment.md tells, for a
// database elsewhere and for X-Ray's own.
func TestABackupBringsEverythingBack(t *testing.T) {
	t.Parallel()
	owner := start(t, settings{})
	postgresTool(t, "psql", databaseOf(owner, "xray"), "-c", "CREATE DATABASE team")
	team := settings{env: []string{"DATABASE_URL=" + databaseOf(owner, "team")}}
	srv := start(t, team)
	if status, raw := srv.call("POST", "/api/demo", ""); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	srv.call("POST", "/api/views", `{"name":"failed ones","query":"status:error"}`)
	srv.call("PUT", "/api/settings/reasoning", `{"policy":"failures","dailyCapUsd":2.5}`)
	eventually(t, "everything is settled and explained", time.Minute, func() bool {
		for _, e := range get[struct{ Executions []execution }](srv, "/api/executions?limit=100").Executions {
			whole := get[execution](srv, "/api/executions/"+e.ID)
			if !whole.Settled || whole.Job.Status == "pending" || whole.Job.Status == "processing" || whole.Reasoning.Source == "" {
				return false
			}
		}
		return true
	})
	eventually(t, "the statistics know of all of them", time.Minute, func() bool {
		counted := 0
		for _, p := range get[struct{ Pipelines []struct{ Count int } }](srv, "/api/pipelines").Pipelines {
			counted += p.Count
		}
		return counted == len(get[struct{ Executions []execution }](srv, "/api/executions?limit=100").Executions)
	})
	before := everything(t, srv)
	if len(before) < 20 {
		t.Fatalf("only %d answers to compare", len(before))
	}

	dump := filepath.Join(t.TempDir(), "xray.dump")
	postgresTool(t, "pg_dump", "--format=custom", "--file="+dump, databaseOf(owner, "team")) // while it runs
	srv.stop()
	postgresTool(t, "psql", databaseOf(owner, "xray"), "-c", "DROP DATABASE team", "-c", "CREATE DATABASE team")
	postgresTool(t, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+databaseOf(owner, "team"), dump)
	restored := start(t, team)
	same(t, "restored", before, everything(t, restored))
	send := func(s *server) {
		t.Helper()
		if status, raw := s.call("POST", "/api/executions", variant("after", `"sci-fi"`, `"crime"`)); status != 201 {
			t.Errorf("after the backup nothing is taken: %d %s", status, raw)
		}
	}
	send(restored)

	// X-Ray's own database runs while X-Ray does: the dump replaces what is in it.
	postgresTool(t, "pg_restore", "--no-owner", "--clean", "--if-exists", "--single-transaction", "--dbname="+databaseOf(owner, "xray"), dump)
	owner.stop()
	again := start(t, settings{dataDir: owner.dataDir})
	same(t, "restored over X-Ray's own", before, everything(t, again))
	send(again)
}
