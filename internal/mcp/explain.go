package mcp

import (
	"context"
	"fmt"
	"strings"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

var explainTool = tool{
	name: "explain_execution", title: "Why a run ended so",
	description: "Why did this run end so? Status, outcome, the written explanation with its claims (each says whether code verified it, and quotes the values " +
		"it rests on by step and JSON pointer), the most telling computed facts, and what people said of it. Start here with an execution's id; then read_step the cited steps. " +
		"With step: the explanation and facts of that step alone.",
}

type explainIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id, as search_executions gives it"`
	Step      string `json:"step,omitempty" jsonschema:"a step: S12 as cited, or its id; absent: the whole execution"`
}

type explainOut struct {
	Execution   run          `json:"execution"`
	Outcome     string       `json:"outcome,omitempty" jsonschema:"the final outcome, as JSON; cut in the middle if it is long"`
	Explanation *explanation `json:"explanation,omitempty" jsonschema:"absent while there is none"`
	Facts       []fact       `json:"facts" jsonschema:"the most telling first"`
	FactCount   int          `json:"factCount"`
	Said        []said       `json:"said,omitempty" jsonschema:"scores and notes of people and programs, the newest first"`
}

type explanation struct {
	Source        string   `json:"source" jsonschema:"facts: computed; model: written by a model and checked by code"`
	Headline      string   `json:"headline"`
	Confidence    string   `json:"confidence,omitempty"`
	Claims        []claim  `json:"claims"`
	DecisiveSteps []string `json:"decisiveSteps,omitempty"`
	Missing       []string `json:"missing,omitempty" jsonschema:"what the record does not say"`
}

type claim struct {
	Text     string     `json:"text"`
	Kind     string     `json:"kind"`
	Verdict  string     `json:"verdict" jsonschema:"verified or derived: code checked it; unverified: do not rely on it"`
	Why      string     `json:"why,omitempty" jsonschema:"why it is unverified"`
	Evidence []evidence `json:"evidence,omitempty"`
	Facts    []string   `json:"facts,omitempty"`
}

type evidence struct {
	Step    string `json:"step"`
	Pointer string `json:"pointer"`
	Quote   string `json:"quote"`
}

type fact struct {
	ID       string   `json:"id"`
	Severity string   `json:"severity" jsonschema:"info: what happened; notice: worth a look; alarm: something is off"`
	Kind     string   `json:"kind"`
	Step     string   `json:"step,omitempty"`
	Text     string   `json:"text"`
	Pointers []string `json:"pointers,omitempty"`
}

type said struct {
	Name    string `json:"name" jsonschema:"feedback for a thumb, note for a note, else the score's name"`
	Value   string `json:"value,omitempty"`
	Step    string `json:"step,omitempty"`
	Author  string `json:"author,omitempty"`
	Comment string `json:"comment,omitempty"`
}

const (
	someFacts  = 20 // in an explanation; list_facts has the others
	someClaims = 20
	someSaid   = 20
)

