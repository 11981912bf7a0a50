package semconv

import (
	"encoding/json"

	"github.com/xraytrace/xray"
)

// chatRequest: {messages, system?} of OpenAI, Anthropic, Bedrock, LangGraph, Genkit.
func chatRequest(o map[string]json.RawMessage, depth int) ([]xray.Message, bool) {
	list, ok := asArray(pick(o, "messages", "chat_messages", "items"))
	if !ok {
		return nil, false
	}
	m, ok := messageList(list, depth)
	if !ok {
		return nil, false
	}
	return withSystem(systemOf(o), m), true
}

func systemOf(o map[string]json.RawMessage) []xray.Message {
	raw := pick(o, "system", "instructions", "systemInstruction", "system_instruction", "systemPrompt")
	if isNothing(raw) {
		if config := asObject(o["config"]); config != nil {
			raw = pick(config, "system_instruction", "systemInstruction")
		}
	}
	if isNothing(raw) {
		return nil
	}
	var parts []xray.MessagePart
	if inner := asObject(raw); isObject(raw) && inner["parts"] != nil {
		parts = contentParts(inner["parts"])
	} else {
		parts = contentParts(raw)
	}
	if len(parts) == 0 {
		return nil
	}
	return []xray.Message{{Role: roleSystem, Parts: parts}}
}

// chatChoices: OpenAI's chat completions, and the legacy completions' text.
func chatChoices(o map[string]json.RawMessage, _ int) ([]xray.Message, bool) {
	list, ok := asArray(o["choices"])
	if !ok || len(list) == 0 {
		return nil, false
	}
	var all []xray.Message
	for _, raw := range list {
		choice := asObject(raw)
		m := xray.Message{Role: roleAssistant, Parts: []xray.MessagePart{}}
		if message := asObject(pick(choice, "message", "delta")); message != nil {
			m.Parts = messageParts(message, roleAssistant)
		} else if text := pickText(choice, "text"); text != "" {
			m.Parts = append(m.Parts, xray.MessagePart{Type: "text", Content: text})
		}
		m.FinishReason = pickText(choice, "finish_reason", "finishReason")
		all = append(all, m)
	}
	return all, true
}

// responsesOutput: OpenAI's Responses API, {output: [items]}.
func responsesOutput(o map[string]json.RawMessage, depth int) ([]xray.Message, bool) {
	list, ok := asArray(o["output"])
	if !ok || pickText(o, "object") != "response" && !hasAny(o, "usage", "model", "id") {
		return nil, false
	}
	return messageList(list, depth)
}

// geminiRequest: {contents, config}; a content without a role is the user's.
func geminiRequest(o map[string]json.RawMessage, _ int) ([]xray.Message, bool) {
	contents := o["contents"]
	if isNothing(contents) {
		return nil, false
	}
	list, ok := asArray(contents)
	if !ok {
		list = []json.RawMessage{contents}
	}
	var all []xray.Message
	for _, raw := range list {
		all = append(all, geminiContent(raw, roleUser))
	}
	return withSystem(systemOf(o), all), len(all) > 0
}

func geminiContent(raw json.RawMessage, role string) xray.Message {
	if !isObject(raw) {
		return xray.Message{Role: role, Parts: contentParts(raw)}
	}
	o := asObject(raw)
	if said := pickText(o, "role"); said != "" {
		role = roleOf(said)
	}
	m := xray.Message{Role: role, Parts: contentParts(o["parts"])}
	if m.Parts == nil {
		m.Parts = []xray.MessagePart{}
	}
	return m
}

// geminiCandidates: Gemini's answer, and ADK's, which has one content.
func geminiCandidates(o map[string]json.RawMessage, _ int) ([]xray.Message, bool) {
	list, ok := asArray(o["candidates"])
	if !ok {
		if content := asObject(o["content"]); content == nil || content["parts"] == nil {
			return nil, false
		}
		list = []json.RawMessage{marshal(o)}
	}
	var all []xray.Message
	for _, raw := range list {
		candidate := asObject(raw)
		if candidate["content"] == nil && candidate["message"] != nil { // Genkit's candidates
			if m, isMessage := messageOf(candidate["message"]); isMessage {
				all = append(all, m)
			}
			continue
		}
		m := geminiContent(candidate["content"], roleAssistant)
		m.FinishReason = pickText(candidate, "finishReason", "finish_reason")
		all = append(all, m)
	}
	return all, len(all) > 0
}

// langChainGenerations: LLMResult, {generations: [[{text, message}]]}.
func langChainGenerations(o map[string]json.RawMessage, _ int) ([]xray.Message, bool) {
	batches, ok := asArray(o["generations"])
	if !ok {
		return nil, false
	}
	var all []xray.Message
	for _, batch := range batches {
		list, isList := asArray(batch)
		if !isList {
			list = []json.RawMessage{batch}
		}
		for _, raw := range list {
			generation := asObject(raw)
			m, isMessage := messageOf(generation["message"])
			if !isMessage {
				m = xray.Message{Role: roleAssistant, Parts: contentParts(generation["text"])}
			}
			info := asObject(pick(generation, "generationInfo", "generation_info"))
			if m.FinishReason == "" {
				m.FinishReason = pickText(info, "finish_reason")
			}
			all = append(all, m)
		}
	}
	return all, len(all) > 0
}

// responsesRequest: the Responses API's {model, input, instructions}.
func responsesRequest(o map[string]json.RawMessage, depth int) ([]xray.Message, bool) {
	input := o["input"]
	if isNothing(input) || !hasAny(o, "model", "instructions") {
		return nil, false
	}
	var m []xray.Message
	if isString(input) {
		m = []xray.Message{{Role: roleUser, Parts: contentParts(input)}}
	} else if list, ok := asArray(input); ok {
		if m, ok = messageList(list, depth); !ok {
			return nil, false
		}
	}
	return withSystem(systemOf(o), m), len(m) > 0
}

// promptRequest: {system, prompt} of the AI SDK, {model, prompt} of the legacy
// completions; the prompt is a text or a list of messages.
func promptRequest(o map[string]json.RawMessage, depth int) ([]xray.Message, bool) {
	prompt := o["prompt"]
	if isNothing(prompt) {
		return nil, false
	}
	m := []xray.Message{{Role: roleUser, Parts: contentParts(prompt)}}
	if isArray(prompt) {
		var ok bool
		if m, ok = conversationAt(prompt, depth+1); !ok {
			return nil, false
		}
	} else if !isString(prompt) {
		return nil, false
	}
	return withSystem(systemOf(o), m), true
}

// finishedMessage: Genkit's and others' {message, finishReason}.
func finishedMessage(o map[string]json.RawMessage, _ int) ([]xray.Message, bool) {
	if o["role"] != nil || !isObject(o["message"]) {
		return nil, false
	}
	m, ok := messageOf(o["message"])
	if !ok {
		return nil, false
	}
	if m.FinishReason == "" {
		m.FinishReason = pickText(o, "finishReason", "finish_reason")
	}
	return []xray.Message{m}, true
}

// plainAnswer: {text, toolCalls} of the AI SDK and Mastra.
func plainAnswer(o map[string]json.RawMessage, _ int) ([]xray.Message, bool) {
	if o["role"] != nil || o["type"] != nil || !isString(o["text"]) && o["toolCalls"] == nil {
		return nil, false
	}
	m := xray.Message{
		Role:         roleAssistant,
		Parts:        messageParts(o, roleAssistant),
		FinishReason: pickText(o, "finishReason", "finish_reason"),
	}
	return []xray.Message{m}, len(m.Parts) > 0
}
