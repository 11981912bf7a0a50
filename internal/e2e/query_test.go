package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// What the tests read of answers about searching.
type (
	facetList struct {
		Facets []struct {
			Field  string       `json:"field"`
			Values []facetValue `json:"values"`
		} `json:"facets"`
		Counted int    `json:"counted"`
		Query   string `json:"query"`
	}
	facetValue struct {
		Value   string `json:"value"`
		Count   int    `json:"count"`
		Toggled string `json:"toggled"`
	}
	valueList struct{ Values []facetValue }
	viewList  struct{ Views []savedView }
	savedView struct{ ID, Name, Query string }
)

func (l facetList) count(field, value string) int {
	for _, f := range l.Facets {
		for _, v := range f.Values {
			if f.Field == field && v.Value == value {
				return v.Count
			}
		}
	}
	return 0
}

// find returns the ids of what a query finds.
func (s *server) find(q string) []string {
	s.t.Helper()
	var ids []string
	for _, e := range get[executionList](s, "/api/executions?q="+url.QueryEscape(q)).Executions {
		ids = append(ids, e.ExecutionID)
	}
	return ids
}

const otherNight = `{"executionId":"theatre-1","name":"theatre night","metadata":{"user":42,"city":"Köln"},
	"steps":[{"name":"search","input":"plays","output":[{"id":"a"},{"id":"b"}],"durationMs":5}],"finalOutcome":"none"}`

// TestAQueryFindsWhatItSays asks the built binary for what steps, items,
// metadata and columns hold.
func TestAQueryFindsWhatItSays(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	for _, body := range []string{movieNight, otherNight} {
		if status, raw := srv.call("POST", "/api/executions", body); status != http.StatusCreated {
			t.Fatalf("%d %s", status, raw)
		}
	}
	movie, theatre := srv.explained("movie-night-7"), srv.explained("theatre-1")
	both := []string{"theatre-1", "movie-night-7"}
	for sentence, want := range map[string][]string{
		"":                              both,
		"status:error":                  {"movie-night-7"},
		"-status:error":                 {"theatre-1"},
		"id:movie*":                     {"movie-night-7"},
		"id:" + theatre.ID:              {"theatre-1"},
		"step:filter":                   {"movie-night-7"},
		"step:search":                   both,
		"step:search -step:filter":      {"theatre-1"},
		"step:filter step.drop:50%":     {"movie-night-7"},
		"step:filter step.drop:>0.9":    nil,
		"step:search step.out:2":        both,
		`error:"no ADDRESS"`:            {"movie-night-7"},
		"meta.user:42 meta.city:Kö*":    {"theatre-1"},
		"name:(\"theatre night\" OR x)": {"theatre-1"},
		"plays":                         {"theatre-1"},
		"-plays":                        {"movie-night-7"},
		`text:"no address"`:             {"movie-night-7"},
		"item:b step:search":            {"theatre-1"},
		"item:pla":                      nil,
		"errors:>0 age:<1h":             {"movie-night-7"},
		"started:>2200-01-01":           nil,
	} {
		got := srv.find(sentence)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", sentence, got, want)
		}
	}
	status, raw := srv.call("GET", "/api/executions?q="+url.QueryEscape("stauts:error"), "")
	if status != http.StatusBadRequest || !strings.Contains(string(raw), `"suggestions":["status"`) {
		t.Errorf("a misspelt field: %d %s", status, raw)
	}
	facets := get[facetList](srv, "/api/facets?q=step:filter")
	if facets.Counted != 1 || facets.count("status", "error") != 1 || facets.count("name", movie.Name) != 1 {
		t.Errorf("facets %+v", facets)
	}
	if names := get[valueList](srv, "/api/query/values?field=step&prefix=FIL").Values; len(names) != 1 || names[0].Value != "filter" {
		t.Errorf("names of steps: %+v", names)
	}
	chart := get[struct {
		Total struct{ Count, ErrorCount int }
	}](srv, "/api/executions/histogram?q=step:search")
	if chart.Total.Count != 2 || chart.Total.ErrorCount != 1 {
		t.Errorf("the chart of a search: %+v", chart)
	}
	checkDownloads(srv, movie)
}

