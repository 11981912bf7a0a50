package mcp

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

var outlineTool = tool{
	name: "outline_execution", title: "What ran, step by step",
	description: "The steps of a run as a tree, without payloads: number, name, type, status, duration, model, cost, error, and what each did in a sentence. " +
		"Where one parent has many steps of one name they fold into a line, around those that failed or that the explanation names, so that thousands of steps stay readable; " +
		"under shows what is within one step, whole folds nothing. Long outlines come in pages.",
	tune: func(a map[string]*jsonschema.Schema) { limits(a["from"], 0, 1e7) },
}

type outlineIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id"`
	Under     string `json:"under,omitempty" jsonschema:"only what is within this step: S12, or its id"`
	From      int    `json:"from,omitempty" jsonschema:"lines to leave out, as the page before says"`
	Whole     bool   `json:"whole,omitempty" jsonschema:"fold nothing"`
}

type outlineOut struct {
	Execution run           `json:"execution"`
	Lines     []outlineLine `json:"lines" jsonschema:"in the order of the tree"`
	Total     int           `json:"total" jsonschema:"lines of all pages"`
	Next      int           `json:"next,omitempty" jsonschema:"pass it as from for the next page"`
}

type outlineLine struct {
	Step     string   `json:"step" jsonschema:"S number, by start; names the step to the other tools"`
	Depth    int      `json:"depth"`
	Name     string   `json:"name"`
	Type     string   `json:"type,omitempty"`
	Status   string   `json:"status,omitempty"`
	Duration string   `json:"duration,omitempty"`
	Model    string   `json:"model,omitempty"`
	CostUSD  *float64 `json:"costUsd,omitempty"`
	Headline string   `json:"headline,omitempty"`
	Error    string   `json:"error,omitempty"`
	Folded   int      `json:"folded,omitempty" jsonschema:"the line stands for so many steps like the ones before it, from step to last"`
	Last     string   `json:"last,omitempty"`
	Failed   int      `json:"failed,omitempty" jsonschema:"of those, or below them"`
}

// maxLines is how many lines a page has at most.
const maxLines = 200

func (s *Server) outline(ctx context.Context, p xray.Project, in outlineIn) (answer[outlineOut], error) {
	none := answer[outlineOut]{}
	d, err := s.outlined(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	under, err := stepOf(d, in.Under)
	if err != nil {
		return none, err
	}
	page := d.Outline(dossier.OutlineQuery{Under: under, From: in.From, Lines: maxLines, Whole: in.Whole})
	lines := make([]outlineLine, len(page.Lines))
	for i, l := range page.Lines {
		lines[i] = lineOf(l)
	}
	out := outlineOut{Execution: inShort(d.Execution), Lines: fit(lines, maxLines, maxRecord), Total: page.Total, Next: page.Next}
	if n := len(out.Lines); n < len(lines) {
		page.Lines, out.Next = page.Lines[:n], in.From+n
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d steps, %d failed\n\n", d.Execution.Status, d.Execution.StepCount, d.Execution.ErrorCount)
	page.Next = 0
	page.Write(&b)
	more := ""
	if out.Next > 0 {
		more = fmt.Sprintf("Lines %d to %d of %d. The next: call again with from %d.", in.From+1, in.From+len(out.Lines), out.Total, out.Next)
	}
	return answer[outlineOut]{record: out, text: b.String(), more: more}, nil
}

func lineOf(l dossier.Line) outlineLine {
	out := outlineLine{Step: fmt.Sprintf("S%d", l.Number), Depth: l.Depth, Name: shortTo(l.Step.Name, 200)}
	if l.Folded > 0 {
		out.Folded, out.Last, out.Failed = l.Folded, fmt.Sprintf("S%d", l.Last), l.Failed
		out.Duration = fmt.Sprintf("%s to %s", l.Shortest, l.Longest)
		return out
	}
	out.Type, out.Status, out.Duration = string(l.Step.Type), l.Step.Status.String(), l.Step.Duration().String()
	out.Model, out.CostUSD, out.Headline, out.Error = shortTo(l.Step.Model, 100), l.Step.CostUSD, short(l.Headline), short(l.Step.Error)
	return out
}
