package store

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

//go:embed steps.sql
var stepsSQL string

// place is where a step's span lies.
type place struct {
	segment int64
	ordinal int
}

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.segment, o.segment), cmp.Compare(p.ordinal, o.ordinal))
}

// locatedStep is a step and its place.
type locatedStep struct {
	*xray.Step
	place
}

// scanSteps reads and unpacks a row of the columns that steps.sql and
// settle_steps.sql give.
func scanSteps(row pgx.CollectableRow) (traceKey, []locatedStep, error) {
	var key traceKey
	var segment int64
	var data []byte
	if err := row.Scan(&key.project, (*[16]byte)(&key.trace), &segment, &data); err != nil {
		return key, nil, err
	}
	steps, err := unpackSteps(key.trace, data)
	if err != nil {
		return key, nil, fmt.Errorf("segment %d: %w", segment, err)
	}
	located := make([]locatedStep, len(steps))
	for i, s := range steps {
		located[i] = locatedStep{s.Step, place{segment, s.ordinal}}
	}
	return key, located, nil
}

// Steps returns the structure of an execution in order of start: each span
// once, as it came last. A step that was announced and has not ended is there
// under the id it will have, as pending. An execution without steps, or none of
// this id, is CodeNotFound.
func (s *Store) Steps(ctx context.Context, project int32, id xray.TraceID) ([]xray.Step, error) {
	rows, err := arrivals(ctx, s.of(project), project, id, xray.SpanID{})
	if err != nil {
		return nil, unavailable(err)
	}
	arrived := make([]*xray.Step, len(rows))
	for i, row := range rows {
		arrived[i] = row.Step
	}
	kept := distinct(arrived)
	out := make([]xray.Step, len(kept))
	for i, step := range kept {
		out[i] = *step
	}
	return out, nil
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// arrivals returns every row of an execution, or of one of its spans, in order
// of arrival.
func arrivals(ctx context.Context, q querier, project int32, id xray.TraceID, span xray.SpanID) ([]locatedStep, error) {
	rows, err := q.Query(ctx, stepsSQL, stepsArgs(project, id))
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	var found []locatedStep
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		_, steps, err := scanSteps(row)
		for _, step := range steps {
			if span.IsZero() || step.SpanID == span {
				found = append(found, step)
			}
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	if len(found) == 0 && span.IsZero() {
		return nil, noExecution(id.String())
	}
	if len(found) == 0 {
		return nil, xray.Errorf(xray.CodeNotFound, "there is no step %s in this execution", span)
	}
	return found, nil
}

func stepsArgs(project int32, id xray.TraceID) pgx.NamedArgs {
	return pgx.NamedArgs{"project": project, "trace": id[:]}
}

func noExecution(ref string) error {
	return xray.Errorf(xray.CodeNotFound, "there is no execution %q in this project", clip(ref, 100))
}
