package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// What a shape is drawn from: the newest executions of the range. More would
// hardly change a median and cost a read each.
const (
	shapeRuns     = 12
	shapeSteps    = 5_000 // of all these together
	shapeCounted  = 500
	maxShapeSteps = 200
	maxDropSums   = 30
)

// shapeRunsSQL rides on executions_name.
const shapeRunsSQL = `
SELECT e.trace_id, e.step_count, e.start_nano
FROM executions e
WHERE e.project_id = @project AND e.name = @name AND e.start_nano >= @since AND e.start_nano < @until
ORDER BY e.start_nano DESC, e.trace_id DESC
LIMIT @limit`

// shapeStationsSQL rides on facts_history.
const shapeStationsSQL = `
SELECT f.trace_id, f.stations
FROM facts f
WHERE f.project_id = @project AND f.name = @name AND f.start_nano >= @since AND f.start_nano < @until AND f.profile IS NOT NULL
ORDER BY f.start_nano DESC, f.trace_id DESC
LIMIT @limit`

// Shape returns what the newest executions of a name that started in a range
// are made of. A name that did not run in it has an empty shape.
func (s *Store) Shape(ctx context.Context, project int32, name string, q xray.StatsQuery) (xray.Shape, error) {
	r, width, err := s.bucketed(q)
	if err != nil {
		return xray.Shape{}, err
	}
	name = cleanText(name, maxName)
	out := xray.Shape{StatsRange: r.asRange(width)}
	if out.Releases, err = s.releases(ctx, project, name, r, width); err != nil {
		return xray.Shape{}, unavailable(err)
	}
	tree, err := s.shapeTree(ctx, project, shapeArgs(project, name, out.StatsRange, shapeRuns))
	if err != nil {
		return xray.Shape{}, unavailable(err)
	}
	sums, err := s.shapeItems(ctx, project, shapeArgs(project, name, out.StatsRange, shapeCounted))
	if err != nil {
		return xray.Shape{}, unavailable(err)
	}
	out.LookedAt, out.Counted = tree.runs, sums.runs
	out.Steps, out.LeftOut = atMost(tree.flat(), maxShapeSteps)
	for i := range out.Steps {
		out.Steps[i].Items = sums.flow(out.Steps[i].Name)
	}
	out.Drops = sums.drops()
	return out, nil
}

func shapeArgs(project int32, name string, r xray.StatsRange, limit int) pgx.NamedArgs {
	return pgx.NamedArgs{"project": project, "name": name, "since": int64(r.Since), "until": int64(r.Until), "limit": limit}
}

// shapeTree reads the steps of the newest executions.
func (s *Store) shapeTree(ctx context.Context, project int32, args pgx.NamedArgs) (*shapeTree, error) {
	rows, err := s.of(project).Query(ctx, shapeRunsSQL, args)
	if err != nil {
		return nil, fmt.Errorf("list the pipeline's executions: %w", err)
	}
	type run struct {
		id    xray.TraceID
		steps int
		start xray.Nano
	}
	runs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (run, error) {
		var one run
		err := row.Scan((*[16]byte)(&one.id), &one.steps, &one.start)
		return one, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the pipeline's executions: %w", err)
	}
	tree, left := newShapeTree(), shapeSteps
	for i, one := range runs {
		// The newest is read whatever its size, or a pipeline of large runs had no shape.
		if left -= one.steps; left < 0 && i > 0 {
			break
		}
		steps, err := s.Steps(ctx, args["project"].(int32), one.id)
		if xray.ErrorCode(err) == xray.CodeNotFound {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		tree.add(steps, one.start)
	}
	return tree, nil
}

// shapeItems adds up what the steps of the newest executions did to items.
func (s *Store) shapeItems(ctx context.Context, project int32, args pgx.NamedArgs) (*itemSums, error) {
	rows, err := s.of(project).Query(ctx, shapeStationsSQL, args)
	if err != nil {
		return nil, fmt.Errorf("read stations: %w", err)
	}
	sums := newItemSums()
	var trace xray.TraceID
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{(*[16]byte)(&trace), &raw}, func() error {
		stations, err := decodeStations(raw)
		if err == nil {
			sums.add(trace, stations)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read stations: %w", err)
	}
	return sums, nil
}
