package reasoner

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/sample"
)

const (
	wholeFacts  = 20  // facts in the call about the whole execution
	wholeClaims = 16  // claims of steps in it
	foldAbove   = 200 // steps; above it only the telling ones are listed
	listedSteps = 40  // then
	foldedNames = 30
)

// explainWhole asks about the execution. It is shown headlines, facts, checked
// claims and the final output, never the steps' payloads: its size grows with
// the number of steps and has a cap of its own.
func (p *phrasing) explainWhole(ctx context.Context) error {
	targets := map[string]int{"": p.place(xray.SpanID{})}
	return p.explain(ctx, taskExecution, targets, p.draftWhole)
}

func (p *phrasing) draftWhole(halved bool) (json.RawMessage, shown) {
	d := p.draft()
	left := normal.execution
	if halved {
		left /= 2
	}
	d.addOutcome(&left)
	d.addFacts(&left)
	d.addClaims(p.out.Reasonings, &left)
	d.addSteps(p.out.Reasonings, left)
	return d.done()
}

// addOutcome adds the execution, and the root with its output: the outcome
// that claims can quote.
func (d *drafting) addOutcome(left *int) {
	e := &d.execution
	d.record.Execution = &promptExecution{Name: clip(e.Name, maxNameText), Status: e.Status.String(), Steps: len(d.steps)}
	root := slices.IndexFunc(d.steps, func(s xray.StepDetail) bool { return s.ParentID.IsZero() })
	if root >= 0 && len(d.steps[root].Output) > 0 {
		p := d.bareStep(root)
		id := d.steps[root].SpanID.String()
		d.maps[id] = map[string]sample.Map{}
		p.Output = d.sampleSide(id, "output", d.steps[root].Output, nil, *left/4)
		*left -= sample.Tokens(string(p.Output))
		d.record.Steps = append(d.record.Steps, p)
		return
	}
	if len(e.FinalOutcome) > 0 {
		d.record.Execution.Outcome = sample.Value(e.FinalOutcome, nil, *left/4).JSON
		*left -= sample.Tokens(string(d.record.Execution.Outcome))
	}
}

func (d *drafting) addFacts(left *int) {
	limit := *left / 2
	for _, f := range d.findings.Facts[:min(wholeFacts, len(d.findings.Facts))] {
		cost := sample.Tokens(f.Text) + 20
		if cost > limit {
			continue
		}
		limit, *left = limit-cost, *left-cost
		d.addFact(f)
	}
}

// addClaims adds what was verified about the steps and no fact says already.
func (d *drafting) addClaims(all []xray.Reasoning, left *int) {
	limit := *left / 2
	for _, r := range all {
		for _, c := range r.Claims {
			if d.guard.bare || c.Verdict != xray.VerdictVerified || len(d.record.Claims) == wholeClaims {
				continue
			}
			p := promptClaim{Text: d.guard.text(c.Text), Facts: c.Facts}
			for _, e := range c.Evidence {
				p.Evidence = append(p.Evidence, writtenEvidence{Step: d.names[e.StepID], Pointer: e.Pointer, Quote: d.guard.text(e.Quote)})
			}
			if cost := sample.Tokens(string(oneLine(p))); cost <= limit {
				limit, *left = limit-cost, *left-cost
				d.record.Claims = append(d.record.Claims, p)
			}
		}
	}
}

// addSteps lists the steps with their headlines, the telling ones first, until
// the room is used; the others are folded by name.
func (d *drafting) addSteps(all []xray.Reasoning, left int) {
	headlines := make(map[xray.SpanID]string, len(all))
	for _, r := range all {
		headlines[r.StepID] = r.Headline
	}
	order := d.telling()
	listed := len(order)
	if listed > foldAbove {
		listed = listedSteps
	}
	fold := map[string]int{}
	for n, i := range order {
		step := d.bareStep(i)
		step.Headline = d.guard.text(clip(headlines[d.steps[i].SpanID], 160))
		cost := sample.Tokens(string(oneLine(step)))
		switch {
		case slices.ContainsFunc(d.record.Steps, func(s promptStep) bool { return s.ID == step.ID }):
		case n >= listed || cost > left-200:
			fold[step.Name]++
		default:
			left -= cost
			d.record.Steps = append(d.record.Steps, step)
		}
	}
	d.record.Others = folded(fold, left)
}

// telling orders the steps: errors and steps of grave facts first, then time.
func (d *drafting) telling() []int {
	weight := map[string]int{}
	for _, f := range d.findings.Facts {
		if f.Severity != xray.SeverityInfo {
			weight[f.StepID] = 2
		} else {
			weight[f.StepID] = max(1, weight[f.StepID])
		}
	}
	order := make([]int, len(d.steps))
	for i := range order {
		order[i] = i
		if d.steps[i].Status == xray.StatusError {
			weight[d.steps[i].SpanID.String()] = 3
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(weight[d.steps[b].SpanID.String()], weight[d.steps[a].SpanID.String()])
	})
	return order
}

func folded(counts map[string]int, left int) []promptFold {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var out []promptFold
	for _, name := range names[:min(foldedNames, len(names))] {
		if left -= sample.Tokens(name) + 12; left < 0 {
			break
		}
		out = append(out, promptFold{Name: name, Count: counts[name]})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
