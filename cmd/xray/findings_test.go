package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray/store"
)

func TestEveryFindingThatIsNotWellSaysWhatToDo(t *testing.T) {
	good := store.Vitals{
		ServerVersion: "15.18", VersionNumber: 150018, Answered: time.Millisecond, Schema: 30, Wanted: 30, MaxConnections: 100, Instances: 1,
	}
	for _, f := range aboutDatabase(good) {
		if f.State != well || f.Advice != "" {
			t.Errorf("a healthy database: %+v", f)
		}
	}
	for name, c := range map[string]struct {
		change func(*store.Vitals)
		about  string
		state  state
	}{
		"an old server":                  {func(v *store.Vitals) { v.VersionNumber = 140010 }, "database", unwell},
		"fsync is off":                   {func(v *store.Vitals) { v.Unsafe = []string{"fsync = off"} }, "database", careful},
		"few connections are left":       {func(v *store.Vitals) { v.Connections = 95 }, "database", careful},
		"a transaction is open for long": {func(v *store.Vitals) { v.OldestWrite = time.Hour }, "database", careful},
		"no schema":                      {func(v *store.Vitals) { v.Schema = 0 }, "schema", careful},
		"an older schema":                {func(v *store.Vitals) { v.Schema = 12 }, "schema", careful},
		"a newer schema":                 {func(v *store.Vitals) { v.Schema = 99 }, "schema", unwell},
		"the clocks differ":              {func(v *store.Vitals) { v.Skew = -time.Minute }, "clock", careful},
		"partitions are missing":         {func(v *store.Vitals) { v.MissingDays = []string{"2026-11-24"} }, "partitions", careful},
		"work waits and nobody does it":  {func(v *store.Vitals) { v.Instances, v.Jobs = 0, 3 }, "queue", careful},
		"an execution waits for long":    {func(v *store.Vitals) { v.Unsettled, v.OldestWait = 1, time.Hour }, "queue", careful},
		"an explanation waits for long":  {func(v *store.Vitals) { v.Jobs, v.OldestJob = 1, time.Hour }, "queue", careful},
		"jobs have failed for good":      {func(v *store.Vitals) { v.Discarded = 2 }, "queue", careful},
	} {
		v := good
		c.change(&v)
		bad := 0
		for _, f := range aboutDatabase(v) {
			if f.State == well {
				continue
			}
			bad++
			if f.About != c.about || f.State != c.state || f.Advice == "" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if bad != 1 {
			t.Errorf("%s: %d findings", name, bad)
		}
	}
}

func TestAModelsEndpointIsAskedForNothingThatCosts(t *testing.T) {
	var asked string
	answer := http.StatusOK
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization")
		w.WriteHeader(answer)
	}))
	for status, want := range map[int]state{200: well, 404: well, 401: unwell, 403: unwell, 429: careful, 503: careful} {
		answer = status
		if f := askEndpoint(context.Background(), endpoint.URL+"/v1/", "secret"); f.State != want || strings.Contains(f.Text, "secret") || (want == well) != (f.Advice == "") {
			t.Errorf("of %d: %+v", status, f)
		}
		if asked != "GET /v1/models Bearer secret" {
			t.Errorf("asked %s", asked)
		}
	}
	endpoint.Close()
	if f := askEndpoint(context.Background(), endpoint.URL, ""); f.State != unwell {
		t.Errorf("of nobody: %+v", f)
	}
}
