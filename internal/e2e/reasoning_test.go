package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/modeltest"
)

// TestTheModelsAnswers sends one execution to servers whose model answers in
// every way that models do, and reads how the job ended.
func TestTheModelsAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		script   []modeltest.Reply
		rest     modeltest.Reply
		status   string
		source   string // of the explanation that is shown
		error    string // part of what people are told
		attempts int
	}{
		{name: "a good answer", rest: modeltest.Honest, status: "completed", source: "model", attempts: 1},
		{name: "busy at first, with a time to come back", script: []modeltest.Reply{modeltest.RateLimited(time.Second)}, rest: modeltest.Honest, status: "completed", source: "model", attempts: 2},
		{name: "a server error at first", script: []modeltest.Reply{modeltest.ServerError}, rest: modeltest.Honest, status: "completed", source: "model", attempts: 2},
		{name: "a key that is not accepted", rest: modeltest.Unauthorized, status: "failed", source: "facts", error: "OPENAI_API_KEY", attempts: 1},
		{name: "a refusal", rest: modeltest.Refusal, status: "failed", source: "facts", error: "declined"},
		{name: "no answer in time", script: []modeltest.Reply{modeltest.Timeout}, rest: modeltest.Honest, status: "completed", source: "model", attempts: 2},
		{name: "no JSON, not even when asked again", rest: modeltest.Malformed, status: "failed", source: "facts"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			model, stop := modeltest.Start(tc.rest)
			defer stop()
			model.Script(tc.script...)
			srv := start(t, settings{env: []string{"OPENAI_BASE_URL=" + model.URL, "OPENAI_API_KEY=sk-secret-42", "XRAY_MODEL=stand-in", "XRAY_MODEL_TIMEOUT=3s"}})
			if status, raw := srv.call("POST", "/api/executions", movieNight); status != http.StatusCreated {
				t.Fatalf("%d %s", status, raw)
			}
			e := srv.explained("movie-night-7")
			if e.Job.Status != tc.status || !strings.Contains(e.Job.Error, tc.error) || tc.attempts != 0 && e.Job.Attempts != tc.attempts {
				t.Errorf("job %+v", e.Job)
			}
			if e.Reasoning.Source != tc.source || e.Reasoning.Headline == "" || e.Headline == "" {
				t.Errorf("explanation %+v", e.Reasoning)
			}
			if tc.status == "failed" && e.Job.Error == "" {
				t.Error("the job failed without a word")
			}
			if tc.source == "model" && e.Job.Model == "" {
				t.Error("the job does not say which model answered")
			}
			if strings.Contains(srv.log.String(), "sk-secret-42") || strings.Contains(e.Job.Error, "sk-secret-42") {
				t.Error("the key of the model is in the log or in the error")
			}
			if len(model.Calls()) == 0 {
				t.Error("the model was never asked")
			}
		})
	}
}

// TestExplainAgain asks for a new explanation after the model has come back.
func TestExplainAgain(t *testing.T) {
	t.Parallel()
	model, stop := modeltest.Start(modeltest.Honest)
	defer stop()
	model.Script(modeltest.Refusal, modeltest.Refusal, modeltest.Refusal, modeltest.Refusal)
	srv := start(t, settings{env: []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=stand-in"}})
	srv.call("POST", "/api/executions", movieNight)
	srv.explained("movie-night-7")
	for {
		status, raw := srv.call("POST", "/api/reasoning/process", `{"executionId":"movie-night-7"}`)
		if status != http.StatusAccepted {
			t.Fatalf("%d %s", status, raw)
		}
		var e execution
		eventually(t, "the new job has ended", time.Minute, func() bool {
			e = get[execution](srv, "/api/executions/movie-night-7")
			return e.Job.Status == "completed" || e.Job.Status == "failed"
		})
		if e.Job.Status == "completed" {
			if e.Reasoning.Source != "model" {
				t.Errorf("explained by %q", e.Reasoning.Source)
			}
			return
		}
	}
}