func checkDownloads(srv *server, e execution) {
	srv.t.Helper()
	_, raw := srv.call("GET", "/api/executions/movie-night-7/export?format=ndjson", "")
	kinds := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		var one map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			srv.t.Fatalf("%s: %v", line, err)
		}
		for kind := range one {
			kinds[kind]++
		}
	}
	if kinds["execution"] != 1 || kinds["step"] != e.StepCount || kinds["fact"] != len(e.Facts) || kinds["reasoning"] == 0 {
		srv.t.Errorf("lines %v of %d steps and %d facts", kinds, e.StepCount, len(e.Facts))
	}
	_, raw = srv.call("GET", "/api/executions/movie-night-7/export?format=markdown", "")
	for _, want := range []string{"# Execution `" + e.Name + "`", e.Headline, "no address", `"minRating"`} {
		if !strings.Contains(string(raw), want) {
			srv.t.Errorf("want %q in\n%s", want, raw)
		}
	}
	_, whole := srv.call("GET", "/api/executions/movie-night-7/otlp", "")
	if _, raw = srv.call("GET", "/api/executions/movie-night-7/export?format=otlp", ""); string(raw) != string(whole) {
		srv.t.Errorf("the file is not what /otlp answers: %.200s", raw)
	}
}

// searchesAreApart: what may be searched for, and views, are a project's own.
func searchesAreApart(read, admin, stranger, ingest *server) {
	t := read.t
	t.Helper()
	status, raw := admin.call("POST", "/api/views", `{"name":"failed","query":"status:error"}`)
	var made savedView
	if err := json.Unmarshal(raw, &made); status != http.StatusCreated || err != nil {
		t.Fatalf("save a view: %d %s", status, raw)
	}
	if views := get[viewList](read, "/api/views").Views; len(views) != 1 || views[0].Query != "status:error" {
		t.Errorf("its reader sees %+v", views)
	}
	if views := get[viewList](stranger, "/api/views").Views; len(views) != 0 {
		t.Errorf("a stranger sees %+v", views)
	}
	path := "/api/views/" + made.ID
	for _, tc := range []struct {
		who          string
		as           *server
		method, path string
		want         int
	}{
		{"its reader", read, "POST", "/api/views", 403}, {"its reader", read, "PUT", path, 403}, {"its reader", read, "DELETE", path, 403},
		{"a stranger", stranger, "PUT", path, 404}, {"a stranger", stranger, "DELETE", path, 404},
		{"its sender", ingest, "GET", "/api/views", 403}, {"its sender", ingest, "GET", "/api/facets", 403},
		{"its sender", ingest, "GET", "/api/query/values?field=name", 403}, {"its sender", ingest, "GET", "/api/query", 403},
		{"its admin", admin, "PUT", path, 200}, {"its admin", admin, "DELETE", path, 204},
	} {
		body := ""
		if tc.method == "POST" || tc.method == "PUT" {
			body = `{"name":"mine","query":""}`
		}
		if status, raw := tc.as.call(tc.method, tc.path, body); status != tc.want {
			t.Errorf("%s: %s %s: %d, want %d: %.200s", tc.who, tc.method, tc.path, status, tc.want, raw)
		}
	}
	if n := len(get[valueList](stranger, "/api/query/values?field=name").Values); n != 0 {
		t.Errorf("a stranger completes %d names", n)
	}
	if n := len(get[valueList](read, "/api/query/values?field=name").Values); n == 0 {
		t.Error("its reader completes no names")
	}
	if got := get[facetList](stranger, "/api/facets?since=1990-01-01T00:00:00Z"); got.Counted != 0 {
		t.Errorf("a stranger's facets count %d", got.Counted)
	}
	if got := fmt.Sprint(stranger.find("step:nothing")); got != "[]" {
		t.Errorf("a stranger finds %s", got)
	}
}
