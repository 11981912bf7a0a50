package store

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

//go:embed alertcells.sql
var alertCellsSQL string

// alertLook is how many executions one look at an alert's minutes takes in where
// the statistics do not do.
const alertLook = 200_000

// cellMap is minutes by their number since 1970.
type cellMap map[int64]xray.AlertCell

func (m cellMap) change(minute int64, f func(*xray.AlertCell)) {
	c := m[minute]
	c.Minute = minute
	f(&c)
	m[minute] = c
}

// AlertCells returns what executions add to the minutes from from up to to.
// Those that started in a minute count in it. A minute that is not there has
// none; one that was not seen whole is partial.
func (s *Store) AlertCells(ctx context.Context, project int32, f xray.Filter, aggregate xray.AlertAggregate, from, to int64) (map[int64]xray.AlertCell, error) {
	f.Since, f.Until = xray.Nano(from*int64(time.Minute)), xray.Nano(to*int64(time.Minute))
	sel, err := selects(project, f, s.clock())
	if err != nil {
		return nil, err
	}
	cells := make(cellMap)
	names, byName := onlyNames(f)
	switch {
	case byName && aggregate != xray.AlertDropRate && aggregate != xray.AlertUnverified && s.byTheMinute(from):
		err = s.cellsOfRollups(ctx, project, names, minuteRange{from, to}, cells)
	case sel.inSQL():
		err = s.cellsOfRows(ctx, sel, aggregate, cells)
	default:
		err = s.cellsFound(ctx, sel, aggregate, cells)
	}
	if err != nil {
		return nil, unavailable(fmt.Errorf("look at an alert's minutes: %w", err))
	}
	return cells, nil
}

// byTheMinute reports whether the statistics still have minutes as old as this.
func (s *Store) byTheMinute(minute int64) bool {
	return minute > minuteOf(xray.Nano(s.clock().UnixNano()))-(minutesKept-1)*24*60
}

func (s *Store) cellsOfRollups(ctx context.Context, project int32, names []string, r minuteRange, cells cellMap) error {
	reads := s.of(project)
	sql, args := activityQuery(project, r, 1, names)
	rows, err := reads.Query(ctx, sql, args)
	if err != nil {
		return err
	}
	var minute, ok, failed, running int64
	_, err = pgx.ForEachRow(rows, []any{&minute, &ok, &failed, &running}, func() error {
		cells.change(minute, func(c *xray.AlertCell) {
			ended := max(0, ok) + max(0, failed)
			c.Count, c.Ended, c.Errors = c.Count+ended+running, c.Ended+ended, c.Errors+max(0, failed)
		})
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
		all, err := gather(ctx, reads, sql, pipelineArgs(project, name, []leveled{{r, 1}}, ""), func(k rollupKey) int64 { return k.bucket })
		if err != nil {
			return err
		}
		for minute, sum := range all {
			cells.change(minute, func(c *xray.AlertCell) { addRollupTo(c, sum) })
		}
	}
	return nil
}

func addRollupTo(c *xray.AlertCell, sum *rollup) {
	st := sum.stats()
	c.Tokens += st.InputTokens + st.OutputTokens
	c.CostUSD += st.CostUSD
	for bucket, n := range sum.durations {
		if n > 0 {
			addDuration(c, bucketValue(bucket), n)
		}
	}
}

func addDuration(c *xray.AlertCell, d time.Duration, n int64) {
	if c.Durations == nil {
		c.Durations = make(map[int64]int64)
	}
	c.Durations[int64(d)] += n
}

const verifiedSQL = `(SELECT r.verified_rate FROM reasonings r
              WHERE r.project_id = e.project_id AND r.trace_id = e.trace_id AND r.step_id = 0 AND r.source = 'model')`

// cellsOfRows counts what the columns decide.
func (s *Store) cellsOfRows(ctx context.Context, sel selection, aggregate xray.AlertAggregate, cells cellMap) error {
	verified := "NULL::double precision"
	if aggregate == xray.AlertUnverified {
		verified = verifiedSQL
	}
	args := maps.Clone(sel.args)
	args["look"] = alertLook
	rows, err := s.of(sel.project()).Query(ctx, fmt.Sprintf(alertCellsSQL, sel.anchor, cmp.Or(sel.rest, "true"), verified), args)
	if err != nil {
		return err
	}
	var start, end xray.Nano
	var status xray.Status
	var tokens, in, out int64
	var cost float64
	var rate *float64
	var n int
	var fits bool
	_, err = pgx.ForEachRow(rows, []any{&start, &end, &status, &tokens, &cost, &in, &out, &rate, &n, &fits}, func() error {
		if n == alertLook { // there may be more before it
			cells.change(minuteOf(start), func(c *xray.AlertCell) { c.Partial = true })
		}
		if !fits {
			return nil
		}
		cells.change(minuteOf(start), func(c *xray.AlertCell) {
			c.Count++
			c.Tokens, c.CostUSD = c.Tokens+tokens, c.CostUSD+cost
			c.ItemsIn, c.ItemsOut = c.ItemsIn+in, c.ItemsOut+out
			if rate != nil {
				c.Explained, c.Unverified = c.Explained+1, c.Unverified+1-*rate
			}
			if status == xray.StatusRunning {
				return
			}
			c.Ended++
			if status == xray.StatusError {
				c.Errors++
			}
			addDuration(c, bucketValue(bucketOf(time.Duration(max(0, end-start)))), 1)
		})
		return nil
	})
	return err
}

// cellsFound counts what only a search knows: it finds them, and then reads
// their columns.
func (s *Store) cellsFound(ctx context.Context, sel selection, aggregate xray.AlertAggregate, cells cellMap) error {
	page, err := s.seek(ctx, sel, nil, sieveLook)
	if err != nil {
		return err
	}
	var traces []xray.TraceID
	for _, e := range page.Executions {
		traces = append(traces, e.TraceID)
	}
	found := selection{args: pgx.NamedArgs{"project": sel.project()}}
	found.among(traces)
	if err := s.cellsOfRows(ctx, found, aggregate, cells); err != nil {
		return err
	}
	stopped := page.SearchedTo
	if len(traces) == sieveLook {
		stopped = page.Executions[sieveLook-1].Start
	}
	if stopped != 0 {
		cells.change(minuteOf(stopped), func(c *xray.AlertCell) { c.Partial = true })
	}
	return nil
}
