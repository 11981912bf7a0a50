package store

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

var (
	//go:embed rollups.sql
	rollupsSQL string
	//go:embed pipelines.sql
	pipelinesSQL string
)

// maxNamed bounds lists of pipelines and of steps.
const maxNamed = 500

// Pipelines returns the statistics of a project's settled executions that
// started in a range, by name; with buckets also over time. A range that cannot
// be is CodeInvalid.
func (s *Store) Pipelines(ctx context.Context, project int32, q xray.StatsQuery) (xray.PipelineList, error) {
	r, err := rangeOf(q, s.clock())
	if err != nil {
		return xray.PipelineList{}, err
	}
	var width int64
	parts := cover(r)
	if q.Buckets > 0 {
		if r, width, err = s.bucketed(q); err != nil {
			return xray.PipelineList{}, err
		}
		parts = []leveled{{r, levelOf(width)}}
	}
	sums, err := gather(ctx, s.of(project), pipelinesSQL, pipelineArgs(project, "", parts, ""), func(k rollupKey) listedKey {
		if width == 0 {
			return listedKey{k.name, 0}
		}
		return listedKey{k.name, (k.bucket - r.from) / width}
	})
	if err != nil {
		return xray.PipelineList{}, err
	}
	list := xray.PipelineList{StatsRange: r.asRange(width)}
	if width > 0 {
		list.Pipelines = listed(sums, int(r.count(width)))
	} else {
		list.Pipelines = listed(sums, 0)
	}
	slices.SortStableFunc(list.Pipelines, func(a, b xray.ListedPipeline) int { return cmp.Compare(b.Count, a.Count) })
	list.Pipelines, list.LeftOut = atMost(list.Pipelines, maxNamed)
	return list, nil
}

type listedKey struct {
	name   string
	bucket int64
}

// listed adds up what was gathered by name and bucket; n is how many buckets
// there are, 0 for no series.
func listed(sums map[listedKey]*rollup, n int) []xray.ListedPipeline {
	whole := map[string]*rollup{}
	series := map[string]*xray.ListedPipeline{}
	for k, one := range sums {
		if whole[k.name] == nil {
			whole[k.name], series[k.name] = &rollup{durations: histogram{}}, &xray.ListedPipeline{}
			if n > 0 {
				series[k.name].Runs, series[k.name].Failures = make([]int64, n), make([]int64, n)
			}
		}
		whole[k.name].add(one)
		if n > 0 {
			series[k.name].Runs[k.bucket], series[k.name].Failures[k.bucket] = one.count, one.errors
		}
	}
	var out []xray.ListedPipeline
	for _, stats := range named(whole) {
		one := series[stats.Name]
		one.NamedStats = stats
		out = append(out, *one)
	}
	return out
}

// Pipeline returns one pipeline's statistics over time and by step; over time
// those of the steps of one name if the query names it. One that did not run in
// the range has a series of zeros.
func (s *Store) Pipeline(ctx context.Context, project int32, name string, q xray.StatsQuery) (xray.Pipeline, error) {
	r, width, err := s.bucketed(q)
	if err != nil {
		return xray.Pipeline{}, err
	}
	name = cleanText(name, maxName)
	args := pipelineArgs(project, name, []leveled{{r, levelOf(width)}}, cleanText(q.Step, maxName))
	series, err := gather(ctx, s.of(project), rollupsSQL, args, func(k rollupKey) int64 { return (k.bucket - r.from) / width })
	if err != nil {
		return xray.Pipeline{}, err
	}
	byStep, err := gather(ctx, s.of(project), rollupsSQL, everyStep(pipelineArgs(project, name, cover(r), "")), func(k rollupKey) string { return k.step })
	if err != nil {
		return xray.Pipeline{}, err
	}
	out := xray.Pipeline{StatsRange: r.asRange(width), Series: make([]xray.Stats, r.count(width))}
	for i, one := range series {
		if one.count > 0 {
			out.Series[i] = one.stats()
		}
	}
	out.Total.Name = name
	if total := byStep[""]; total != nil {
		out.Total.Stats = total.stats()
		delete(byStep, "")
	}
	out.Steps, out.LeftOut = atMost(named(byStep), maxNamed)
	return out, nil
}

// bucketed is a query's range and the width of its buckets, in minutes.
func (s *Store) bucketed(q xray.StatsQuery) (minuteRange, int64, error) {
	if q.Buckets == 0 {
		q.Buckets = xray.DefaultBuckets
	}
	if q.Buckets < 2 || q.Buckets > xray.MaxBuckets { // two: a short range may lie across a bound
		return minuteRange{}, 0, xray.Errorf(xray.CodeInvalid, "buckets is %d: use 2 to %d", q.Buckets, xray.MaxBuckets)
	}
	r, err := rangeOf(q, s.clock())
	if err != nil {
		return r, 0, err
	}
	width := bucketWidth(r, q.Buckets, s.clock())
	return r.outwards(width), width, nil
}

// gather adds up the rows of a query by what key says.
func gather[K comparable](ctx context.Context, q querier, sql string, args pgx.NamedArgs, key func(rollupKey) K) (map[K]*rollup, error) {
	rows, err := q.Query(ctx, sql, args)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read statistics: %w", err))
	}
	by := make(map[K]*rollup)
	err = addRollups(rows, func(k rollupKey) *rollup {
		sum := by[key(k)]
		if sum == nil {
			sum = &rollup{durations: histogram{}}
			by[key(k)] = sum
		}
		return sum
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read statistics: %w", err))
	}
	return by, nil
}

// pipelineArgs selects the steps of one name, "" for the execution itself.
func pipelineArgs(project int32, name string, parts []leveled, step string) pgx.NamedArgs {
	levels, froms, tos := make([]int16, len(parts)), make([]int64, len(parts)), make([]int64, len(parts))
	for i, p := range parts {
		levels[i], froms[i], tos[i] = p.level, p.from, p.to
	}
	return pgx.NamedArgs{"project": project, "name": name, "levels": levels, "froms": froms, "tos": tos, "step": step, "steps": false}
}

// everyStep selects all steps, and the execution.
func everyStep(args pgx.NamedArgs) pgx.NamedArgs {
	args["steps"] = true
	return args
}

// named lists statistics by name, without what counts nothing any more.
func named(by map[string]*rollup) []xray.NamedStats {
	out := make([]xray.NamedStats, 0, len(by))
	for name, one := range by {
		if one.count > 0 {
			out = append(out, xray.NamedStats{Name: name, Stats: one.stats()})
		}
	}
	slices.SortFunc(out, func(a, b xray.NamedStats) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func atMost[T any](list []T, n int) ([]T, int) {
	kept := min(len(list), n)
	return list[:kept], len(list) - kept
}
