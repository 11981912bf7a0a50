package mcp

import (
	"context"
	"fmt"
	"time"

	"github.com/xraytrace/xray"
)

var statisticsTool = tool{
	name: "pipeline_statistics", title: "How pipelines do",
	description: "How do pipelines (runs of one name) do over time? Without name: every pipeline with count, errors, P50/P95/P99 duration, tokens and cost. " +
		"With name: the same for it, over time and for each of its steps. The last day unless since and until say otherwise. Use it to tell what is normal.",
}

type statisticsIn struct {
	Name  string `json:"name,omitempty" jsonschema:"the pipeline: an execution's name"`
	Since string `json:"since,omitempty" jsonschema:"RFC 3339; a day before until unless said"`
	Until string `json:"until,omitempty" jsonschema:"RFC 3339; now unless said"`
}

type statisticsOut struct {
	Since     string   `json:"since"`
	Until     string   `json:"until"`
	Pipelines []totals `json:"pipelines,omitempty" jsonschema:"the busiest first"`
	Total     *totals  `json:"total,omitempty"`
	Steps     []totals `json:"steps,omitempty" jsonschema:"of the pipeline, by name"`
	Series    []totals `json:"series,omitempty" jsonschema:"over time; name is when the interval began; empty ones are left out"`
	Interval  string   `json:"interval,omitempty" jsonschema:"length of one in series"`
	LeftOut   int      `json:"leftOut,omitempty" jsonschema:"pipelines or steps beyond those here"`
}

type totals struct {
	Name         string  `json:"name"`
	Count        int64   `json:"count"`
	Errors       int64   `json:"errors,omitempty"`
	P50          string  `json:"p50"`
	P95          string  `json:"p95"`
	P99          string  `json:"p99"`
	InputTokens  int64   `json:"inputTokens,omitempty"`
	OutputTokens int64   `json:"outputTokens,omitempty"`
	CostUSD      float64 `json:"costUsd,omitempty"`
}

func (s *Server) statistics(ctx context.Context, p xray.Project, in statisticsIn) (answer[statisticsOut], error) {
	none := answer[statisticsOut]{}
	const buckets = 30
	q := xray.StatsQuery{Buckets: buckets}
	var err error
	if q.Since, q.Until, err = timeRange(in.Since, in.Until); err != nil {
		return none, err
	}
	if in.Name == "" {
		list, err := s.Reader.Pipelines(ctx, p.ID, q)
		if err != nil {
			return none, err
		}
		out := statisticsOut{Since: moment(list.Since), Until: moment(list.Until), LeftOut: list.LeftOut}
		named := make([]xray.NamedStats, len(list.Pipelines))
		for i, p := range list.Pipelines {
			named[i] = p.NamedStats
		}
		out.Pipelines = namedTotals(named, &out.LeftOut)
		return answer[statisticsOut]{record: out, more: leftOver(out.LeftOut, "pipelines")}, nil
	}
	one, err := s.Reader.Pipeline(ctx, p.ID, in.Name, q)
	if err != nil {
		return none, err
	}
	total := totalsOf(one.Total.Name, one.Total.Stats)
	out := statisticsOut{Since: moment(one.Since), Until: moment(one.Until), Total: &total, Interval: one.Width.String(), LeftOut: one.LeftOut}
	out.Steps = namedTotals(one.Steps, &out.LeftOut)
	for i, bucket := range one.Series {
		if bucket.Count > 0 {
			out.Series = append(out.Series, totalsOf(moment(one.Since+xray.Nano(time.Duration(i)*one.Width)), bucket))
		}
	}
	return answer[statisticsOut]{record: out, more: leftOver(out.LeftOut, "steps")}, nil
}

func leftOver(n int, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d more %s are left out.", n, what)
}

// namedTotals keeps as many as fit, and counts the others.
func namedTotals(list []xray.NamedStats, leftOut *int) []totals {
	out := make([]totals, 0, len(list))
	for _, n := range list {
		out = append(out, totalsOf(shortTo(n.Name, 200), n.Stats))
	}
	kept := fit(out, 60, maxRecord/2)
	*leftOut += len(out) - len(kept)
	return kept
}

func totalsOf(name string, s xray.Stats) totals {
	return totals{
		Name: name, Count: s.Count, Errors: s.Errors, P50: s.P50.String(), P95: s.P95.String(), P99: s.P99.String(),
		InputTokens: s.InputTokens, OutputTokens: s.OutputTokens, CostUSD: s.CostUSD,
	}
}
