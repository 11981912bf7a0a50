package e2e

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
)

// movieNight is the seed API's form, as a client without OpenTelemetry sends it.
const movieNight = `{
	"executionId": "movie-night-7", "metadata": {"user": 42},
	"steps": [
		{"name": "search", "input": {"genre": "sci-fi"}, "output": {"movies": [{"id": 1, "rating": 8.1}, {"id": 2, "rating": 6.2}]}, "durationMs": 12.5},
		{"name": "filter", "input": {"minRating": 7, "movies": [{"id": 1, "rating": 8.1}, {"id": 2, "rating": 6.2}]}, "output": {"movies": [{"id": 1, "rating": 8.1}]}, "durationMs": 1, "reasoning": "only good ones"},
		{"name": "notify", "input": "ann", "error": "no address", "durationMs": 3}
	],
	"finalOutcome": {"picked": 1}
}`

func TestAnExecutionWithoutOpenTelemetry(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	var ids [2]string
	for i := range ids { // the second time changes nothing
		status, raw := srv.call("POST", "/api/executions", movieNight)
		if status != http.StatusCreated {
			t.Fatalf("%d %s", status, raw)
		}
		var created struct{ ID, ExecutionID string }
		if err := json.Unmarshal(raw, &created); err != nil {
			t.Fatal(err)
		}
		if created.ExecutionID != "movie-night-7" {
			t.Errorf("execution id %q", created.ExecutionID)
		}
		ids[i] = created.ID
	}
	if ids[0] != ids[1] {
		t.Errorf("sent twice, it is two executions: %q", ids)
	}
	if n := len(get[executionList](srv, "/api/executions").Executions); n != 1 {
		t.Errorf("%d executions, want 1", n)
	}

	e := srv.explained("movie-night-7")
	if e.ID != ids[0] || e.Status != "error" || e.Headline == "" {
		t.Errorf("execution %+v", e)
	}
	byName := map[string]step{}
	for _, st := range get[stepList](srv, "/api/executions/movie-night-7/steps").Steps {
		byName[st.Name] = get[step](srv, "/api/executions/movie-night-7/steps/"+st.ID)
	}
	if in := byName["search"].Input; !reflect.DeepEqual(in, map[string]any{"genre": "sci-fi"}) {
		t.Errorf("input of search: %v", in)
	}
	if st := byName["notify"]; st.Status != "error" || st.Error != "no address" || st.Input != "ann" {
		t.Errorf("notify: %+v", st)
	}
	filter := byName["filter"]
	if filter.Reasoning.Headline == "" || filter.Headline != filter.Reasoning.Headline {
		t.Errorf("the filter is not explained: %+v", filter.Reasoning)
	}
	for _, f := range e.Facts {
		if f.Kind != "" && f.StepID == filter.ID {
			return
		}
	}
	t.Errorf("no fact about the filter among %+v", e.Facts)
}
