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
	one := xray.ListedPipeline{NamedStats: xray.NamedStats{Name: "ask", Stats: someStats}}
	list := xray.PipelineList{StatsRange: aRange(q), LeftOut: 3}
	if list.Width = 0; q.Buckets > 0 {
		list.Width = time.Minute
		one.Runs, one.Failures = make([]int64, q.Buckets), []int64{1, 0}
	}
	list.Pipelines = []xray.ListedPipeline{one}
	return list, w.check(p)
}
func (w *world) Shape(_ context.Context, p int32, name string, q xray.StatsQuery) (xray.Shape, error) {
	ref := xray.StepRef{Trace: traceID, Step: spanID}
	return xray.Shape{
		StatsRange: aRange(q), LookedAt: 2, Counted: q.Buckets,
		Steps: []xray.ShapeStep{
			{Name: name, Type: "chain", Runs: 2, Calls: 1},
			{Name: "filter", Type: "tool", Depth: 1, Runs: 2, Calls: 3, Items: &xray.ItemFlow{Calls: 4, In: 10, Out: 2, DropRate: 0.8, Dropped: 32}},
		},
		Drops:    []xray.DropSum{{Step: "filter", Text: "price ≤ 9", Items: 32, Executions: 2, Sample: "a bottle", Example: ref}},
		Releases: []xray.ReleaseSeen{{Release: "1.2", At: q.Since, TraceID: traceID}},
	}, w.check(p)
}
func (w *world) Pipeline(_ context.Context, p int32, name string, q xray.StatsQuery) (xray.Pipeline, error) {
	w.wanted = []string{name}
	return xray.Pipeline{
		StatsRange: aRange(q), Total: xray.NamedStats{Name: name + q.Step, Stats: someStats},
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
		"/api/pipelines?buckets=2&" + times: `{` + timesJSON + `,"bucketNano":"60000000000","pipelines":[{"name":"ask",` + someStatsJSON + `,"runs":[0,0],"failures":[1,0]}],"leftOut":3}`,
		"/api/pipelines/ask/shape?buckets=7&" + times: `{` + timesJSON + `,"lookedAt":2,"counted":7,"leftOut":0,
			"steps":[{"name":"ask","type":"chain","depth":0,"runs":2,"calls":1},
				{"name":"filter","type":"tool","depth":1,"runs":2,"calls":3,"items":{"calls":4,"in":10,"out":2,"dropRate":0.8,"dropped":32}}],
			"drops":[{"stepName":"filter","text":"price ≤ 9","items":32,"executions":2,"sample":"a bottle","example":{"executionId":"` + traceID.String() + `","stepId":"` + spanID.String() + `"}}],
			"releases":[{"release":"1.2","at":"2026-01-01T00:00:00Z","executionId":"` + traceID.String() + `"}]}`,
		"/api/pipelines/ask?buckets=2&step=think&" + times: `{` + timesJSON + `,"bucketNano":"60000000000",
			"total":{"name":"askthink",` + someStatsJSON + `},"series":[` + zeros + `,` + zeros + `],"steps":[{"name":"think",` + someStatsJSON + `}],"leftOut":0}`,
		"/api/executions/histogram?" + times: `{` + timesJSON + `,"bucketNano":"60000000000","buckets":[{"ok":3,"error":2,"running":1}],"total":` + zeros + `,"explanationCostUsd":0}`,
		"/api/services":                      `{"values":["shop"]}`,
		"/api/names":                         `{"values":[]}`,
	} {
		if status, _, got := newWorld().do(t, "GET", path, ""); status != 200 || !sameJSON(t, got, want) {
			t.Errorf("%s: %d, got %v", path, status, got)
		}
	}
	for _, path := range []string{
		"/api/pipelines?since=yesterday", "/api/pipelines/ask?buckets=501", "/api/pipelines?buckets=1", "/api/pipelines/ask/shape?buckets=501",
		"/api/executions/histogram?buckets=1", "/api/executions/histogram?buckets=-4",
	} {
		if status, _, got := newWorld().do(t, "GET", path, ""); status != 400 || got["code"] != "invalid" {
			t.Errorf("%s: %d %v", path, status, got)
		}
	}
}
