// Package dossier writes what is known about one execution for a reader who
// has no screen: a language model, or a person with a text editor. The file
// that people download, what the UI copies for an agent and what agents get
// over MCP are made here, so that all of them read the same.
//
// Whatever a traced program recorded is hostile until shown otherwise: it
// stands in code spans and fences that it cannot close, without characters
// that nobody sees. The package computes no facts, calls no model and does not
// know how its text travels.
package dossier

import (
	"context"
	"fmt"

	"github.com/xraytrace/xray"
)

// Reader reads what is stored of an execution.
type Reader interface {
	Facts(ctx context.Context, project int32, id xray.TraceID) ([]xray.Fact, error)
	Reasonings(ctx context.Context, project int32, id xray.TraceID) ([]xray.Reasoning, error)
}

// Explainer explains an execution that has no stored explanation, from facts
// alone.
type Explainer interface {
	FromFacts(ctx context.Context, project int32, id xray.TraceID) (xray.Explanation, error)
}

// maxExplainedOnRead is of how many steps an execution may be at most for one
// request to set off the computing of its facts.
const maxExplainedOnRead = 2000

// Findings returns what is known about why an execution ended as it did: what
// is stored, or, for a settled one that was too plain to be explained
// beforehand, what its facts say now.
func Findings(ctx context.Context, r Reader, x Explainer, e xray.Execution) ([]xray.Fact, []xray.Reasoning, error) {
	facts, err := r.Facts(ctx, e.ProjectID, e.TraceID)
	if err != nil {
		return nil, nil, fmt.Errorf("read facts: %w", err)
	}
	reasonings, err := r.Reasonings(ctx, e.ProjectID, e.TraceID)
	if err != nil {
		return nil, nil, fmt.Errorf("read reasonings: %w", err)
	}
	if len(facts)+len(reasonings) > 0 || !e.Settled || e.StepCount > maxExplainedOnRead {
		return facts, reasonings, nil
	}
	now, err := x.FromFacts(ctx, e.ProjectID, e.TraceID)
	if err != nil {
		return nil, nil, fmt.Errorf("explain from facts: %w", err)
	}
	return now.Facts, now.Reasonings, nil
}

// Dossier is what is known about one execution, apart from its payloads.
type Dossier struct {
	Execution  xray.Execution
	Steps      []xray.Step // in order of start
	Facts      []xray.Fact
	Reasonings []xray.Reasoning
	Scores     []xray.Score // the newest first
	Notes      []xray.Note
	// Server is where more can be read: the address of X-Ray's API, without a
	// slash at its end. "" leaves the hint out.
	Server string

	numbers map[xray.SpanID]int
}

// Number is a step's place in order of start, from 1; 0 for none of this
// execution. Texts cite it as S1.
func (d *Dossier) Number(id xray.SpanID) int {
	if d.numbers == nil {
		d.numbers = make(map[xray.SpanID]int, len(d.Steps))
		for i := len(d.Steps) - 1; i >= 0; i-- {
			d.numbers[d.Steps[i].SpanID] = i + 1
		}
	}
	return d.numbers[id]
}

// cite names a step by its number.
func (d *Dossier) cite(stepID string) string {
	if id, err := xray.ParseSpanID(stepID); err == nil {
		if n := d.Number(id); n > 0 {
			return fmt.Sprintf("[S%d]", n)
		}
	}
	return "[step " + stepID + "]"
}

// headlines are the explanations of steps, in a sentence each.
func (d *Dossier) headlines() map[xray.SpanID]string {
	out := make(map[xray.SpanID]string, len(d.Reasonings))
	for _, r := range d.Reasonings {
		if !r.StepID.IsZero() {
			out[r.StepID] = r.Headline
		}
	}
	return out
}

// telling are the steps that somebody looks for: those that facts are about
// and those that decided, as the explanation says.
func (d *Dossier) telling() map[string]bool {
	out := make(map[string]bool)
	for _, f := range d.Facts {
		out[f.StepID] = true
	}
	for _, r := range d.Reasonings {
		for _, id := range r.DecisiveSteps {
			out[id] = true
		}
	}
	return out
}
