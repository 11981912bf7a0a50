package reasoner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
	"github.com/xraytrace/xray/reasoner/verify"
)

const (
	askedFacts  = 6 // facts that answer a question without a model
	namedItems  = 3 // items of a question whose way is told
	noModelNote = "No model is configured: this is what the computed facts say."
	offNote     = "The project's policy is off, so no model is asked, not even by a person. This is what the computed facts say."
	knownNote   = "The record answers this by itself; no model was asked."
	refusedNote = "Nothing that the model said could be traced to the record. This is what the computed facts say."
)

// asking is a question about an execution and what code knows about it.
type asking struct {
	*subject
	question xray.Question
	whyNot   *xray.WhyNot
	known    bool        // the question is answered by whyNot alone
	about    []xray.Fact // facts that bear on the question, the nearest first
}

// Ask answers a question about an execution. What code alone says is told
// first; then, if there is a model and the project's policy lets it be asked,
// each claim of it that is accepted. The answer is the whole, with what was
// refused.
//
// The errors are CodeNotFound for an unknown execution or step, CodeConflict
// for one that is running, CodeTooLarge for one of too many steps, and after
// the first telling what [Explainer.Explain] returns.
func (e *Explainer) Ask(ctx context.Context, project int32, ref string, q xray.Question, tell func(xray.Telling)) (xray.Answer, error) {
	a, err := e.prepare(ctx, project, ref, q)
	if err != nil {
		return xray.Answer{}, err
	}
	out := a.answer()
	tell(xray.Telling{Answer: &out})
	m, err := e.choose(ctx, project)
	if a.known {
		m, err = chosen{note: knownNote}, nil
	}
	if err != nil || m.model == nil {
		out.Note = m.note
		return out, failureOf(err)
	}
	p := e.phrasing(a.subject, m)
	a.subject = p.subject
	return p.answer(ctx, taskAsk, out, a.draft, tell)
}

