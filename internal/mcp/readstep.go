package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

var readStepTool = tool{
	name: "read_step", title: "Read a step",
	description: "What one step took in and put out: input, output, attributes, error. Long values are cut in the middle, and the answer says how much and what shape they have; " +
		"pointer (a JSON pointer such as /output/items/4/price, as claims and facts cite them) reads one value within, and from goes on in a long one.",
	tune: func(a map[string]*jsonschema.Schema) {
		limits(a["from"], 0, 1e9)
		longest(a["pointer"], 2000)
	},
}

type readStepIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id"`
	Step      string `json:"step" jsonschema:"S12 as outlines and explanations cite it, or its id"`
	Pointer   string `json:"pointer,omitempty" jsonschema:"RFC 6901, into the object of input, output and attributes; absent: an overview of all of it"`
	From      int    `json:"from,omitempty" jsonschema:"with pointer: the byte to begin with, as the answer before says"`
}

type readStepOut struct {
	Step     outlineLine `json:"step"`
	ID       string      `json:"id"`
	Provider string      `json:"provider,omitempty"`
	Finish   string      `json:"finishReason,omitempty"`
	Values   []value     `json:"values"`
	Events   []string    `json:"events,omitempty" jsonschema:"names of span events, the first twenty"`
}

type value struct {
	Pointer string `json:"pointer"`
	Bytes   int    `json:"bytes" jsonschema:"of the whole value"`
	Shape   string `json:"shape"`
	Text    string `json:"text" jsonschema:"the value as JSON, or as it is if it is a text"`
	From    int    `json:"from,omitempty" jsonschema:"the byte that text begins with"`
	Next    int    `json:"next,omitempty" jsonschema:"pass it as from to go on"`
	Cut     bool   `json:"cut,omitempty" jsonschema:"the middle of text is left out: read it with its pointer"`
	isText  bool
}

const (
	maxValue     = 18 << 10 // bytes of one value that a pointer names
	maxOverview  = 8 << 10  // of input and of output
	maxAttribute = 4 << 10  // of all attributes together
)

func (s *Server) readStep(ctx context.Context, p xray.Project, in readStepIn) (answer[readStepOut], error) {
	none := answer[readStepOut]{}
	d, err := s.located(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	id, err := stepOf(d, in.Step)
	if err != nil {
		return none, err
	}
	if id.IsZero() {
		return none, xray.Errorf(xray.CodeInvalid, "step is empty: give one such as S3; outline_execution lists them")
	}
	detail, err := s.Reader.Step(ctx, p.ID, d.Execution.TraceID, id)
	if err != nil {
		return none, err
	}
	out := readStepOut{
		Step: lineOf(dossier.Line{Number: d.Number(id), Step: &detail.Step}), ID: id.String(), Provider: short(detail.Provider), Finish: short(detail.FinishReason),
	}
	for _, e := range detail.Events[:min(len(detail.Events), 20)] {
		out.Events = append(out.Events, shortTo(e.Name, 100))
	}
	more := ""
	if in.Pointer == "" {
		out.Values = overview(&detail)
	} else if out.Values, more, err = valueFrom(&detail, in); err != nil {
		return none, err
	}
	for _, v := range out.Values {
		if v.Cut {
			more += fmt.Sprintf("%s is cut: it has %d bytes. Read it, or a value within, with pointer. ", v.Pointer, v.Bytes)
		}
	}
	return answer[readStepOut]{record: out, text: stepText(out), more: strings.TrimSpace(more)}, nil
}

// overview shows everything, shortened.
func overview(d *xray.StepDetail) []value {
	var out []value
	for _, part := range []struct {
		pointer string
		raw     json.RawMessage
		most    int
	}{{"/input", d.Input, maxOverview}, {"/output", d.Output, maxOverview}, {"/attributes", d.Attributes, maxAttribute}} {
		if len(part.raw) == 0 {
			continue
		}
		text := textOf(part.raw)
		v := value{Pointer: part.pointer, Bytes: len(text), Shape: shapeOf(part.raw), Text: text, isText: part.raw[0] == '"'}
		for most := part.most; encoded(v.Text) > part.most; most = most * 2 / 3 {
			v.Text, v.Cut = dossier.Cut(text, most), true
		}
		out = append(out, v)
	}
	return out
}

// valueFrom shows one value, as much of it as fits.
func valueFrom(d *xray.StepDetail, in readStepIn) ([]value, string, error) {
	raw, err := valueAt(d.Payload(), in.Pointer)
	if err != nil {
		return nil, "", err
	}
	text := textOf(raw)
	if in.From >= len(text) && in.From > 0 {
		return nil, "", xray.Errorf(xray.CodeInvalid, "from is %d, and the value has %d bytes: begin at 0", in.From, len(text))
	}
	from, end := in.From, min(len(text), in.From+maxValue)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for encoded(text[from:end]) > maxValue {
		end = from + (end-from)*2/3
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	v := value{Pointer: in.Pointer, Bytes: len(text), Shape: shapeOf(raw), Text: text[from:end], From: from, isText: raw[0] == '"'}
	if end == len(text) {
		return []value{v}, "", nil
	}
	v.Next = end
	return []value{v}, fmt.Sprintf("Bytes %d to %d of %d. To go on: the same with from %d; or read a value within by a longer pointer. ", from, end, len(text), end), nil
}

// encoded is how many bytes a text takes in JSON.
func encoded(text string) int {
	raw, _ := json.Marshal(text) // a text always marshals
	return len(raw)
}

// textOf is a text as it is, and anything else as JSON.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

func stepText(out readStepOut) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s (%s, %s, %s)", out.Step.Step, quoted(out.Step.Name), out.Step.Type, out.Step.Status, out.Step.Duration)
	if out.Step.Model != "" {
		fmt.Fprintf(&b, " model %s", quoted(out.Step.Model))
	}
	if out.Step.Error != "" {
		fmt.Fprintf(&b, " error: %s", quoted(out.Step.Error))
	}
	b.WriteString("\n")
	for _, v := range out.Values {
		fmt.Fprintf(&b, "\n%s (%d bytes, %s):\n", v.Pointer, v.Bytes, v.Shape)
		raw := json.RawMessage(v.Text)
		if v.isText {
			raw, _ = json.Marshal(v.Text) // a text always marshals
		}
		dossier.Block(&b, raw, maxAnswer)
	}
	return b.String()
}

// quoted is recorded text on one line.
func quoted(text string) string { return fmt.Sprintf("%q", text) }
