package openai

import (
	"bytes"
	"encoding/json"

	"github.com/xraytrace/xray/sdk"
)

// delta is a piece of a message of a streamed chat answer.
type delta struct {
	Role      string `json:"role"`
	Content   string `json:"content"`
	Refusal   string `json:"refusal"`
	ToolCalls []struct {
		Index int `json:"index"`
		toolCall
	} `json:"tool_calls"`
}

// stream puts a streamed answer together from its server-sent events.
type stream struct {
	call  *xray.Call
	line  []byte // the beginning of a line whose end has not come yet
	size  int
	whole received
	texts map[int]*bytes.Buffer // by choice
}

// write takes the next bytes of the stream.
func (s *stream) write(p []byte) {
	if s.size += len(p); s.size > maxBody {
		return // recorded as far as it was read
	}
	for {
		line, rest, found := bytes.Cut(p, []byte("\n"))
		s.line = append(s.line, line...)
		if !found {
			return
		}
		if data, ok := bytes.CutPrefix(bytes.TrimRight(s.line, "\r"), []byte("data:")); ok {
			s.event(bytes.TrimSpace(data))
		}
		s.line, p = s.line[:0], rest
	}
}

// event takes one event: a piece of a chat answer, or one of the Responses
// API's typed events, whose last holds the whole answer.
func (s *stream) event(data []byte) {
	var e struct {
		received
		Type     string    `json:"type"`
		Response *received `json:"response"`
		Delta    any       `json:"delta"`
	}
	if len(data) == 0 || data[0] != '{' || json.Unmarshal(data, &e) != nil {
		return // [DONE], or not for us
	}
	if e.Error != nil {
		s.whole.Error = e.Error
	}
	if e.Type != "" {
		if e.Delta != nil {
			s.call.FirstToken()
		}
		if e.Response != nil {
			s.whole = *e.Response
		}
		return
	}
	s.piece(&e.received)
}

func (s *stream) piece(p *received) {
	if p.ID != "" {
		s.whole.ID = p.ID
	}
	if p.Model != "" {
		s.whole.Model = p.Model
	}
	if p.Usage != nil {
		s.whole.Usage = p.Usage
	}
	for _, c := range p.Choices {
		if c.Index < 0 || c.Index > 128 { // the API allows 128
			continue
		}
		for len(s.whole.Choices) <= c.Index {
			s.whole.Choices = append(s.whole.Choices, p.Choices[0])
			last := &s.whole.Choices[len(s.whole.Choices)-1]
			last.Message, last.FinishReason = message{Role: "assistant"}, ""
		}
		into := &s.whole.Choices[c.Index]
		if c.FinishReason != "" {
			into.FinishReason = c.FinishReason
		}
		if c.Delta.Content != "" || c.Delta.Refusal != "" || len(c.Delta.ToolCalls) > 0 {
			s.call.FirstToken()
		}
		if s.texts == nil {
			s.texts = map[int]*bytes.Buffer{}
		}
		if s.texts[c.Index] == nil {
			s.texts[c.Index] = &bytes.Buffer{}
		}
		s.texts[c.Index].WriteString(c.Delta.Content)
		into.Message.Refusal += c.Delta.Refusal
		into.Message.addCalls(c.Delta)
	}
}

// addCalls joins pieces of tool calls: the first has id and name, all have a
// part of the arguments.
func (m *message) addCalls(d delta) {
	for _, t := range d.ToolCalls {
		if t.Index < 0 || t.Index > 1024 {
			continue
		}
		for len(m.ToolCalls) <= t.Index {
			m.ToolCalls = append(m.ToolCalls, toolCall{})
		}
		into := &m.ToolCalls[t.Index]
		if t.ID != "" {
			into.ID = t.ID
		}
		into.Function.Name += t.Function.Name
		into.Function.Arguments += t.Function.Arguments
	}
}

// finished is the whole answer.
func (s *stream) finished() *received {
	for i, text := range s.texts {
		if b, err := json.Marshal(text.String()); err == nil && text.Len() > 0 {
			s.whole.Choices[i].Message.Content = b
		}
	}
	return &s.whole
}
