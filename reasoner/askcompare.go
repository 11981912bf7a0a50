package reasoner

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
	"github.com/xraytrace/xray/reasoner/verify"
)

const sameNote = "There is nothing to explain; no model was asked."

// comparing is two executions whose first divergence is explained. Its steps
// are those of both, told apart by ids of their own where two are alike.
type comparing struct {
	*subject
	other  xray.Execution
	result xray.Comparison
	values *verify.Record                 // of both, without facts
	second int                            // where the second execution's steps begin
	were   map[xray.SpanID]xray.SpanID    // the ids that had to change
	runs   map[string]xray.TraceID        // a step's id as the prompt has it → its execution
	ids    [2]map[xray.SpanID]xray.SpanID // a step's own id in either execution → here
}

// ExplainComparison explains where two executions part, in the way of
// [Explainer.Ask]: the differences are computed, and a model only phrases
// them. ignore is as in [Analyst.Compare].
func (e *Explainer) ExplainComparison(ctx context.Context, project int32, refA, refB string, ignore []string, tell func(xray.Telling)) (xray.Answer, error) {
	if err := xray.CheckIgnored(ignore); err != nil {
		return xray.Answer{}, err
	}
	c, err := e.compare(ctx, project, refA, refB, ignore)
	if err != nil {
		return xray.Answer{}, err
	}
	out := c.answer()
	first := c.outside(out)
	tell(xray.Telling{Answer: &first})
	m, err := e.choose(ctx, project)
	if c.result.First < 0 {
		m, err = chosen{note: sameNote}, nil
	}
	if err != nil || m.model == nil {
		first.Note = m.note
		return first, failureOf(err)
	}
	p := e.phrasing(c.subject, m)
	c.subject = p.subject
	out, err = p.answer(ctx, taskCompare, out, c.draft, func(t xray.Telling) {
		claim := c.claimOutside(*t.Claim)
		tell(xray.Telling{Claim: &claim})
	})
	return c.outside(out), err
}

func (e *Explainer) compare(ctx context.Context, project int32, refA, refB string, ignore []string) (*comparing, error) {
	select {
	case e.busy <- struct{}{}:
		defer func() { <-e.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var both [2]*subject
	for i, ref := range []string{refA, refB} {
		x, err := e.askable(ctx, project, ref)
		if err != nil {
			return nil, err
		}
		if both[i], err = e.read(ctx, xray.ReasoningJob{ProjectID: project, TraceID: x.TraceID}, x); err != nil {
			return nil, err
		}
	}
	a, b := both[0], both[1]
	if e.opts.Ignored != nil {
		always, err := e.opts.Ignored(ctx, project, a.execution.Name)
		if err != nil {
			return nil, fmt.Errorf("read what the pipeline ignores: %w", err)
		}
		ignore = slices.Concat(always, ignore)
	}
	result := facts.Compare(facts.Execution{Info: a.execution, Steps: a.steps}, facts.Execution{Info: b.execution, Steps: b.steps}, facts.CompareOptions{Ignore: ignore})
	return newComparing(a, b, result), nil
}

func newComparing(a, b *subject, result xray.Comparison) *comparing {
	c := &comparing{
		subject: &subject{job: a.job, execution: a.execution, now: a.now}, other: b.execution, result: result, second: len(a.steps),
		were: map[xray.SpanID]xray.SpanID{}, runs: map[string]xray.TraceID{},
		ids: [2]map[xray.SpanID]xray.SpanID{{}, {}},
	}
	used := map[xray.SpanID]bool{}
	for run, s := range []*subject{a, b} {
		for _, d := range s.steps {
			own := d.SpanID
			for n := uint64(len(used)); used[d.SpanID]; n++ {
				binary.BigEndian.PutUint64(d.SpanID[:], 1<<63|n)
			}
			used[d.SpanID] = true
			c.were[d.SpanID], c.ids[run][own] = own, d.SpanID
			c.runs[d.SpanID.String()] = s.execution.TraceID
			c.steps = append(c.steps, d)
		}
	}
	c.values = verify.NewRecord(c.steps, nil)
	c.findings.Facts = c.differences(a, b)
	c.record = verify.NewRecord(c.steps, c.findings.Facts)
	return c
}

// answer is what code alone says of the divergence.
func (c *comparing) answer() xray.Answer {
	r := c.reasoning(xray.SpanID{}, c.result.Verdict, c.findings.Facts[:min(askedFacts, len(c.findings.Facts))])
	return xray.Answer{TraceID: c.execution.TraceID, Other: c.other.TraceID, Facts: cited(c.findings.Facts, r.Claims), Reasoning: r}
}

// draft writes the record of a comparison: the differences, and the pair of
// steps at which they begin.
func (c *comparing) draft(p *phrasing) (json.RawMessage, shown) {
	d := c.subject.draft()
	for _, f := range c.findings.Facts {
		d.addFact(f)
	}
	tokens := askTokens
	if p.halved {
		tokens /= 2
	}
	pair := c.result.Steps[c.result.First]
	for run, own := range []xray.SpanID{pair.A, pair.B} {
		id, ok := c.ids[run][own]
		if !ok {
			continue
		}
		i := slices.IndexFunc(c.steps, func(s xray.StepDetail) bool { return s.SpanID == id })
		d.addStep(i, c.factsOf(id), tokens/2)
		d.record.Steps[len(d.record.Steps)-1].Run = []string{"first", "second"}[run]
	}
	return d.done()
}

// outside gives steps the ids that their executions know them by.
func (c *comparing) outside(a xray.Answer) xray.Answer {
	a.Facts, a.Reasoning.Claims, a.Reasoning.DecisiveSteps = slices.Clone(a.Facts), slices.Clone(a.Reasoning.Claims), slices.Clone(a.Reasoning.DecisiveSteps)
	for i := range a.Facts {
		a.Facts[i].StepID, _ = c.idOutside(a.Facts[i].StepID)
	}
	for i := range a.Reasoning.Claims {
		a.Reasoning.Claims[i] = c.claimOutside(a.Reasoning.Claims[i])
	}
	for i := range a.Reasoning.DecisiveSteps {
		a.Reasoning.DecisiveSteps[i], _ = c.idOutside(a.Reasoning.DecisiveSteps[i])
	}
	return a
}

func (c *comparing) claimOutside(claim xray.Claim) xray.Claim {
	claim.Evidence = slices.Clone(claim.Evidence)
	for i := range claim.Evidence {
		e := &claim.Evidence[i]
		e.StepID, e.Execution = c.idOutside(e.StepID)
	}
	return claim
}

func (c *comparing) idOutside(id string) (own, execution string) {
	trace, known := c.runs[id]
	here, err := xray.ParseSpanID(id)
	if err != nil || !known {
		return id, ""
	}
	return c.were[here].String(), trace.String()
}
