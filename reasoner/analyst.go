package reasoner

import (
	"context"
	"fmt"
	"slices"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

// Archive is where an [Analyst] finds executions.
type Archive interface {
	// Execution finds one by its trace id in hex or the client's own id.
	Execution(ctx context.Context, project int32, ref string) (xray.Execution, error)
	// Executions lists them, newest first.
	Executions(ctx context.Context, project int32, q xray.ExecutionQuery) (xray.ExecutionPage, error)
	// Details returns all steps of one with what they carried.
	Details(ctx context.Context, project int32, id xray.TraceID) ([]xray.StepDetail, error)
	// IgnoredPaths are what comparisons of executions of a name leave out.
	IgnoredPaths(ctx context.Context, project int32, name string) ([]string, error)
}

// Analyst answers what people ask of executions when they look closer: what
// became of an item, why another is not there, what is different between two
// runs or many. It computes the answers anew from the record each time, and
// keeps nothing. No model takes part. It is safe for concurrent use.
type Analyst struct {
	archive Archive
	busy    chan struct{} // holds one for each question under way
}

// What one question may cost.
const (
	atOnce        = 2        // questions that are worked on; others wait
	maxSteps      = 20_000   // of one execution
	maxOthersSize = 48 << 20 // bytes of payload of other executions that are read
	maxOtherSteps = 20_000   // of other executions together
	otherRuns     = 20       // that are searched for an item
	baselineRuns  = 50       // that a selection is held against when nobody says which
)

// NewAnalyst returns an Analyst of what is in archive.
func NewAnalyst(archive Archive) *Analyst {
	return &Analyst{archive: archive, busy: make(chan struct{}, atOnce)}
}

// enter waits until the question may be worked on. Payloads are large, and so
// are lists of items: without a bound a few impatient people fill the memory.
func (a *Analyst) enter(ctx context.Context) (leave func(), err error) {
	select {
	case a.busy <- struct{}{}:
		return func() { <-a.busy }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read returns an execution with all its steps. None of this name is
// CodeNotFound, one that is too large CodeTooLarge.
func (a *Analyst) read(ctx context.Context, project int32, ref string) (facts.Execution, error) {
	e, err := a.archive.Execution(ctx, project, ref)
	if err != nil {
		return facts.Execution{}, err
	}
	if e.StepCount > maxSteps {
		return facts.Execution{}, xray.Errorf(xray.CodeTooLarge, "the execution has %d steps: items are followed, and executions compared, up to %d", e.StepCount, maxSteps)
	}
	steps, err := a.steps(ctx, e)
	return facts.Execution{Info: e, Steps: steps}, err
}

func (a *Analyst) steps(ctx context.Context, e xray.Execution) ([]xray.StepDetail, error) {
	steps, err := a.archive.Details(ctx, e.ProjectID, e.TraceID)
	if err != nil {
		return nil, fmt.Errorf("read the steps: %w", err)
	}
	return slices.DeleteFunc(steps, func(d xray.StepDetail) bool { return d.Pending }), nil
}

// each reads executions one after the other as far as the bounds allow, and
// returns how many were read and how many were not. One that was deleted
// meanwhile is neither.
func (a *Analyst) each(ctx context.Context, list []xray.Execution, use func(facts.Execution)) (read, leftOut int, err error) {
	steps, size := 0, 0
	for _, e := range list {
		if steps+e.StepCount > maxOtherSteps || size > maxOthersSize {
			leftOut++
			continue
		}
		details, err := a.steps(ctx, e)
		if xray.ErrorCode(err) == xray.CodeNotFound {
			continue
		}
		if err != nil {
			return read, leftOut, err
		}
		for i := range details {
			size += len(details[i].Input) + len(details[i].Output) + len(details[i].Attributes)
		}
		steps += e.StepCount
		read++
		use(facts.Execution{Info: e, Steps: details})
	}
	return read, leftOut, nil
}

// follow traces the items of an execution.
func (a *Analyst) follow(ctx context.Context, project int32, ref string) (facts.Execution, *facts.Lineage, error) {
	e, err := a.read(ctx, project, ref)
	if err != nil {
		return e, nil, err
	}
	return e, facts.Follow(e), nil
}

// Funnel tells what every step of an execution did to the items.
func (a *Analyst) Funnel(ctx context.Context, project int32, ref string) (xray.Funnel, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.Funnel{}, err
	}
	defer leave()
	_, l, err := a.follow(ctx, project, ref)
	if err != nil {
		return xray.Funnel{}, err
	}
	return xray.Funnel{Stations: l.Funnel(), LeftOut: l.LeftOut()}, nil
}

// Changes tells what one step did to its items. A step that touched none is
// CodeNotFound.
func (a *Analyst) Changes(ctx context.Context, project int32, ref string, step xray.SpanID, q xray.ChangeQuery) (xray.StepChanges, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.StepChanges{}, err
	}
	defer leave()
	_, l, err := a.follow(ctx, project, ref)
	if err != nil {
		return xray.StepChanges{}, err
	}
	out, ok := l.Changes(step, q)
	if !ok {
		return out, xray.Errorf(xray.CodeNotFound, "step %s changed no items: the funnel lists the steps that did", step)
	}
	return out, nil
}

// Items lists the items of an execution whose key or name contains text, at
// most limit of them from the given place on.
func (a *Analyst) Items(ctx context.Context, project int32, ref, text string, from, limit int) (xray.ItemPage, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.ItemPage{}, err
	}
	defer leave()
	_, l, err := a.follow(ctx, project, ref)
	if err != nil {
		return xray.ItemPage{}, err
	}
	found := l.Search(text)
	page := xray.ItemPage{Total: len(found), LeftOut: l.LeftOut()}
	from = min(max(from, 0), len(found))
	to := min(from+max(limit, 1), len(found))
	if page.Items = found[from:to]; to < len(found) {
		page.Next = to
	}
	return page, nil
}

