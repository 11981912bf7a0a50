package api_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

var someStats = xray.Stats{
	Count: 10, Errors: 1, P50: 5, P95: 6, P99: 1 << 60, InputTokens: 70, OutputTokens: 30, CostUSD: 0.5,
}

const someStatsJSON = `"count":10,"errorCount":1,"p50Nano":"5","p95Nano":"6","p99Nano":"1152921504606846976","inputTokens":"70","outputTokens":"30","costUsd":0.5`

func aRange(q xray.StatsQuery) xray.StatsRange {
	return xray.StatsRange{Since: q.Since, Until: q.Until, Width: time.Minute}
}

func (w *world) Pipelines(_ context.Context, p int32, q xray.StatsQuery) (xray.PipelineList, error) {
	return xray.PipelineList{StatsRange: aRange(q), Pipelines: []xray.NamedStats{{Name: "ask", Stats: someStats}}, LeftOut: 3}, w.check(p)
}
func (w *world) Pipeline(_ context.Context, p int32, name string, q xray.StatsQuery) (xray.Pipeline, error) {
	w.wanted = []string{name}
	return xray.Pipeline{
		StatsRange: aRange(q), Total: xray.NamedStats{Name: name, Stats: someStats},
		Series: make([]xray.Stats, q.Buckets), Steps: []xray.NamedStats{{Name: "think", Stats: someStats}},
	}, w.check(p)
}
func (w *world) Activity(_ context.Context, p int32, q xray.ActivityQuery) (xray.Activity, error) {
	return xray.Activity{StatsRange: aRange(xray.StatsQuery{Since: q.Since, Until: q.Until, Buckets: q.Buckets}), Buckets: []xray.ActivityBucket{{OK: 3, Failed: 2, Running: 1}}}, w.check(p)
}
func (w *world) Services(_ context.Context, p int32) ([]string, error) {
	return []string{"shop"}, w.check(p)
}
func (w *world) Names(_ context.Context, p int32) ([]string, error) { return nil, w.check(p) }

func TestStatistics(t *testing.T) {
	const times = "since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z"
	const timesJSON = `"since":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z"`
	const zeros = `{"count":0,"errorCount":0,"p50Nano":"0","p95Nano":"0","p99Nano":"0","inputTokens":"0","outputTokens":"0","costUsd":0}`
	odd := "POST /ask?x=1+2"
	for path, want := range map[string]string{
		"/api/pipelines?" + times: `{` + timesJSON + `,"pipelines":[{"name":"ask",` + someStatsJSON + `}],"leftOut":3}`,
		"/api/pipelines/" + url.PathEscape(odd) + "?buckets=2&" + times: `{` + timesJSON + `,"bucketNano":"60000000000",
			"total":{"name":"` + odd + `",` + someStatsJSON + `},"series":[` + zeros + `,` + zeros + `],"steps":[{"name":"think",` + someStatsJSON + `}],"leftOut":0}`,
		"/api/executions/histogram?" + times: `{` + timesJSON + `,"bucketNano":"60000000000","buckets":[{"ok":3,"error":2,"running":1}],"total":` + zeros + `,"explanationCostUsd":0}`,
		"/api/services":                      `{"values":["shop"]}`,
		"/api/names":                         `{"values":[]}`,
	} {
		if status, _, got := newWorld().do(t, "GET", path, ""); status != 200 || !sameJSON(t, got, want) {
			t.Errorf("%s: %d, got %v", path, status, got)
		}
	}
	for _, path := range []string{
		"/api/pipelines?since=yesterday", "/api/pipelines/ask?buckets=501",
		"/api/executions/histogram?buckets=1", "/api/executions/histogram?buckets=-4",
	} {
		if status, _, got := newWorld().do(t, "GET", path, ""); status != 400 || got["code"] != "invalid" {
			t.Errorf("%s: %d %v", path, status, got)
		}
	}
}