// prepare has code find out what it can. Payloads are large: only a few
// questions are read at a time.
func (e *Explainer) prepare(ctx context.Context, project int32, ref string, q xray.Question) (*asking, error) {
	select {
	case e.busy <- struct{}{}:
		defer func() { <-e.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	execution, err := e.askable(ctx, project, ref)
	if err != nil {
		return nil, err
	}
	s, err := e.read(ctx, xray.ReasoningJob{ProjectID: project, TraceID: execution.TraceID, StepID: q.StepID}, execution)
	if xray.ErrorCode(err) == xray.CodeInvalid {
		return nil, xray.Errorf(xray.CodeNotFound, "there is no step %s in this execution", q.StepID)
	}
	if err != nil {
		return nil, err
	}
	a := &asking{subject: s, question: q}
	a.follow()
	a.relevant()
	return a, nil
}

func (e *Explainer) askable(ctx context.Context, project int32, ref string) (xray.Execution, error) {
	x, err := e.source.Execution(ctx, project, ref)
	switch {
	case err != nil:
		return x, err
	case x.Status == xray.StatusRunning:
		return x, xray.Errorf(xray.CodeConflict, "the execution is still running; ask again when it has ended")
	case x.StepCount > maxSteps:
		return x, xray.Errorf(xray.CodeTooLarge, "the execution has %d steps: questions are answered up to %d", x.StepCount, maxSteps)
	}
	return x, nil
}

// follow looks for the things that the question names among the items, and
// makes what it finds facts that claims can cite.
func (a *asking) follow() {
	l := facts.Follow(facts.Execution{Info: a.execution, Steps: a.steps})
	f := fateOf(a.question.Text)
	named := l.Named(a.question.Text, namedItems)
	for i, name := range f.names {
		w := l.WhyNot(name)
		sure := f.sure && i == len(f.names)-1 && !a.isStep(name)
		if w.Match == xray.MatchExact || len(named) == 0 && (w.Match == xray.MatchNear || sure) {
			a.whyNot = &w
			break
		}
	}
	if a.whyNot == nil && len(named) > 0 {
		a.whyNot = &xray.WhyNot{Match: xray.MatchExact, Passport: &named[0], Text: named[0].Text, LeftOut: l.LeftOut()}
	}
	if a.whyNot == nil {
		return
	}
	a.known = f.only && a.whyNot.Match == xray.MatchExact && len(named) < 2
	made := []xray.Fact{fateFact(*a.whyNot)}
	for _, p := range named {
		if p.Text != a.whyNot.Text {
			made = append(made, passportFact(p))
		}
	}
	for i := range made {
		made[i].ID = fmt.Sprintf("Q%d", i+1)
	}
	a.findings.Facts = slices.Concat(made, a.findings.Facts)
	a.record = verify.NewRecord(a.steps, a.findings.Facts)
}

// isStep reports whether a name is that of a step: why it did not do something
// is no question about an item.
func (a *asking) isStep(name string) bool {
	name = determiner.ReplaceAllString(name, "")
	return slices.ContainsFunc(a.steps, func(d xray.StepDetail) bool {
		return strings.EqualFold(d.Name, name) || strings.EqualFold(d.Name+" step", name)
	})
}

func fateFact(w xray.WhyNot) xray.Fact {
	if w.Passport != nil {
		return passportFact(*w.Passport)
	}
	f := xray.Fact{Kind: "why_not", Severity: xray.SeverityNotice, Pointers: []string{}, Text: w.Text}
	if len(w.Searches) > 0 {
		f.StepID, f.Pointers = w.Searches[0].Step.String(), []string{w.Searches[0].Pointer}
	}
	return f
}

// passportFact points at the step that dropped the item, or where it came
// furthest.
func passportFact(p xray.Passport) xray.Fact {
	f := xray.Fact{Kind: "lineage", Severity: xray.SeverityNotice, Pointers: []string{}, Text: p.Text}
	for _, s := range p.Stops {
		if s.Kind != xray.StopSeen && (p.LeftAt.IsZero() || s.Step == p.LeftAt) {
			f.StepID, f.Pointers = s.Step.String(), s.Pointers
		}
	}
	return f
}

// relevant ranks the facts by how near they are to the question: those made
// for it, those of the step that it is about, those that share words with it.
func (a *asking) relevant() {
	words := telling(a.question.Text)
	names := map[string]string{}
	for i := range a.steps {
		names[a.steps[i].SpanID.String()] = a.steps[i].Name
	}
	score := map[string]int{}
	for _, f := range a.findings.Facts {
		text := strings.ToLower(f.Text + " " + names[f.StepID])
		for _, w := range words {
			if strings.Contains(text, w) {
				score[f.ID] += 2
			}
		}
		switch {
		case strings.HasPrefix(f.ID, "Q"):
			score[f.ID] += 1000
		case !a.question.StepID.IsZero() && f.StepID == a.question.StepID.String():
			score[f.ID] += 100
		case f.Severity == xray.SeverityAlarm:
			score[f.ID]++
		}
	}
	a.about = slices.Clone(a.findings.Facts)
	slices.SortStableFunc(a.about, func(x, y xray.Fact) int { return cmp.Compare(score[y.ID], score[x.ID]) })
}

// answer is what code alone says to the question.
func (a *asking) answer() xray.Answer {
	chosen := a.about[:min(askedFacts, len(a.about))]
	if a.whyNot != nil { // the answer is there: what else is wrong with the run is only added if it is grave
		chosen = slices.DeleteFunc(slices.Clone(chosen), func(f xray.Fact) bool {
			return !strings.HasPrefix(f.ID, "Q") && f.Severity != xray.SeverityAlarm
		})
	}
	r := a.reasoning(xray.SpanID{}, a.headline(), chosen)
	r.StepID = a.question.StepID
	switch {
	case a.whyNot != nil:
		r.Headline = a.whyNot.Text
	case !a.question.StepID.IsZero():
		i := slices.IndexFunc(a.steps, func(d xray.StepDetail) bool { return d.SpanID == a.question.StepID })
		r.Headline = a.stepHeadline(&a.steps[i])
	case len(chosen) > 0:
		r.Headline = chosen[0].Text
	}
	return xray.Answer{Question: a.question, TraceID: a.execution.TraceID, WhyNot: a.whyNot, Facts: cited(a.findings.Facts, r.Claims), Reasoning: r}
}

// cited are the facts that claims cite.
func cited(all []xray.Fact, claims []xray.Claim) []xray.Fact {
	out := []xray.Fact{}
	for _, f := range all {
		if slices.ContainsFunc(claims, func(c xray.Claim) bool { return slices.Contains(c.Facts, f.ID) }) {
			out = append(out, f)
		}
	}
	return out
}

// failureOf is an error of a call as the caller is told.
func failureOf(err error) error {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.job()
	}
	return err
}
