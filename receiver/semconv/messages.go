package semconv

import (
	"encoding/json"
	"strings"

	"github.com/xraytrace/xray"
)

const (
	roleSystem    = "system"
	roleUser      = "user"
	roleAssistant = "assistant"
	roleTool      = "tool"
)

// roles are the names that SDKs and providers give to the four roles.
var roles = map[string]string{
	"system": roleSystem, "developer": roleSystem, "systemmessage": roleSystem, "systemmessagechunk": roleSystem,
	"user": roleUser, "human": roleUser, "humanmessage": roleUser, "humanmessagechunk": roleUser,
	"assistant": roleAssistant, "ai": roleAssistant, "model": roleAssistant, "aimessage": roleAssistant,
	"aimessagechunk": roleAssistant, "chatbot": roleAssistant, "agent": roleAssistant,
	"tool": roleTool, "function": roleTool, "toolmessage": roleTool, "functionmessage": roleTool,
	"toolmessagechunk": roleTool, "tool_result": roleTool, "toolresult": roleTool,
}

func roleOf(name string) string {
	if role, ok := roles[strings.ToLower(name)]; ok {
		return role
	}
	return name
}

// messageOf reads one message of any convention; ok is false if it is none.
func messageOf(raw json.RawMessage) (m xray.Message, ok bool) {
	if !isObject(raw) {
		return m, false
	}
	o := asObject(raw)
	o, role := unwrapMessage(o)
	if item, isItem := responseItem(o); isItem {
		return item, true
	}
	if role == "" {
		role = pickText(o, "role")
	}
	if role == "" {
		// LangChain's dictionaries say type: human; a content part says type: text.
		if known, isRole := roles[strings.ToLower(pickText(o, "type"))]; isRole {
			role = known
		}
	}
	if role == "" || !hasAny(o, "content", "contents", "parts", "tool_calls", "toolCalls", "function_call", "refusal", "text", "reasoning_content") && len(o) > 1 {
		return m, false
	}
	m.Role = roleOf(role)
	m.Name = pickText(o, "name")
	m.FinishReason = pickText(o, "finish_reason", "finishReason", "stop_reason")
	m.Parts = messageParts(o, m.Role)
	return m, true
}

func hasAny(o map[string]json.RawMessage, names ...string) bool {
	for _, name := range names {
		if _, ok := o[name]; ok {
			return true
		}
	}
	return false
}

// unwrapMessage opens what stands around a message: LangChain's serialised
// objects {lc, type, id, kwargs}, its {type, data}, and {message: {…}}.
func unwrapMessage(o map[string]json.RawMessage) (inner map[string]json.RawMessage, role string) {
	if _, isLC := o["lc"]; isLC {
		if path, ok := asArray(o["id"]); ok && len(path) > 0 {
			role = roles[strings.ToLower(textOfJSON(path[len(path)-1]))]
		}
		if kwargs := asObject(o["kwargs"]); kwargs != nil && role != "" {
			return kwargs, role
		}
		return o, ""
	}
	if data := asObject(o["data"]); data != nil && o["content"] == nil {
		if role = roles[strings.ToLower(pickText(o, "type"))]; role != "" {
			return data, role
		}
	}
	if message := asObject(o["message"]); message != nil && o["content"] == nil && o["role"] == nil {
		return message, ""
	}
	return o, ""
}

// responseItem reads the items of OpenAI's Responses API that are no messages.
func responseItem(o map[string]json.RawMessage) (m xray.Message, ok bool) {
	if o["role"] != nil {
		return m, false
	}
	switch pickText(o, "type") {
	case "function_call", "custom_tool_call":
		return xray.Message{Role: roleAssistant, Parts: []xray.MessagePart{toolCallPart(o)}}, true
	case "function_call_output", "custom_tool_call_output":
		return xray.Message{Role: roleTool, Parts: []xray.MessagePart{toolResponsePart(o)}}, true
	case "reasoning":
		if o["summary"] == nil && o["content"] == nil && o["encrypted_content"] == nil {
			return m, false
		}
		return xray.Message{Role: roleAssistant, Parts: []xray.MessagePart{reasoningPart(o)}}, true
	case "web_search_call", "file_search_call", "code_interpreter_call", "mcp_call", "computer_call", "image_generation_call":
		call := toolCallPart(o)
		call.Type, call.Name = "server_tool_call", pickText(o, "type")
		return xray.Message{Role: roleAssistant, Parts: []xray.MessagePart{call}}, true
	}
	return m, false
}

