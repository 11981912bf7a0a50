package api

import (
	"context"

	"github.com/xraytrace/xray"
)

// CompareExecutions answers where two executions part.
func (s *Server) CompareExecutions(ctx context.Context, r CompareExecutionsRequestObject) (CompareExecutionsResponseObject, error) {
	p := caller(ctx).Project
	c, err := s.Analyst.Compare(ctx, p.ID, r.Params.A, r.Params.B, r.Params.Ignore)
	if err != nil {
		return nil, err
	}
	return CompareExecutions200JSONResponse{
		A: execution(p, c.A), B: execution(p, c.B),
		Verdict: c.Verdict, First: c.First, Steps: mapTo(c.Steps, stepPair),
		Ignored: orEmpty(c.Ignored), ChangesLeftOut: c.LeftOut, LeftOut: leftOut(c.Unread),
	}, nil
}

func stepPair(p xray.StepPair) StepPair {
	return StepPair{
		A: spanString(p.A), B: spanString(p.B), Name: p.Name, Relation: StepPairRelation(p.Relation), Why: p.Why,
		Input: mapTo(p.Input.Changes, difference), Output: mapTo(p.Output.Changes, difference),
		OnlyA: orEmpty(p.OnlyA), OnlyB: orEmpty(p.OnlyB), OnlyACount: p.NOnlyA, OnlyBCount: p.NOnlyB, Moved: p.Moved,
		Shifts:       mapTo(p.Shifts, func(r xray.RankShift) RankShift { return RankShift{Item: r.Item, A: r.A, B: r.B} }),
		DurationNano: decimal(p.Duration), CostUsd: p.CostUSD, Tokens: int64String(p.Tokens),
	}
}

func difference(d xray.Difference) Difference {
	return Difference{Pointer: d.Pointer, A: d.A, B: d.B, Words: mapTo(d.Words, func(w xray.WordEdit) WordEdit {
		return WordEdit{Op: WordEditOp(w.Op), Text: w.Text}
	})}
}

// GetIgnoredPaths answers what comparisons of a pipeline leave out.
func (s *Server) GetIgnoredPaths(ctx context.Context, r GetIgnoredPathsRequestObject) (GetIgnoredPathsResponseObject, error) {
	paths, err := s.Settings.IgnoredPaths(ctx, caller(ctx).Project.ID, r.Name)
	if err != nil {
		return nil, err
	}
	return GetIgnoredPaths200JSONResponse{Paths: orEmpty(paths)}, nil
}

// SetIgnoredPaths replaces it.
func (s *Server) SetIgnoredPaths(ctx context.Context, r SetIgnoredPathsRequestObject) (SetIgnoredPathsResponseObject, error) {
	if err := xray.CheckIgnored(r.Body.Paths); err != nil {
		return nil, err
	}
	project := caller(ctx).Project.ID
	before, err := s.Settings.IgnoredPaths(ctx, project, r.Name)
	if err != nil {
		return nil, err
	}
	if err := s.Settings.SetIgnoredPaths(ctx, project, r.Name, r.Body.Paths); err != nil {
		return nil, err
	}
	now := IgnoredPaths{Paths: orEmpty(r.Body.Paths)}
	return SetIgnoredPaths200JSONResponse(now), s.recordChange(ctx, "pipeline.ignore", r.Name, IgnoredPaths{Paths: orEmpty(before)}, now)
}

// ContrastExecutions answers what tells a group of executions from another.
func (s *Server) ContrastExecutions(ctx context.Context, r ContrastExecutionsRequestObject) (ContrastExecutionsResponseObject, error) {
	const most = 50
	if n := max(len(r.Body.Selected), len(r.Body.Baseline)); n > most {
		return nil, xray.Errorf(xray.CodeInvalid, "%d executions in one group: use at most %d", n, most)
	}
	c, err := s.Analyst.Contrast(ctx, caller(ctx).Project.ID, r.Body.Selected, r.Body.Baseline)
	if err != nil {
		return nil, err
	}
	return ContrastExecutions200JSONResponse{
		Differences: mapTo(c.Differences, func(d xray.Contrasted) Contrasted {
			return Contrasted{StepName: d.Step, What: d.What, Detail: d.Detail, Selected: d.Selected, Baseline: d.Baseline, Effect: d.Effect, Text: d.Text}
		}),
		Selected: c.Selected, Baseline: c.Baseline, LeftOut: c.LeftOut,
	}, nil
}

// GetStability answers how stable the steps of a pipeline are.
func (s *Server) GetStability(ctx context.Context, r GetStabilityRequestObject) (GetStabilityResponseObject, error) {
	const usual, most = 30, 100
	n := r.Params.Limit
	if n == 0 {
		n = usual
	}
	if n < 2 || n > most {
		return nil, xray.Errorf(xray.CodeInvalid, "limit is %d: use 2 to %d", n, most)
	}
	st, err := s.Analyst.Stability(ctx, caller(ctx).Project.ID, r.Name, n)
	if err != nil {
		return nil, err
	}
	return GetStability200JSONResponse{Steps: mapTo(st.Steps, stepStability), LookedAt: st.LookedAt, LeftOut: st.LeftOut}, nil
}

func stepStability(s xray.StepStability) StepStability {
	return StepStability{
		StepName: s.Name, Calls: s.Calls, Inputs: s.Inputs, Unstable: s.Unstable, Failing: s.Failing, Share: s.Share,
		Example: mapTo(s.Example, stepRef),
	}
}

func stepRef(r xray.StepRef) StepRef {
	return StepRef{ExecutionId: r.Trace.String(), StepId: r.Step.String()}
}
