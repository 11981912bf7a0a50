package store

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

var (
	//go:embed activity.sql
	activitySQL string
	//go:embed activityrows.sql
	activityRowsSQL string
)

const (
	// activityLook is how many executions a chart is drawn from one by one.
	activityLook = 50_000
	// sieveLook is that where their steps must be read to know them.
	sieveLook = 2_000
)

// Activity returns how the executions ended that started in a range, and their
// totals. What is asked of all, or by name alone, comes from the statistics:
// those that have ended and are not settled yet are in no column for that
// moment. Everything else is counted one by one, the newest first.
func (s *Store) Activity(ctx context.Context, project int32, q xray.ActivityQuery) (xray.Activity, error) {
	r, width, err := s.bucketed(xray.StatsQuery{Since: q.Since, Until: q.Until, Buckets: q.Buckets})
	if err != nil {
		return xray.Activity{}, err
	}
	c := chart{minuteRange: r, width: width, total: rollup{durations: histogram{}}}
	c.StatsRange, c.Buckets = r.asRange(width), make([]xray.ActivityBucket, r.count(width))
	q.Since, q.Until = c.Since, c.Until
	sel, err := s.selects(ctx, project, q.Filter)
	if err != nil {
		return xray.Activity{}, err
	}
	names, byName := onlyNames(q.Filter)
	switch {
	case byName:
		err = s.chartRollups(ctx, project, names, &c)
	case sel.inSQL():
		err = s.chartRows(ctx, sel, &c)
	default:
		err = s.chartFound(ctx, sel, &c)
	}
	if err == nil {
		c.ExplanationUSD, err = s.explanationCost(ctx, sel, c.traces)
	}
	if err != nil {
		return xray.Activity{}, unavailable(fmt.Errorf("read activity: %w", err))
	}
	c.Total = c.total.stats()
	return c.Activity, nil
}

// chart is an activity that is being counted.
type chart struct {
	xray.Activity
	minuteRange
	width  int64 // minutes
	total  rollup
	traces []xray.TraceID // those that were found by their steps
}

// bucket is that of a minute; nil outside of the range.
func (c *chart) bucket(minute int64) *xray.ActivityBucket {
	if minute < c.from || minute >= c.to {
		return nil
	}
	return &c.Buckets[(minute-c.from)/c.width]
}

// add counts one execution.
func (c *chart) add(e *xray.Execution) {
	b := c.bucket(minuteOf(e.Start))
	if b == nil {
		return
	}
	switch e.Status {
	case xray.StatusRunning:
		b.Running++
		return
	case xray.StatusError:
		b.Failed++
	default:
		b.OK++
	}
	one := stat{
		input: statTokens(e.InputTokens), output: statTokens(e.OutputTokens), cost: statCost(e.CostUSD),
		bucket: bucketOf((&execution{Execution: *e}).duration()), failed: e.Status == xray.StatusError,
	}
	c.total.addStat(&one, +1)
}

// onlyNames reports whether a filter asks for nothing but some names in a range
// of time, or for everything: nil.
func onlyNames(f xray.Filter) (names []string, ok bool) {
	if len(f.Steps) > 0 || len(f.Where) > 1 {
		return nil, false
	}
	for _, w := range f.Where {
		whole, begins := split(&w, maxName)
		if w.Field != xray.FieldName || w.Op != xray.OpIs || w.Not || len(begins) > 0 {
			return nil, false
		}
		names = whole
	}
	return names, true
}

// chartRollups draws from the statistics.
func (s *Store) chartRollups(ctx context.Context, project int32, names []string, c *chart) error {
	sql, args := activityQuery(project, c.minuteRange, levelOf(c.width), names)
	rows, err := s.of(project).Query(ctx, sql, args)
	if err != nil {
		return err
	}
	var minute int64
	var one xray.ActivityBucket
	_, err = pgx.ForEachRow(rows, []any{&minute, &one.OK, &one.Failed, &one.Running}, func() error {
		b := c.bucket(minute)
		b.OK += max(0, one.OK)
		b.Failed += max(0, one.Failed)
		b.Running += one.Running
		return nil
	})
	if err != nil {
		return err
	}
	if names == nil {
		names = []string{""}
	}
	for _, name := range names {
		sql := rollupsSQL
		if name == "" {
			sql = pipelinesSQL
		}
		all, err := gather(ctx, s.of(project), sql, pipelineArgs(project, name, cover(c.minuteRange), ""), func(rollupKey) struct{} { return struct{}{} })
		if err != nil {
			return err
		}
		if sum := all[struct{}{}]; sum != nil {
			c.total.add(sum)
		}
	}
	return nil
}

func activityQuery(project int32, r minuteRange, level int16, names []string) (string, pgx.NamedArgs) {
	nano := r.asRange(0)
	args := pgx.NamedArgs{
		"project": project, "level": level, "from": r.from, "to": r.to, "since": int64(nano.Since), "until": int64(nano.Until),
	}
	if names == nil {
		return fmt.Sprintf(activitySQL, ""), args
	}
	args["names"] = names
	return fmt.Sprintf(activitySQL, " AND r.name = ANY(@names::text[])"), args
}

// chartRows draws what the columns decide.
func (s *Store) chartRows(ctx context.Context, sel selection, c *chart) error {
	sql, args := activityRowsQuery(sel)
	rows, err := s.of(sel.project()).Query(ctx, sql, args)
	if err != nil {
		return err
	}
	var e xray.Execution
	var n int
	var fits bool
	_, err = pgx.ForEachRow(rows, []any{&e.Start, &e.End, &e.Status, &e.InputTokens, &e.OutputTokens, &e.CostUSD, &n, &fits}, func() error {
		if fits {
			c.add(&e)
		}
		if n == activityLook {
			c.SearchedTo = e.Start
		}
		return nil
	})
	return err
}

func activityRowsQuery(sel selection) (string, pgx.NamedArgs) {
	args := maps.Clone(sel.args)
	args["look"] = activityLook
	return fmt.Sprintf(activityRowsSQL, sel.anchor, cmp.Or(sel.rest, "true")), args
}

// chartFound draws what only a search knows.
func (s *Store) chartFound(ctx context.Context, sel selection, c *chart) error {
	page, err := s.seek(ctx, sel, nil, sieveLook)
	if err != nil {
		return err
	}
	c.SearchedTo = page.SearchedTo
	for i := range page.Executions {
		e := &page.Executions[i]
		c.add(e)
		c.traces = append(c.traces, e.TraceID)
		if i == sieveLook-1 {
			c.SearchedTo = e.Start
		}
	}
	return nil
}
