package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

const (
	headBytes  = 1_200
	tailBytes  = 400
	mostFields = 16
)

// GetPayload answers one value of a step, whole.
func (s *Server) GetPayload(ctx context.Context, r GetPayloadRequestObject) (GetPayloadResponseObject, error) {
	stepID, err := xray.ParseSpanID(r.StepId)
	if err != nil {
		return nil, err
	}
	p := caller(ctx)
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	d, err := s.Reader.Step(ctx, p.Project.ID, e.TraceID, stepID)
	if err != nil {
		return nil, err
	}
	value := payloadAt(stepDetail(d), r.Params.Pointer)
	if value == nil {
		return nil, xray.Errorf(xray.CodeNotFound, "the step has no value %.200q: ask for the step with maxPayload, its `large` lists them", r.Params.Pointer)
	}
	return rawPayload(value), nil
}

// rawPayload is written as it is: it is JSON already, and large.
type rawPayload Json

func (p rawPayload) VisitGetPayloadResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(p)
	return err
}

func payloadAt(d StepDetail, pointer string) Json {
	for _, v := range valuesOf(&d) {
		if v.pointer == pointer && len(*v.value) > 0 {
			return *v.value
		}
	}
	if key, ok := strings.CutPrefix(pointer, "/attributes/"); ok {
		return members(d.Attributes)[unescape.Replace(key)]
	}
	return nil
}

var (
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
)

type payloadValue struct {
	pointer string
	value   *Json
}

func valuesOf(d *StepDetail) []payloadValue {
	return []payloadValue{
		{"/input", &d.Input}, {"/output", &d.Output}, {"/tool/arguments", &d.Tool.Arguments}, {"/tool/result", &d.Tool.Result},
		{"/promptTemplate/variables", &d.PromptTemplate.Variables},
	}
}

// outlineLarge replaces what is larger than most bytes by outlines.
func outlineLarge(d *StepDetail, most int) {
	for _, v := range valuesOf(d) {
		if len(*v.value) > most {
			d.Large = append(d.Large, outline(v.pointer, *v.value))
			*v.value = nil
		}
	}
	if len(d.Attributes) <= most {
		return
	}
	rest := members(d.Attributes)
	for key, value := range rest {
		if len(value) > most {
			d.Large = append(d.Large, outline("/attributes/"+escape.Replace(key), value))
			delete(rest, key)
		}
	}
	if raw, err := json.Marshal(rest); err == nil {
		d.Attributes = raw
	}
}

func members(object json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(object, &m) != nil {
		return nil
	}
	return m
}

// outline looks at a value once, without decoding it.
func outline(pointer string, raw json.RawMessage) Outline {
	o := Outline{Pointer: pointer, Bytes: decimal(int64(len(raw))), Kind: OutlineOther, Fields: []string{}, Head: cutHead(raw), Tail: cutTail(raw)}
	switch raw[0] {
	case '{':
		o.Kind = OutlineObject
		o.Size = children(raw, func(at int) { o.Fields = field(o.Fields, raw[at:]) })
	case '[':
		o.Kind = OutlineArray
		first := -1
		o.Size = children(raw, func(at int) {
			if first < 0 {
				first = at
			}
		})
		if first >= 0 && raw[first] == '{' {
			children(raw[first:], func(at int) { o.Fields = field(o.Fields, raw[first+at:]) })
		}
	case '"':
		o.Kind, o.Size = OutlineString, utf8.RuneCount(raw)-2
	}
	return o
}

// field appends the name of the member that begins here.
func field(list []string, member []byte) []string {
	end := stringEnd(member)
	var name string
	if len(list) >= mostFields || end > 1_000 || json.Unmarshal(member[:end], &name) != nil {
		return list
	}
	return append(list, name)
}

// children counts what stands in the array or object that raw begins with, and
// calls each with the place of every one. It ends at the closing bracket.
func children(raw []byte, each func(at int)) int {
	n, depth, fresh := 0, 0, false // fresh: a child may begin here
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if fresh && c > ' ' && c != ']' && c != '}' {
			n++
			each(i)
			fresh = false
		}
		switch c {
		case '"':
			i += stringEnd(raw[i:]) - 1
		case '{', '[':
			depth++
			fresh = depth == 1
		case '}', ']':
			if depth--; depth == 0 {
				return n
			}
		case ',':
			fresh = depth == 1
		}
	}
	return n
}

// stringEnd is the length of the JSON string at the beginning.
func stringEnd(raw []byte) int {
	for i := 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

func cutHead(raw []byte) string {
	end := min(headBytes, len(raw))
	for end > 0 && end < len(raw) && !utf8.RuneStart(raw[end]) {
		end--
	}
	return string(raw[:end])
}

func cutTail(raw []byte) string {
	from := max(0, len(raw)-tailBytes)
	for from < len(raw) && !utf8.RuneStart(raw[from]) {
		from++
	}
	return string(raw[from:])
}
