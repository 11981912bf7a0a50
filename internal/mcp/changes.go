package mcp

import (
	"context"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/xraytrace/xray"
)

var changesTool = tool{
	name: "step_changes", title: "What a step did to its items",
	description: "What one step did to its items: the rules by which it dropped them with how many each took, and item by item kept, dropped, added, reordered or edited, " +
		"with rank, score, and for a drop the value and the margin by which it missed. nearest puts the drops that came nearest to passing first.",
	tune: func(a map[string]*jsonschema.Schema) {
		limits(a["from"], 0, 1e7)
		oneOf(a["kind"], "kept", "dropped", "added", "reordered", "edited")
	},
}

type changesIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id"`
	Step      string `json:"step" jsonschema:"S12, or its id"`
	Kind      string `json:"kind,omitempty" jsonschema:"only these"`
	Text      string `json:"text,omitempty" jsonschema:"part of a key or a name"`
	Nearest   bool   `json:"nearest,omitempty"`
	From      int    `json:"from,omitempty" jsonschema:"items to leave out, as the page before says"`
}

type changesOut struct {
	Station   station      `json:"station"`
	Reordered int          `json:"reordered"`
	Edited    int          `json:"edited"`
	Reasons   []reason     `json:"reasons,omitempty" jsonschema:"why items were dropped, the most frequent first"`
	Items     []itemChange `json:"items"`
	Total     int          `json:"total"`
	Next      int          `json:"next,omitempty" jsonschema:"pass it as from for the next page"`
}

type reason struct {
	Text    string `json:"text,omitempty"`
	Items   int    `json:"items"`
	Step    string `json:"step,omitempty" jsonschema:"where the rule's value stands in the record"`
	Pointer string `json:"pointer,omitempty"`
}

type itemChange struct {
	Key       string   `json:"key"`
	Label     string   `json:"label,omitempty"`
	Kind      string   `json:"kind"`
	RankIn    int      `json:"rankIn,omitempty"`
	RankOut   int      `json:"rankOut,omitempty"`
	Score     *float64 `json:"score,omitempty"`
	Criterion string   `json:"criterion,omitempty"`
	Value     string   `json:"value,omitempty"`
	Margin    *float64 `json:"margin,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Edits     []string `json:"edits,omitempty"`
}

func (s *Server) changes(ctx context.Context, p xray.Project, in changesIn) (answer[changesOut], error) {
	none := answer[changesOut]{}
	d, err := s.located(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	step, err := stepOf(d, in.Step)
	if err != nil {
		return none, err
	}
	if step.IsZero() {
		return none, xray.Errorf(xray.CodeInvalid, "step is empty: give one such as S3; list_items shows which steps touched items")
	}
	const most = 50
	c, err := s.Analyst.Changes(ctx, p.ID, d.Execution.TraceID.String(), step, xray.ChangeQuery{
		Kind: xray.ChangeKind(in.Kind), Text: in.Text, Nearest: in.Nearest, From: in.From, Limit: most,
	})
	if err != nil {
		return none, err
	}
	out := changesOut{Station: stationOf(d, c.Station), Reordered: c.Reordered, Edited: c.Edited, Items: []itemChange{}, Total: c.Total, Next: c.Next}
	for _, r := range c.Reasons[:min(len(c.Reasons), 15)] {
		out.Reasons = append(out.Reasons, reason{short(r.Text), r.Items, stepName(d, r.Step), short(r.Pointer)})
	}
	for _, i := range c.Items {
		out.Items = append(out.Items, changeOf(i))
	}
	if n := len(out.Items); n > 0 {
		if out.Items = fit(out.Items, most, maxRecord*2/3); len(out.Items) < n {
			out.Next = in.From + len(out.Items)
		}
	}
	more := unread(c.LeftOut)
	if out.Next > 0 {
		more += fmt.Sprintf("There are %d: the next with from %d.", out.Total, out.Next)
	}
	return answer[changesOut]{record: out, more: more}, nil
}

func changeOf(c xray.ItemChange) itemChange {
	out := itemChange{
		Key: short(c.Key), Label: short(c.Label), Kind: string(c.Kind), RankIn: c.RankIn, RankOut: c.RankOut,
		Score: c.Score, Criterion: short(c.Criterion), Value: short(c.Value), Margin: c.Margin, Reason: short(c.Reason),
	}
	for _, e := range c.Edits[:min(len(c.Edits), 5)] {
		out.Edits = append(out.Edits, shortTo(fmt.Sprintf("%s: %s → %s", e.Field, e.From, e.To), 300))
	}
	return out
}
