package mcp

import (
	"context"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/xraytrace/xray"
)

var whyNotTool = tool{
	name: "why_not", title: "Why something is not in the result",
	description: "Why is this thing not in the result? Takes any text: a key, a name, or a part of one. Answers with the item's way to where it was dropped and by which rule, " +
		"with the items whose names come near, or that no step's output ever held it, with the searches that ran.",
	tune: func(a map[string]*jsonschema.Schema) { longest(a["text"], 1000) },
}

type whyNotIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id"`
	Text      string `json:"text" jsonschema:"what is looked for"`
}

type whyNotOut struct {
	Match    string    `json:"match" jsonschema:"exact: an item has this key or name; near: some come close; never: no step put it out"`
	Text     string    `json:"text" jsonschema:"the answer in a sentence or two"`
	Passport *passport `json:"passport,omitempty"`
	Near     []near    `json:"near,omitempty"`
	Mentions []mention `json:"mentions,omitempty" jsonschema:"texts that hold the words where no item does"`
	Searches []asked   `json:"searches,omitempty" jsonschema:"what was searched for"`
}

type near struct {
	Item       item    `json:"item"`
	Similarity float64 `json:"similarity"`
}

type mention struct {
	Step    string `json:"step"`
	Pointer string `json:"pointer"`
}

type asked struct {
	Step    string `json:"step"`
	Pointer string `json:"pointer"`
	Text    string `json:"text"`
	Found   int    `json:"found"`
}

func (s *Server) whyNot(ctx context.Context, p xray.Project, in whyNotIn) (answer[whyNotOut], error) {
	none := answer[whyNotOut]{}
	if in.Text == "" {
		return none, xray.Errorf(xray.CodeInvalid, "text is empty: give a key, a name, or a part of one")
	}
	d, err := s.located(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	w, err := s.Analyst.WhyNot(ctx, p.ID, d.Execution.TraceID.String(), in.Text)
	if err != nil {
		return none, err
	}
	out := whyNotOut{Match: string(w.Match), Text: shortTo(w.Text, 2000)}
	if w.Passport != nil {
		pass := passportOf(d, *w.Passport)
		out.Passport = &pass
	}
	for _, n := range w.Near[:min(len(w.Near), 10)] {
		out.Near = append(out.Near, near{itemOf(d, n.Item), n.Similarity})
	}
	for _, m := range w.Mentions[:min(len(w.Mentions), 10)] {
		out.Mentions = append(out.Mentions, mention{stepName(d, m.Step), short(m.Pointer)})
	}
	for _, q := range w.Searches[:min(len(w.Searches), 20)] {
		out.Searches = append(out.Searches, asked{stepName(d, q.Step), short(q.Pointer), short(q.Text), q.Found})
	}
	return answer[whyNotOut]{record: out, more: unread(w.LeftOut)}, nil
}
