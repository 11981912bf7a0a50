package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func (w *world) ReasoningSettings(_ context.Context, p int32) (xray.ReasoningSettings, error) {
	return w.set, w.check(p)
}

func (w *world) ModelSettings(_ context.Context, p int32) (xray.ReasoningSettings, error) {
	holds := w.set
	if holds.Policy == xray.PolicyDefault || holds.Policy == "" {
		holds.Policy = xray.PolicyAll
	}
	if holds.Concurrency == 0 {
		holds.Concurrency = 8
	}
	return holds, w.check(p)
}

func (w *world) SetReasoningSettings(_ context.Context, p int32, set xray.ReasoningSettings) error {
	if err := set.Validate(); err != nil {
		return err
	}
	w.set = set
	return w.check(p)
}

func (w *world) ReasoningSpend(_ context.Context, p int32, since time.Time) ([]xray.ReasoningSpend, error) {
	return []xray.ReasoningSpend{{Day: since, Calls: 3, CostUSD: 0.25}}, w.check(p)
}

func TestSettingsSayWhatWasSetAndWhatHolds(t *testing.T) {
	w := newWorld()
	w.model = "m-1"
	_, _, got := w.do(t, "GET", "/api/settings/reasoning", "")
	if got["effectivePolicy"] != "all" || got["effectiveModel"] != "m-1" || got["effectiveConcurrency"] != 8.0 || len(got["endpoints"].([]any)) != 1 {
		t.Errorf("the server's settings: %v", got)
	}
	status, _, got := w.do(t, "PUT", "/api/settings/reasoning",
		`{"policy":"failures","concurrency":2,"model":"m-2","baseUrl":"https://llm.example/v1","dailyCapUsd":1}`)
	if status != 200 || got["model"] != "m-2" || got["effectiveModel"] != "m-2" || got["baseUrl"] != "https://llm.example/v1" || got["concurrency"] != 2.0 || got["dailyCapUsd"] != 1.0 {
		t.Errorf("%d %v", status, got)
	}
	if _, _, session := w.do(t, "GET", "/api/session", ""); session["reasoning"].(map[string]any)["model"] != "m-2" {
		t.Errorf("the session says %v", session["reasoning"])
	}
	w.do(t, "PUT", "/api/settings/reasoning", `{"policy":"off"}`)
	if _, _, session := w.do(t, "GET", "/api/session", ""); session["reasoning"].(map[string]any)["source"] != "facts" {
		t.Errorf("with the policy off the session says %v", session["reasoning"])
	}
}

// The address of an endpoint decides where payloads and a key go: a project
// chooses among those that whoever runs the server has named.
func TestSettingsThatAreRefused(t *testing.T) {
	for name, body := range map[string]string{
		"an endpoint that nobody named": `{"policy":"all","baseUrl":"http://169.254.169.254/v1"}`,
		"an unknown policy":             `{"policy":"some"}`,
		"too many calls at once":        `{"policy":"all","concurrency":65}`,
		"fewer than none":               `{"policy":"all","concurrency":-1}`,
		"a model that is no name":       `{"policy":"all","model":"a b"}`,
		"a cap below zero":              `{"policy":"all","monthlyCapUsd":-1}`,
	} {
		w := newWorld()
		if status, _, got := w.do(t, "PUT", "/api/settings/reasoning", body); status != 400 || got["code"] != "invalid" {
			t.Errorf("%s: %d %v", name, status, got)
		}
		if w.set != (xray.ReasoningSettings{}) {
			t.Errorf("%s: it was set: %+v", name, w.set)
		}
	}
	w := newWorld()
	w.principal.Scope = xray.ScopeRead
	if status, _, _ := w.do(t, "PUT", "/api/settings/reasoning", `{"policy":"all"}`); status != 403 {
		t.Errorf("a key that may only read: %d", status)
	}
}
