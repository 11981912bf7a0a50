package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestADatabaseOfAnEarlierSchemaIsUpgraded starts this version on the databases
// in testdata/upgrade, each a dump (pg_dump --format=custom) of what an earlier
// version had stored: three executions of movieNight's kind, a view, a policy.
// A release whose schema differs adds one.
func TestADatabaseOfAnEarlierSchemaIsUpgraded(t *testing.T) {
	t.Parallel()
	dumps, err := filepath.Glob("testdata/upgrade/*.dump")
	if err != nil || len(dumps) == 0 {
		t.Fatalf("no dumps: %v", err)
	}
	owner := start(t, settings{})
	for _, dump := range dumps {
		name := "of_" + strings.NewReplacer("-", "_", ".dump", "").Replace(filepath.Base(dump))
		postgresTool(t, "psql", databaseOf(owner, "xray"), "-c", "CREATE DATABASE "+name)
		postgresTool(t, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+databaseOf(owner, name), dump)
		srv := start(t, settings{env: []string{"DATABASE_URL=" + databaseOf(owner, name)}})

		list := get[struct{ Executions []execution }](srv, "/api/executions")
		if len(list.Executions) != 3 {
			t.Fatalf("%s: %d executions of 3", dump, len(list.Executions))
		}
		for _, id := range []string{"movie-night-0", "movie-night-1", "movie-night-2"} {
			e := get[execution](srv, "/api/executions/"+id)
			if !e.Settled || e.StepCount != 4 || e.Reasoning.Source == "" {
				t.Errorf("%s: %s is now %+v", dump, id, e)
			}
			status, otlp := srv.call("GET", "/api/executions/"+id+"/otlp", "")
			if genre := map[string]string{"movie-night-0": "sci-fi", "movie-night-1": "crime", "movie-night-2": "drama"}[id]; status != 200 || !strings.Contains(string(otlp), genre) {
				t.Errorf("%s: of %s there is no more %q: %d", dump, id, genre, status)
			}
		}
		if _, views := srv.call("GET", "/api/views", ""); !strings.Contains(string(views), "failed ones") {
			t.Errorf("%s: the view is gone: %s", dump, views)
		}
		if _, policy := srv.call("GET", "/api/settings/reasoning", ""); !strings.Contains(string(policy), `"dailyCapUsd":2.5`) {
			t.Errorf("%s: the policy is gone: %s", dump, policy)
		}
		if status, raw := srv.call("POST", "/api/executions", variant("after", `"sci-fi"`, `"western"`)); status != 201 {
			t.Errorf("%s: nothing new is taken: %d %s", dump, status, raw)
		}
		eventually(t, "what is new is explained", time.Minute, func() bool {
			e := get[execution](srv, "/api/executions/after")
			return e.Settled && e.Reasoning.Source != ""
		})
		out := run(t, "doctor", "--database-url", databaseOf(owner, name), "--url", srv.UI)
		if !strings.Contains(out, "which is this version's") {
			t.Errorf("%s: the doctor says\n%s", dump, out)
		}
		srv.stop()
	}
}
