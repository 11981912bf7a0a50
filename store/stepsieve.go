package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// sieveAtOnce is how many executions' steps are read in one query.
const sieveAtOnce = 500

// stepTest is about the steps of an execution: one must hold all conditions, or
// none may.
type stepTest struct {
	conditions []stepCondition
	none       bool
}

// stepCondition decides on one step; st is nil where nothing is known of items.
type stepCondition func(s *xray.Step, st *stationRow) bool

// stepSieve decides the conditions on steps, which SQL cannot look into.
type stepSieve struct {
	tests    []stepTest
	stations bool // some condition is about items
}

func (v *stepSieve) empty() bool { return len(v.tests) == 0 }

// add adds one test and returns what SQL can tell beforehand.
func (v *stepSieve) add(c *compiler, conditions []xray.Condition, none bool) (before []string, err error) {
	test := stepTest{none: none}
	for _, w := range conditions {
		holds, err := stepConditionOf(&w)
		if err != nil {
			return nil, err
		}
		if w.Not {
			positive := holds
			holds = func(s *xray.Step, st *stationRow) bool { return !positive(s, st) }
		}
		test.conditions = append(test.conditions, holds)
		v.stations = v.stations || aboutItems(w.Field)
	}
	v.tests = append(v.tests, test)
	if none {
		return nil, nil
	}
	return c.beforehand(conditions), nil
}

func aboutItems(f xray.Field) bool {
	return f == xray.FieldStepDrop || f == xray.FieldStepIn || f == xray.FieldStepOut
}

// beforehand is what must be true of an execution of which one step holds
// conditions: a cheap look before its steps are read. Packed steps hold their
// texts as they are. A scalar subquery, as EXISTS could become a hash of the
// whole table.
func (c *compiler) beforehand(conditions []xray.Condition) []string {
	var needles []string
	var all []string
	for _, w := range conditions {
		switch {
		case w.Not:
		case aboutItems(w.Field):
			all = append(all, "(SELECT f.stations IS NOT NULL FROM facts f WHERE f.project_id = e.project_id AND f.trace_id = e.trace_id)")
		case w.Field == xray.FieldStepStatus && len(w.Values) == 1 && w.Values[0].Text == xray.StatusError.String():
			all = append(all, "e.error_count > 0")
		case isTextOfStep(w.Field) && w.Op == xray.OpIs && len(w.Values) == 1:
			needles = append(needles, "position("+c.arg([]byte(cleanText(w.Values[0].Text, maxName)))+"::bytea IN s.data) > 0")
		}
	}
	if len(needles) > 0 {
		all = append(all, "(SELECT true FROM steps s WHERE s.project_id = e.project_id AND s.trace_id = e.trace_id"+
			" AND s.segment BETWEEN e.first_segment AND e.last_segment AND "+strings.Join(needles, " AND ")+" LIMIT 1)")
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func isTextOfStep(f xray.Field) bool {
	return f == xray.FieldStep || f == xray.FieldStepModel || f == xray.FieldStepService
}

// sift returns those of rows, which come newest first, that pass, at most limit,
// and how many rows it has decided: fewer than all if it has enough or its time
// is over, but some.
func (v *stepSieve) sift(ctx context.Context, s *Store, project int32, rows []xray.ExecutionCursor, limit int, end time.Time) (found []xray.ExecutionCursor, decided int, err error) {
	for chunk := range slices.Chunk(rows, sieveAtOnce) {
		passed, err := v.chunk(ctx, s, project, chunk)
		if err != nil {
			return nil, 0, err
		}
		for _, row := range chunk {
			decided++
			if passed[row.TraceID] {
				if found = append(found, row); len(found) == limit {
					return found, decided, nil
				}
			}
		}
		if time.Now().After(end) {
			break
		}
	}
	return found, decided, nil
}

// chunk reads the steps of some executions and says which of them pass.
func (v *stepSieve) chunk(ctx context.Context, s *Store, project int32, rows []xray.ExecutionCursor) (map[xray.TraceID]bool, error) {
	keys := make([]traceKey, len(rows))
	for i, row := range rows {
		keys[i] = traceKey{project, row.TraceID}
	}
	stations := map[xray.TraceID]map[xray.SpanID]stationRow{}
	if v.stations {
		var err error
		if stations, err = s.stationsFor(ctx, project, keys); err != nil {
			return nil, err
		}
	}
	projects, traces := keyArrays(keys, func(k traceKey) traceKey { return k })
	found, err := s.of(project).Query(ctx, settleStepsSQL, pgx.NamedArgs{"projects": projects, "traces": traces})
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	arrived := make(map[xray.TraceID][]*xray.Step, len(rows))
	_, err = pgx.CollectRows(found, func(row pgx.CollectableRow) (struct{}, error) {
		key, steps, err := scanSteps(row)
		for _, step := range steps {
			arrived[key.trace] = append(arrived[key.trace], step.Step)
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	passed := make(map[xray.TraceID]bool, len(rows))
	for trace, steps := range arrived {
		passed[trace] = v.passes(distinct(steps), stations[trace])
	}
	return passed, nil
}

func (v *stepSieve) passes(steps []*xray.Step, stations map[xray.SpanID]stationRow) bool {
	for _, test := range v.tests {
		if slices.ContainsFunc(steps, func(s *xray.Step) bool { return test.holds(s, stations) }) == test.none {
			return false
		}
	}
	return true
}

func (t *stepTest) holds(s *xray.Step, stations map[xray.SpanID]stationRow) bool {
	var st *stationRow
	if row, ok := stations[s.SpanID]; ok {
		st = &row
	}
	for _, holds := range t.conditions {
		if !holds(s, st) {
			return false
		}
	}
	return true
}
