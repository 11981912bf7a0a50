package reasoner

import (
	"context"
	"fmt"
	"slices"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

// Compare aligns two executions step by step. What ignore and the pipeline of
// the first name is not compared; see [xray.CheckIgnored].
func (a *Analyst) Compare(ctx context.Context, project int32, refA, refB string, ignore []string) (xray.Comparison, error) {
	if err := xray.CheckIgnored(ignore); err != nil {
		return xray.Comparison{}, err
	}
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.Comparison{}, err
	}
	defer leave()
	first, err := a.read(ctx, project, refA)
	if err != nil {
		return xray.Comparison{}, err
	}
	second, err := a.read(ctx, project, refB)
	if err != nil {
		return xray.Comparison{}, err
	}
	always, err := a.archive.IgnoredPaths(ctx, project, first.Info.Name)
	if err != nil {
		return xray.Comparison{}, fmt.Errorf("read what the pipeline ignores: %w", err)
	}
	return facts.Compare(first, second, facts.CompareOptions{Ignore: slices.Concat(always, ignore)}), nil
}

// Contrast tells what distinguishes the selected executions from a baseline;
// without one, from the newest others of the pipeline of the first. Fewer than
// three on a side say nothing and are CodeInvalid.
func (a *Analyst) Contrast(ctx context.Context, project int32, selected, baseline []string) (xray.Contrast, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.Contrast{}, err
	}
	defer leave()
	chosen, err := a.find(ctx, project, selected, nil)
	if err != nil {
		return xray.Contrast{}, err
	}
	ids := traceIDs(chosen)
	var rest []xray.Execution
	if len(baseline) > 0 {
		rest, err = a.find(ctx, project, baseline, ids)
	} else if len(chosen) > 0 {
		rest, err = a.others(ctx, chosen[0], baselineRuns, ids...)
	}
	if err != nil {
		return xray.Contrast{}, err
	}
	if len(chosen) < facts.MinGroup || len(rest) < facts.MinGroup {
		return xray.Contrast{}, xray.Errorf(xray.CodeInvalid, "%d executions are to be told from %d others: it takes at least %d of each", len(chosen), len(rest), facts.MinGroup)
	}
	var out xray.Contrast
	var groups [2][]facts.Execution
	for i, list := range [][]xray.Execution{chosen, rest} {
		_, leftOut, err := a.each(ctx, list, func(e facts.Execution) { groups[i] = append(groups[i], e) })
		if err != nil {
			return xray.Contrast{}, err
		}
		out.LeftOut += leftOut
	}
	out.Selected, out.Baseline = len(groups[0]), len(groups[1])
	out.Differences = facts.Contrast(groups[0], groups[1])
	return out, nil
}

// find looks executions up, each once, leaving out those in but.
func (a *Analyst) find(ctx context.Context, project int32, refs []string, but []xray.TraceID) ([]xray.Execution, error) {
	var out []xray.Execution
	for _, ref := range refs {
		e, err := a.archive.Execution(ctx, project, ref)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(but, e.TraceID) && !slices.Contains(traceIDs(out), e.TraceID) {
			out = append(out, e)
		}
	}
	return out, nil
}

func traceIDs(list []xray.Execution) []xray.TraceID {
	ids := make([]xray.TraceID, len(list))
	for i := range list {
		ids[i] = list[i].TraceID
	}
	return ids
}

// Stability tells how often steps of the newest executions of a name gave
// another output for the same input, what the pipeline ignores left out. A name that no execution has is
// CodeNotFound.
func (a *Analyst) Stability(ctx context.Context, project int32, name string, most int) (xray.Stability, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.Stability{}, err
	}
	defer leave()
	page, err := a.archive.Executions(ctx, project, xray.ExecutionQuery{Filter: named(name), Limit: most})
	if err != nil {
		return xray.Stability{}, fmt.Errorf("list the pipeline's executions: %w", err)
	}
	if len(page.Executions) == 0 {
		return xray.Stability{}, xray.Errorf(xray.CodeNotFound, "no execution in this project is called %q", clip(name, 100))
	}
	var out xray.Stability
	var runs []facts.Execution
	out.LookedAt, out.LeftOut, err = a.each(ctx, page.Executions, func(e facts.Execution) { runs = append(runs, e) })
	if err != nil {
		return xray.Stability{}, err
	}
	ignore, err := a.archive.IgnoredPaths(ctx, project, name)
	if err != nil {
		return xray.Stability{}, fmt.Errorf("read what the pipeline ignores: %w", err)
	}
	out.Steps = facts.Stability(runs, ignore)
	return out, nil
}