func (s *Server) explain(ctx context.Context, p xray.Project, in explainIn) (answer[explainOut], error) {
	none := answer[explainOut]{}
	d, err := s.dossier(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	step, err := stepOf(d, in.Step)
	if err != nil {
		return none, err
	}
	d.Facts, d.Reasonings = about(d, step)
	out := explainOut{Execution: inShort(d.Execution), Outcome: dossier.Cut(string(d.Execution.FinalOutcome), 3000), FactCount: len(d.Facts), Said: whatWasSaid(d)}
	d.Facts = fit(d.Facts, someFacts, maxRecord/3)
	out.Facts = factsOf(d, d.Facts)
	for i, r := range d.Reasonings {
		if r.StepID == step {
			d.Reasonings[i].Claims = fit(r.Claims, someClaims, maxRecord/3)
			out.Explanation = explanationOf(d, d.Reasonings[i])
		}
	}
	var b strings.Builder
	d.Head(&b)
	d.Findings(&b)
	d.Scores, d.Notes = d.Scores[:min(len(d.Scores), someSaid)], d.Notes[:min(len(d.Notes), someSaid)]
	d.Said(&b)
	return answer[explainOut]{record: out, text: b.String(), more: whatNext(out, in)}, nil
}

func whatNext(out explainOut, in explainIn) string {
	var more []string
	if left := out.FactCount - len(out.Facts); left > 0 {
		more = append(more, fmt.Sprintf("%d more facts: list_facts.", left))
	}
	if out.Explanation == nil {
		more = append(more, "There is no explanation yet: outline_execution shows what ran; a run is explained a few seconds after it ended.")
	}
	if in.Step == "" {
		more = append(more, "Steps that are cited: read_step. What ran: outline_execution.")
	}
	return strings.Join(more, " ")
}

// dossier reads what is known of an execution.
func (s *Server) dossier(ctx context.Context, p xray.Project, ref string) (*dossier.Dossier, error) {
	d, err := s.outlined(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	id := d.Execution.TraceID
	if d.Scores, err = s.Reader.Scores(ctx, p.ID, id.String()); err != nil {
		return nil, err
	}
	if d.Notes, err = s.Reader.Notes(ctx, p.ID, id); err != nil {
		return nil, err
	}
	return d, nil
}

// outlined is a dossier without what was said.
func (s *Server) outlined(ctx context.Context, p xray.Project, ref string) (*dossier.Dossier, error) {
	d, err := s.located(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	d.Facts, d.Reasonings, err = dossier.Findings(ctx, s.Reader, s.Explain, d.Execution)
	return d, err
}

// located is a dossier of the execution and its steps alone.
func (s *Server) located(ctx context.Context, p xray.Project, ref string) (*dossier.Dossier, error) {
	if strings.TrimSpace(ref) == "" {
		return nil, xray.Errorf(xray.CodeInvalid, "execution is empty: give the id of one; search_executions finds it")
	}
	e, err := s.Reader.Execution(ctx, p.ID, ref)
	if err != nil {
		return nil, err
	}
	d := &dossier.Dossier{Execution: e}
	d.Steps, err = s.Reader.Steps(ctx, p.ID, e.TraceID)
	return d, err
}

// stepOf reads how agents name a step: S12, [S12] or its id; "" is none.
func stepOf(d *dossier.Dossier, name string) (xray.SpanID, error) {
	name = strings.Trim(strings.TrimSpace(name), "[]")
	if name == "" {
		return xray.SpanID{}, nil
	}
	var n int
	if digits, ok := strings.CutPrefix(strings.ToUpper(name), "S"); ok {
		if _, err := fmt.Sscanf(digits+"\n", "%d\n", &n); err == nil && n >= 1 && n <= len(d.Steps) {
			return d.Steps[n-1].SpanID, nil
		}
	}
	id, err := xray.ParseSpanID(name)
	if err != nil || d.Number(id) == 0 {
		return id, xray.Errorf(xray.CodeNotFound, "there is no step %.100q in this execution: it has S1 to S%d", name, len(d.Steps))
	}
	return id, nil
}

// stepName is how answers name a step; "" for none.
func stepName(d *dossier.Dossier, id xray.SpanID) string {
	switch n := d.Number(id); {
	case id.IsZero():
		return ""
	case n == 0:
		return id.String()
	default:
		return fmt.Sprintf("S%d", n)
	}
}

func hexName(d *dossier.Dossier, id string) string {
	span, err := xray.ParseSpanID(id)
	if err != nil {
		return id
	}
	return stepName(d, span)
}

// about keeps the facts and the explanation of a step, or of the execution as a
// whole with the facts of all steps.
func about(d *dossier.Dossier, step xray.SpanID) ([]xray.Fact, []xray.Reasoning) {
	facts := d.Facts
	if !step.IsZero() {
		facts = nil
		for _, f := range d.Facts {
			if f.StepID == step.String() {
				facts = append(facts, f)
			}
		}
	}
	var reasonings []xray.Reasoning
	for _, r := range d.Reasonings {
		if r.StepID == step {
			reasonings = append(reasonings, r)
		}
	}
	return facts, reasonings
}

func explanationOf(d *dossier.Dossier, r xray.Reasoning) *explanation {
	out := &explanation{
		Source: string(r.Source), Headline: short(r.Headline), Confidence: r.Confidence, Claims: []claim{}, Missing: shortAll(r.Missing, 10),
	}
	for _, id := range r.DecisiveSteps[:min(len(r.DecisiveSteps), 10)] {
		out.DecisiveSteps = append(out.DecisiveSteps, hexName(d, id))
	}
	for _, c := range r.Claims {
		one := claim{Text: shortTo(c.Text, 1000), Kind: string(c.Kind), Verdict: string(c.Verdict), Why: short(c.Why), Facts: shortAll(c.Facts, 10)}
		for _, e := range c.Evidence[:min(len(c.Evidence), 5)] {
			one.Evidence = append(one.Evidence, evidence{hexName(d, e.StepID), short(e.Pointer), short(e.Quote)})
		}
		out.Claims = append(out.Claims, one)
	}
	return out
}

func factsOf(d *dossier.Dossier, facts []xray.Fact) []fact {
	out := make([]fact, 0, len(facts))
	for _, f := range facts {
		out = append(out, fact{
			ID: f.ID, Severity: string(f.Severity), Kind: f.Kind, Step: hexName(d, f.StepID), Text: shortTo(f.Text, 1000), Pointers: shortAll(f.Pointers, 5),
		})
	}
	return out
}

func whatWasSaid(d *dossier.Dossier) []said {
	var out []said
	for _, k := range d.Scores[:min(len(d.Scores), someSaid)] {
		value := short(k.Category)
		if k.Kind != xray.ScoreCategory {
			value = fmt.Sprint(k.Number)
		}
		out = append(out, said{short(k.Name), value, stepName(d, k.StepID), short(k.Author), shortTo(k.Comment, 200)})
	}
	for _, n := range d.Notes[:min(len(d.Notes), someSaid)] {
		out = append(out, said{Name: "note", Step: stepName(d, n.StepID), Author: short(n.Author), Comment: shortTo(n.Text, 200)})
	}
	return out
}