// messageParts gathers a message's parts from all the members that hold some.
func messageParts(o map[string]json.RawMessage, role string) []xray.MessagePart {
	parts := []xray.MessagePart{}
	for _, name := range []string{"reasoning_content", "reasoning", "thinking"} {
		if text := o[name]; isString(text) && textOfJSON(text) != "" {
			parts = append(parts, xray.MessagePart{Type: "reasoning", Content: textOfJSON(text)})
			break
		}
	}
	content := pick(o, "parts", "contents", "content", "text")
	if role == roleTool && !hasResponseParts(content) {
		if !isNothing(content) {
			parts = append(parts, xray.MessagePart{
				Type:     "tool_call_response",
				ID:       pickText(o, "tool_call_id", "toolCallId", "call_id", "id"),
				Response: valueOfText(content),
			})
		}
		return parts
	}
	parts = append(parts, contentParts(content)...)
	if refusal := pickText(o, "refusal"); refusal != "" {
		parts = append(parts, xray.MessagePart{Type: "refusal", Content: refusal})
	}
	return append(parts, calledTools(o, parts)...)
}

// calledTools reads tool calls that stand beside the content. LangChain and
// Anthropic repeat in the content what is in tool_calls: each call counts once.
func calledTools(o map[string]json.RawMessage, have []xray.MessagePart) []xray.MessagePart {
	calls, ok := asArray(pick(o, "tool_calls", "toolCalls"))
	if !ok || len(calls) == 0 {
		calls, _ = asArray(asObject(o["additional_kwargs"])["tool_calls"])
	}
	if call := asObject(o["function_call"]); call != nil {
		calls = append(calls, o["function_call"])
	}
	if name := pickText(o, "function_call_name"); name != "" { // OpenInference of old
		return []xray.MessagePart{{
			Type: "tool_call", Name: name, Arguments: valueOfText(pick(o, "function_call_arguments_json")),
		}}
	}
	var parts []xray.MessagePart
	for _, raw := range calls {
		call := toolCallPart(asObject(raw))
		if call.ID == "" || !hasCall(have, call.ID) {
			parts = append(parts, call)
		}
	}
	return parts
}

func hasCall(parts []xray.MessagePart, id string) bool {
	for _, p := range parts {
		if p.Type == "tool_call" && p.ID == id {
			return true
		}
	}
	return false
}

func hasResponseParts(content json.RawMessage) bool {
	if !isArray(content) {
		return false
	}
	for _, p := range contentParts(content) {
		if p.Type == "tool_call_response" {
			return true
		}
	}
	return false
}

// contentParts reads content: a text, one part, or a list of them.
func contentParts(content json.RawMessage) []xray.MessagePart {
	switch {
	case isNothing(content):
		return nil
	case isString(content):
		if text := textOfJSON(content); text != "" {
			return []xray.MessagePart{{Type: "text", Content: text}}
		}
		return nil
	case isArray(content):
		var parts []xray.MessagePart
		list, _ := asArray(content)
		for _, raw := range list {
			parts = append(parts, partOf(raw))
		}
		return parts
	}
	return []xray.MessagePart{partOf(content)}
}

// instructions reads a system prompt: bare text, or a list of parts.
func instructions(raw json.RawMessage) []xray.Message {
	if m, ok := conversation(raw); ok {
		return m
	}
	parts := contentParts(raw)
	if len(parts) == 0 {
		return nil
	}
	return []xray.Message{{Role: roleSystem, Parts: parts}}
}
