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
	project int32
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

// scanStep reads a row of the columns that steps.sql and settle_steps.sql give.
func scanStep(row pgx.CollectableRow) (*xray.Step, place, error) {
	var s xray.Step
	var at place
	var span, parent int64
	var kind int16
	var model, provider, priceDate, failure *string
	err := row.Scan(&s.Start, &s.End, &span, &parent, &at.segment,
		&s.Tokens.Input, &s.Tokens.CacheRead, &s.Tokens.CacheWrite, &s.Tokens.InputAudio,
		&s.Tokens.Output, &s.Tokens.Reasoning, &s.Tokens.OutputAudio, &s.CostUSD,
		(*[16]byte)(&s.TraceID), &at.project, &at.ordinal, &kind, &s.Status, &s.CostFrom, &s.ModelCall, &s.Pending, &s.HasPayload,
		&s.Name, &s.Service, &model, &provider, &priceDate, &failure)
	s.SpanID, s.ParentID, s.Type = spanID(span), spanID(parent), typeOf(kind)
	s.Model, s.Provider, s.PriceDate, s.Error = orEmpty(model), orEmpty(provider), orEmpty(priceDate), orEmpty(failure)
	if s.Pending {
		s.PendingFor = s.SpanID
	}
	return &s, at, err
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Steps returns the structure of an execution in order of start: each span
// once, as it came last. A step that was announced and has not ended is there
// under the id it will have, as pending. An execution without steps, or none of
// this id, is CodeNotFound.
func (s *Store) Steps(ctx context.Context, project int32, id xray.TraceID) ([]xray.Step, error) {
	rows, err := arrivals(ctx, s.pool, project, id, xray.SpanID{})
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
	rows, err := q.Query(ctx, stepsSQL, stepsArgs(project, id, span))
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (locatedStep, error) {
		step, at, err := scanStep(row)
		return locatedStep{step, at}, err
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

func stepsArgs(project int32, id xray.TraceID, span xray.SpanID) pgx.NamedArgs {
	var one *int64
	if n := spanInt(span); n != 0 {
		one = &n
	}
	return pgx.NamedArgs{"project": project, "trace": id[:], "span": one}
}

func noExecution(ref string) error {
	return xray.Errorf(xray.CodeNotFound, "there is no execution %q in this project", clip(ref, 100))
}
