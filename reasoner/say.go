package reasoner

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/verify"
)

// answer has the model answer a question and tells each claim that is
// accepted, once. out is the answer from facts, which stands where the model's
// does not pass. The error is an *xray.Error, or the context's; the answer is
// then the one from facts, with what was spent.
func (p *phrasing) answer(ctx context.Context, t task, out xray.Answer, draft func(*phrasing) (json.RawMessage, shown), tell func(xray.Telling)) (xray.Answer, error) {
	record, seen := draft(p)
	base := out.Reasoning
	base.StepID = xray.SpanID{} // evidence may come from any step
	var told []xray.Claim
	once := func(c xray.Claim) {
		if !slices.ContainsFunc(told, func(o xray.Claim) bool { return o.Text == c.Text }) {
			told = append(told, c)
			c = p.guard.claim(c, p.stored.record)
			tell(xray.Telling{Claim: &c})
		}
	}
	judge := func(w written) judged {
		j := p.judge(w, base, seen)
		for _, c := range j.reasoning.Claims[:j.accepted] {
			once(c)
		}
		return j
	}
	p.heard = func(content string) {
		claims := claimsSoFar(content)
		for _, w := range claims[:min(maxClaims, len(claims))] {
			if c := p.record.Claim(p.read(w, seen), ""); c.Verdict != xray.VerdictUnverified {
				once(p.withPlaces(c))
			}
		}
	}
	answers, _, err := p.converse(ctx, t, 1, record, nil)
	if f, ok := err.(*failure); ok && f.kind == tooLong {
		p.halved = true
		record, seen = draft(p)
		answers, _, err = p.converse(ctx, t, 1, record, nil)
	}
	if f, ok := err.(*failure); ok && (f.kind == capped || f.kind == declined) {
		out.Note = f.message
		return p.spent(out), nil
	}
	if err != nil {
		return p.spent(out), failureOf(err)
	}
	best := judge(answers.read[0])
	if len(best.problems) > 0 {
		mended, _, err := p.converse(ctx, t, 1, record, []message{
			{"assistant", answers.content}, {"user", p.e.prompts.repair(p.guard.problems(best.problems), "")},
		})
		if ctx.Err() != nil {
			return p.spent(out), ctx.Err()
		}
		if err == nil {
			if j := judge(mended.read[0]); j.better(best) {
				best = j
			}
		}
	}
	return p.spent(p.settle(out, best, told)), nil
}

// settle makes an answer of what was judged best. What was told once stays.
func (p *phrasing) settle(out xray.Answer, best judged, told []xray.Claim) xray.Answer {
	r := best.reasoning
	r.StepID = out.Question.StepID
	if len(told) == 0 {
		out.Note = refusedNote
	} else {
		rest := slices.DeleteFunc(slices.Clone(r.Claims), func(c xray.Claim) bool { return c.Verdict != xray.VerdictUnverified })
		r.Claims = slices.Concat(told, rest)
		r.VerifiedRate = verify.Rate(r.Claims)
	}
	r.Model, r.PromptVersion, r.VerifierVersion = p.m.name, p.e.prompts.version, verify.Version
	out.Reasoning, out.Facts = p.guard.reasoning(r, p.stored.record), cited(p.stored.findings.Facts, r.Claims)
	return out
}

// spent notes what the answer cost.
func (p *phrasing) spent(out xray.Answer) xray.Answer {
	if p.usage == (Usage{}) {
		return out // not asked, or answered from the cache
	}
	out.Reasoning.Model = p.answeredBy()
	out.Reasoning.InputTokens, out.Reasoning.OutputTokens = p.usage.Input, p.usage.Output
	out.Reasoning.CostUSD = p.e.cost(p.job.ProjectID, p.answeredBy(), p.usage)
	return out
}