// Item returns an item's passport, and what became of the item in the newest
// other executions of the pipeline. An item that is not there is CodeNotFound.
func (a *Analyst) Item(ctx context.Context, project int32, ref, key string) (xray.Trail, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.Trail{}, err
	}
	defer leave()
	e, l, err := a.follow(ctx, project, ref)
	if err != nil {
		return xray.Trail{}, err
	}
	p, ok := l.Passport(key)
	if !ok {
		return xray.Trail{}, xray.Errorf(xray.CodeNotFound, "no step of this execution put out an item %q: ask why-not for names that come near", clip(key, 100))
	}
	out := xray.Trail{Passport: p, LeftOut: l.LeftOut()}
	others, err := a.others(ctx, e.Info, otherRuns)
	if err != nil {
		return xray.Trail{}, err
	}
	out.LookedAt, _, err = a.each(ctx, others, func(o facts.Execution) {
		if there, ok := facts.Follow(o).Passport(p.Key); ok {
			out.Elsewhere = append(out.Elsewhere, xray.Elsewhere{Execution: o.Info, Passport: there})
		}
	})
	return out, err
}

// others are the newest other executions of the same name.
func (a *Analyst) others(ctx context.Context, e xray.Execution, most int, but ...xray.TraceID) ([]xray.Execution, error) {
	page, err := a.archive.Executions(ctx, e.ProjectID, xray.ExecutionQuery{Filter: named(e.Name), Limit: min(most+1+len(but), xray.MaxLimit)})
	if err != nil {
		return nil, fmt.Errorf("list the pipeline's executions: %w", err)
	}
	list := slices.DeleteFunc(page.Executions, func(o xray.Execution) bool { return o.TraceID == e.TraceID || slices.Contains(but, o.TraceID) })
	return list[:min(len(list), most)], nil
}

// named selects the executions of a name.
func named(name string) xray.Filter {
	return xray.Filter{Where: []xray.Condition{xray.Is(xray.FieldName, name)}}
}

// WhyNot answers why a thing is not in the result.
func (a *Analyst) WhyNot(ctx context.Context, project int32, ref, text string) (xray.WhyNot, error) {
	leave, err := a.enter(ctx)
	if err != nil {
		return xray.WhyNot{}, err
	}
	defer leave()
	_, l, err := a.follow(ctx, project, ref)
	if err != nil {
		return xray.WhyNot{}, err
	}
	return l.WhyNot(text), nil
}
