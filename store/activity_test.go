package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

// TestActivityRespectsTheQuery asks in the three ways in which it is answered:
// from statistics, row by row, and by looking into steps.
func TestActivityRespectsTheQuery(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, c := openAt(t, url, aStart.Time())
	cost := 0.25
	for i := range 12 {
		at := i * 60_000
		root := span(i, 1, 0, []string{"a", "b", "c"}[i%3], at, at+100*(i+1))
		if i%4 == 0 {
			root = failing(root, "no")
		}
		root.Hints = &xray.ExecutionHints{Tags: []string{fmt.Sprint("t", i%2)}}
		put(t, s, batchOf(t, theProject, root, modelCall(span(i, 2, 1, fmt.Sprint("think ", i%2), at, at+50), "m", 7, 3, &cost)))
	}
	c.set(aStart.Time().Add(13 * time.Minute))
	inBackground(t, s.Settle)
	for i := range 12 {
		settled(t, s, traceID(i))
	}
	c.set(aStart.Time().Add(14 * time.Minute))
	allSettled(t, url)
	put(t, s, batchOf(t, theProject, span(21, 2, 1, "run", 60_000, 60_001)))
	exec(t, url, fmt.Sprintf(`INSERT INTO model_calls (project_id, trace_id, task, model, prompt_hash, prompt_bytes, cost_usd, outcome, created_at)
		SELECT 1, trace_id, 'explain', 'm', sha256('x'), 1, 0.5, 'ok', to_timestamp(%d) FROM executions WHERE name IN ('a', 'b')`, aStart/1e9+900))
	for sentence, want := range map[string]string{
		"":                       "9 ok, 3 failed, 1 running; 12 ended in 120 tokens, $3.00; P50 600ms; explained for $4.00",
		"name:a":                 "3 ok, 1 failed, 0 running; 4 ended in 40 tokens, $1.00; P50 400ms; explained for $2.00",
		"name:(a OR b)":          "6 ok, 2 failed, 0 running; 8 ended in 80 tokens, $2.00; P50 500ms; explained for $4.00",
		"name:none":              "0 ok, 0 failed, 0 running; 0 ended in 0 tokens, $0.00; P50 0s; explained for $0.00",
		"tag:t1":                 "6 ok, 0 failed, 0 running; 6 ended in 60 tokens, $1.50; P50 600ms; explained for $2.00",
		"status:error":           "0 ok, 3 failed, 0 running; 3 ended in 30 tokens, $0.75; P50 500ms; explained for $1.00",
		"status:running":         "0 ok, 0 failed, 1 running; 0 ended in 0 tokens, $0.00; P50 0s; explained for $0.00",
		"service:shop name:a":    "3 ok, 1 failed, 0 running; 4 ended in 40 tokens, $1.00; P50 400ms; explained for $2.00",
		`step:"think 1"`:         "6 ok, 0 failed, 0 running; 6 ended in 60 tokens, $1.50; P50 600ms; explained for $2.00",
		`step:"think 1" -name:a`: "4 ok, 0 failed, 0 running; 4 ended in 40 tokens, $1.00; P50 600ms; explained for $1.00",
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			f := asked(t, sentence)
			f.Since, f.Until = aStart, aStart+xray.Nano(15*time.Minute)
			a, err := s.Activity(t.Context(), theProject, xray.ActivityQuery{Filter: f, Buckets: 20})
			if err != nil {
				t.Fatal(err)
			}
			var all xray.ActivityBucket
			for _, b := range a.Buckets {
				all.OK, all.Failed, all.Running = all.OK+b.OK, all.Failed+b.Failed, all.Running+b.Running
			}
			got := fmt.Sprintf("%d ok, %d failed, %d running; %d ended in %d tokens, $%.2f; P50 %v; explained for $%.2f", all.OK, all.Failed, all.Running,
				a.Total.Count, a.Total.InputTokens+a.Total.OutputTokens, a.Total.CostUSD, a.Total.P50.Round(100*time.Millisecond), a.ExplanationUSD)
			if got != want || a.SearchedTo != 0 || a.Total.Errors != all.Failed {
				t.Errorf("got  %s\nwant %s; searched to %d", got, want, a.SearchedTo)
			}
		})
	}
}
