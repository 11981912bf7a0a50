package openai

import (
	"encoding/json"

	"github.com/xraytrace/xray/sdk"
)

// message is a message of the chat API.
type message struct {
	Role       string          `json:"role"`
	Content    json.RawMessage `json:"content"` // a text, or a list of parts
	Refusal    string          `json:"refusal"`
	ToolCalls  []toolCall      `json:"tool_calls"`
	ToolCallID string          `json:"tool_call_id"`
}

type toolCall struct {
	ID       string `json:"id"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// genAI is the message in the form of OpenTelemetry's conventions.
func (m message) genAI(finish string) xray.Message {
	out := xray.Message{Role: m.Role, FinishReason: finish}
	switch {
	case m.Role == "tool":
		out.Parts = []map[string]any{{"type": "tool_call_response", "id": m.ToolCallID, "result": plain(m.Content)}}
		return out
	case m.Refusal != "":
		out.Parts = append(out.Parts, map[string]any{"type": "refusal", "content": m.Refusal})
	}
	out.Content, out.Parts = contents(m.Content, out.Parts)
	for _, c := range m.ToolCalls {
		out.Parts = append(out.Parts, callPart(c.ID, c.Function.Name, c.Function.Arguments))
	}
	return out
}

// contents reads a content that is a text or a list of parts.
func contents(raw json.RawMessage, parts []map[string]any) (string, []map[string]any) {
	var text string
	if len(raw) == 0 || json.Unmarshal(raw, &text) == nil {
		return text, parts
	}
	var list []map[string]any
	_ = json.Unmarshal(raw, &list)
	for _, p := range list {
		switch t, ok := p["text"]; {
		case ok:
			parts = append(parts, map[string]any{"type": "text", "content": t})
		default: // images, files, audio: as the API has them, bounded by the SDK
			parts = append(parts, p)
		}
	}
	return "", parts
}

// plain is a text without its quotes, or the JSON value.
func plain(raw json.RawMessage) any {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return raw
}

func callPart(id, name, arguments string) map[string]any {
	part := map[string]any{"type": "tool_call", "id": id, "name": name, "arguments": any(arguments)}
	if json.Valid([]byte(arguments)) {
		part["arguments"] = json.RawMessage(arguments)
	}
	return part
}

// item is an input or output item of the Responses API.
type item struct {
	Type      string          `json:"type"`
	Role      string          `json:"role"`
	Content   json.RawMessage `json:"content"`
	CallID    string          `json:"call_id"`
	Name      string          `json:"name"`
	Arguments string          `json:"arguments"`
	Output    json.RawMessage `json:"output"`
	Summary   []struct {
		Text string `json:"text"`
	} `json:"summary"`
}

func (it item) genAI() xray.Message {
	switch it.Type {
	case "function_call":
		return xray.Message{Role: "assistant", Parts: []map[string]any{callPart(it.CallID, it.Name, it.Arguments)}}
	case "function_call_output":
		return xray.Message{Role: "tool", Parts: []map[string]any{{"type": "tool_call_response", "id": it.CallID, "result": plain(it.Output)}}}
	case "reasoning":
		var parts []map[string]any
		for _, s := range it.Summary {
			parts = append(parts, map[string]any{"type": "reasoning", "content": s.Text})
		}
		return xray.Message{Role: "assistant", Parts: parts}
	}
	m := xray.Message{Role: it.Role}
	if m.Role == "" {
		m.Role = "assistant"
	}
	m.Content, m.Parts = contents(it.Content, nil)
	return m
}
