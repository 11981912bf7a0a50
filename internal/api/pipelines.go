package api

import (
	"context"
	"time"

	"github.com/xraytrace/xray"
)

// ListPipelines answers how the project's pipelines did in a range of time.
func (s *Server) ListPipelines(ctx context.Context, r ListPipelinesRequestObject) (ListPipelinesResponseObject, error) {
	q, err := statsQuery(r.Params.Since, r.Params.Until, r.Params.Buckets)
	if err != nil {
		return nil, err
	}
	q.Buckets = r.Params.Buckets // none by default
	list, err := s.Statistics.Pipelines(ctx, caller(ctx).Project.ID, q)
	if err != nil {
		return nil, err
	}
	out := ListPipelines200JSONResponse{
		Since: timeString(list.Since), Until: timeString(list.Until),
		Pipelines: mapTo(list.Pipelines, listedPipeline), LeftOut: list.LeftOut,
	}
	if list.Width > 0 {
		out.BucketNano = decimal(list.Width)
	}
	return out, nil
}

// GetPipeline answers how one pipeline did over time, and its steps.
func (s *Server) GetPipeline(ctx context.Context, r GetPipelineRequestObject) (GetPipelineResponseObject, error) {
	q, err := statsQuery(r.Params.Since, r.Params.Until, r.Params.Buckets)
	if err != nil {
		return nil, err
	}
	q.Step = r.Params.Step
	p, err := s.Statistics.Pipeline(ctx, caller(ctx).Project.ID, r.Name, q)
	if err != nil {
		return nil, err
	}
	return GetPipeline200JSONResponse{
		Since: timeString(p.Since), Until: timeString(p.Until), BucketNano: decimal(p.Width),
		Total: namedStats(p.Total), Series: mapTo(p.Series, stats), Steps: mapTo(p.Steps, namedStats), LeftOut: p.LeftOut,
	}, nil
}

// GetShape answers what a pipeline is made of.
func (s *Server) GetShape(ctx context.Context, r GetShapeRequestObject) (GetShapeResponseObject, error) {
	q, err := statsQuery(r.Params.Since, r.Params.Until, r.Params.Buckets)
	if err != nil {
		return nil, err
	}
	shape, err := s.Statistics.Shape(ctx, caller(ctx).Project.ID, r.Name, q)
	if err != nil {
		return nil, err
	}
	return GetShape200JSONResponse{
		Since: timeString(shape.Since), Until: timeString(shape.Until), LookedAt: shape.LookedAt, Counted: shape.Counted,
		Steps: mapTo(shape.Steps, shapeStep), LeftOut: shape.LeftOut,
		Drops: mapTo(shape.Drops, func(d xray.DropSum) DropSum {
			return DropSum{
				StepName: d.Step, Text: d.Text, Items: d.Items, Executions: d.Executions, Sample: d.Sample,
				Example: stepRef(d.Example),
			}
		}),
		Releases: mapTo(shape.Releases, func(r xray.ReleaseSeen) ReleaseSeen {
			return ReleaseSeen{Release: r.Release, At: timeString(r.At), ExecutionId: r.TraceID.String()}
		}),
	}, nil
}

func shapeStep(s xray.ShapeStep) ShapeStep {
	out := ShapeStep{Name: s.Name, Type: string(s.Type), Depth: s.Depth, Runs: s.Runs, Calls: s.Calls}
	if f := s.Items; f != nil {
		out.Items = ItemFlow{Calls: f.Calls, In: f.In, Out: f.Out, DropRate: f.DropRate, Dropped: f.Dropped}
	}
	return out
}

// statsQuery checks what a caller gave; the zero time is not given.
func statsQuery(since, until time.Time, buckets int) (xray.StatsQuery, error) {
	q := xray.StatsQuery{Since: nano(since), Until: nano(until), Buckets: buckets}
	if buckets == 0 {
		q.Buckets = xray.DefaultBuckets
	}
	if q.Buckets < 2 || q.Buckets > xray.MaxBuckets {
		return q, xray.Errorf(xray.CodeInvalid, "buckets is %d: use 2 to %d", q.Buckets, xray.MaxBuckets)
	}
	return q, nil
}

func namedStats(n xray.NamedStats) NamedStats { return NamedStats{Stats: stats(n.Stats), Name: n.Name} }

func listedPipeline(p xray.ListedPipeline) ListedPipeline {
	return ListedPipeline{NamedStats: namedStats(p.NamedStats), Runs: p.Runs, Failures: p.Failures}
}

func stats(s xray.Stats) Stats {
	return Stats{
		Count: int(s.Count), ErrorCount: int(s.Errors),
		P50Nano: decimal(s.P50), P95Nano: decimal(s.P95), P99Nano: decimal(s.P99),
		InputTokens: decimal(s.InputTokens), OutputTokens: decimal(s.OutputTokens), CostUsd: s.CostUSD,
	}
}
