package openai

import (
	"encoding/json"

	"github.com/xraytrace/xray/sdk"
)

// sentRequest holds what is read of all three kinds of request.
type sentRequest struct {
	Model               string          `json:"model"`
	Messages            []message       `json:"messages"`
	Instructions        string          `json:"instructions"`
	Input               json.RawMessage `json:"input"` // a text, or a list
	Tools               json.RawMessage `json:"tools"`
	Stream              bool            `json:"stream"`
	Temperature         *float64        `json:"temperature"`
	TopP                *float64        `json:"top_p"`
	MaxTokens           *int64          `json:"max_tokens"`
	MaxCompletionTokens *int64          `json:"max_completion_tokens"`
	MaxOutputTokens     *int64          `json:"max_output_tokens"`
}

// parseRequest reads a request; what it cannot read is left out. input is set
// for embeddings, which have no messages.
func parseRequest(k kind, body []byte) (xray.Request, any) {
	var s sentRequest
	_ = json.Unmarshal(body, &s) // half a request is better than none
	r := xray.Request{Model: s.Model, Stream: s.Stream, Temperature: s.Temperature, TopP: s.TopP, MaxTokens: s.MaxTokens}
	for _, m := range []*int64{s.MaxCompletionTokens, s.MaxOutputTokens} {
		if m != nil {
			r.MaxTokens = m
		}
	}
	if len(s.Tools) > 0 {
		r.Tools = s.Tools
	}
	switch k {
	case embeddings:
		r.Operation = "embeddings"
		return r, s.Input
	case responses:
		if s.Instructions != "" {
			r.Messages = append(r.Messages, xray.Message{Role: "system", Content: s.Instructions})
		}
		r.Messages = append(r.Messages, inputItems(s.Input)...)
	default:
		for _, m := range s.Messages {
			r.Messages = append(r.Messages, m.genAI(""))
		}
	}
	return r, nil
}

// inputItems reads the input of the Responses API.
func inputItems(raw json.RawMessage) []xray.Message {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []xray.Message{{Role: "user", Content: text}}
	}
	var items []item
	_ = json.Unmarshal(raw, &items)
	var out []xray.Message
	for _, it := range items {
		out = append(out, it.genAI())
	}
	return out
}
