package mcp

import (
	"context"
	"fmt"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

var compareTool = tool{
	name: "compare_executions", title: "Where two runs part",
	description: "Where do two runs part? The first divergence in a sentence, and step by step what is the same, where a difference begins (origin) and what only inherits it, " +
		"with the differing values by JSON pointer, items that only one put out, and what it meant for duration and cost. Use it with a good and a bad run of one pipeline.",
}

type compareIn struct {
	A string `json:"a" jsonschema:"an execution: trace id, or the client's own id; take the good one"`
	B string `json:"b" jsonschema:"the other"`
}

type compareOut struct {
	A       run        `json:"a"`
	B       run        `json:"b"`
	Verdict string     `json:"verdict"`
	Steps   []stepPair `json:"steps" jsonschema:"those that are not the same in both; origins first"`
	Same    int        `json:"same" jsonschema:"steps that are the same in both"`
	LeftOut int        `json:"leftOut,omitempty" jsonschema:"steps that differ beyond those here"`
	Ignored []string   `json:"ignored,omitempty" jsonschema:"pointers whose differences were taken for noise"`
}

type stepPair struct {
	Name     string       `json:"name"`
	A        string       `json:"a,omitempty" jsonschema:"id of the step in a"`
	B        string       `json:"b,omitempty"`
	Relation string       `json:"relation" jsonschema:"origin: a difference begins here; inherited: from something before or within it; only_a, only_b"`
	Why      string       `json:"why,omitempty"`
	Changes  []difference `json:"changes,omitempty" jsonschema:"the first few; read_step has the values"`
	OnlyA    []string     `json:"onlyA,omitempty" jsonschema:"items that only a put out"`
	OnlyB    []string     `json:"onlyB,omitempty"`
	NOnlyA   int          `json:"onlyACount,omitempty"`
	NOnlyB   int          `json:"onlyBCount,omitempty"`
	Moved    int          `json:"moved,omitempty" jsonschema:"items at another place"`
	Longer   string       `json:"longer,omitempty" jsonschema:"duration of b less that of a"`
	CostUSD  *float64     `json:"dearerUsd,omitempty" jsonschema:"cost of b less that of a"`
}

type difference struct {
	Pointer string `json:"pointer"`
	A       string `json:"a,omitempty" jsonschema:"absent: a has no value there"`
	B       string `json:"b,omitempty"`
}

func (s *Server) compare(ctx context.Context, p xray.Project, in compareIn) (answer[compareOut], error) {
	none := answer[compareOut]{}
	if in.A == "" || in.B == "" {
		return none, xray.Errorf(xray.CodeInvalid, "compare needs two executions, a and b: search_executions finds runs of one name")
	}
	c, err := s.Analyst.Compare(ctx, p.ID, in.A, in.B, nil)
	if err != nil {
		return none, err
	}
	out := compareOut{A: inShort(c.A), B: inShort(c.B), Verdict: shortTo(c.Verdict, 1000), Steps: []stepPair{}, Ignored: shortAll(c.Ignored, 20)}
	var others []stepPair
	for _, pair := range c.Steps {
		switch pair.Relation {
		case xray.RelSame:
			out.Same++
		case xray.RelOrigin:
			out.Steps = append(out.Steps, pairOf(pair))
		default:
			others = append(others, pairOf(pair))
		}
	}
	if all := append(out.Steps, others...); len(all) > 0 {
		out.Steps = fit(all, 60, maxRecord*2/3)
		out.LeftOut = len(all) - len(out.Steps)
	}
	more := unread(c.Unread)
	if out.LeftOut > 0 {
		more += fmt.Sprintf("%d more steps differ. ", out.LeftOut)
	}
	return answer[compareOut]{record: out, more: more + "Values: read_step with the step's id and a pointer."}, nil
}

func pairOf(p xray.StepPair) stepPair {
	out := stepPair{
		Name: shortTo(p.Name, 200), Relation: string(p.Relation), Why: short(p.Why), OnlyA: shortAll(p.OnlyA, 5), OnlyB: shortAll(p.OnlyB, 5),
		NOnlyA: p.NOnlyA, NOnlyB: p.NOnlyB, Moved: p.Moved, CostUSD: p.CostUSD,
	}
	if !p.A.IsZero() {
		out.A = p.A.String()
	}
	if !p.B.IsZero() {
		out.B = p.B.String()
	}
	if p.Duration != 0 {
		out.Longer = p.Duration.String()
	}
	few := 6
	if p.Relation != xray.RelOrigin {
		few = 1
	}
	for _, side := range []xray.Diff{p.Input, p.Output} {
		for _, d := range side.Changes[:min(len(side.Changes), few)] {
			out.Changes = append(out.Changes, difference{short(d.Pointer), dossier.Cut(string(d.A), 300), dossier.Cut(string(d.B), 300)})
		}
	}
	return out
}
