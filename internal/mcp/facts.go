package mcp

import (
	"context"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/xraytrace/xray"
)

var factsTool = tool{
	name: "list_facts", title: "Computed facts",
	description: "Facts that code computed from the record, without a model, the most telling first: what was dropped and by which rule, what differs from earlier runs, " +
		"values that no input holds, repeats, cut payloads, slow or dear steps. Each names its step and the JSON pointers of the values it is about.",
	tune: func(a map[string]*jsonschema.Schema) {
		limits(a["from"], 0, 1e6)
		oneOf(a["severity"], "info", "notice", "alarm")
	},
}

type factsIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id"`
	Step      string `json:"step,omitempty" jsonschema:"only facts of this step: S12, or its id"`
	Severity  string `json:"severity,omitempty" jsonschema:"only facts of this severity"`
	From      int    `json:"from,omitempty" jsonschema:"facts to leave out, as the page before says"`
}

type factsOut struct {
	Facts []fact `json:"facts"`
	Total int    `json:"total"`
	Next  int    `json:"next,omitempty" jsonschema:"pass it as from for the next page"`
}

func (s *Server) facts(ctx context.Context, p xray.Project, in factsIn) (answer[factsOut], error) {
	none := answer[factsOut]{}
	d, err := s.outlined(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	step, err := stepOf(d, in.Step)
	if err != nil {
		return none, err
	}
	all, _ := about(d, step)
	var wanted []xray.Fact
	for _, f := range all {
		if in.Severity == "" || string(f.Severity) == in.Severity {
			wanted = append(wanted, f)
		}
	}
	rest := factsOf(d, wanted[min(in.From, len(wanted)):])
	out := factsOut{Facts: fit(rest, 100, maxRecord), Total: len(wanted)}
	more := ""
	if n := len(out.Facts); n < len(rest) {
		out.Next = in.From + n
		more = fmt.Sprintf("%d more: call again with from %d.", len(rest)-n, out.Next)
	}
	return answer[factsOut]{record: out, more: more}, nil
}
