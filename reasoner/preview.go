package reasoner

import (
	"context"
	"errors"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/sample"
)

// PlannedCall is a call to the model that has not been made.
type PlannedCall struct {
	Task   string
	Steps  []xray.SpanID // that it asks about; none for the whole execution
	Tokens int           // of the prompt with its instructions, as [sample.Tokens] estimates
	Answer int           // tokens that the answer may have at most
	Bytes  int           // of the prompt
}

// Preview explains an execution from facts and plans the calls that a model
// would be asked in, without making any and whether or not there is a model.
// The last call, about the whole, is planned with the facts' claims about the
// steps: those that a model would write are not known yet.
func (e *Explainer) Preview(ctx context.Context, project int32, id xray.TraceID) (xray.Explanation, []PlannedCall, error) {
	s, err := e.load(ctx, xray.ReasoningJob{ProjectID: project, TraceID: id})
	if err != nil {
		return xray.Explanation{}, nil, err
	}
	g, err := e.guardFor(project)
	if err != nil {
		return xray.Explanation{}, nil, err
	}
	out, calls := e.plan(s, chosen{guard: g})
	return out, calls, nil
}

// Estimate plans the calls that explaining an execution anew would take with the
// project's model, and prices them with answers as long as they may be. It asks
// no model. Without one, nothing is called and nothing costs.
func (e *Explainer) Estimate(ctx context.Context, project int32, id xray.TraceID) (xray.Estimate, error) {
	m, err := e.choose(ctx, project)
	if f, ok := errors.AsType[*failure](err); ok {
		return xray.Estimate{}, xray.Errorf(xray.CodeConflict, "%s", f.message)
	}
	if err != nil || m.model == nil {
		return xray.Estimate{}, err
	}
	s, err := e.load(ctx, xray.ReasoningJob{ProjectID: project, TraceID: id})
	if err != nil {
		return xray.Estimate{}, err
	}
	_, calls := e.plan(s, m)
	out := xray.Estimate{Model: m.name, Calls: len(calls)}
	for _, c := range calls {
		out.InputTokens += int64(c.Tokens)
		out.OutputTokens += int64(c.Answer)
	}
	out.CostUSD = e.cost(project, m.name, Usage{Input: out.InputTokens, Output: out.OutputTokens})
	return out, nil
}

// plan explains from facts, and lists the calls that would be made.
func (e *Explainer) plan(s *subject, m chosen) (xray.Explanation, []PlannedCall) {
	out := s.fromFacts()
	p := e.phrasing(s, m)
	p.out = &out
	var calls []PlannedCall
	for _, g := range p.groups() {
		record, _ := p.draftSteps(g, false)
		c := e.planned(g.task(), len(g.steps), record)
		for _, i := range g.steps {
			c.Steps = append(c.Steps, s.steps[i].SpanID)
		}
		calls = append(calls, c)
	}
	record, _ := p.draftWhole(false)
	return out, append(calls, e.planned(taskExecution, 1, record))
}

func (e *Explainer) planned(t task, about int, record []byte) PlannedCall {
	system, user := e.prompts.system(nil), e.prompts.user(t, record, newFence())
	schema := string(e.prompts.schemas[t])
	return PlannedCall{
		Task: string(t), Answer: answerLimit(about), Bytes: len(system) + len(user) + len(schema),
		Tokens: sample.Tokens(system) + sample.Tokens(user) + sample.Tokens(schema),
	}
}

// answerLimit is how many tokens an answer about so many steps may have.
func answerLimit(about int) int { return baseAnswer + about*stepAnswer }
