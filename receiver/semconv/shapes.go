package semconv

import (
	"encoding/json"

	"github.com/xraytrace/xray"
)

// conversation finds the messages in a payload of any known shape: a list of
// messages, or the request or response body of a provider or framework. ok is
// false when the payload is something else; then it is shown as it is.
func conversation(raw json.RawMessage) (m []xray.Message, ok bool) {
	return conversationAt(raw, 0)
}

// maxNesting bounds how deep bodies are searched for messages.
const maxNesting = 4

func conversationAt(raw json.RawMessage, depth int) ([]xray.Message, bool) {
	if depth > maxNesting {
		return nil, false
	}
	if list, ok := asArray(raw); ok {
		return messageList(list, depth)
	}
	o := asObject(raw)
	if o == nil {
		return nil, false
	}
	for _, shape := range bodyShapes() {
		if m, ok := shape(o, depth); ok && len(m) > 0 {
			return m, true
		}
	}
	if m, ok := messageOf(raw); ok {
		return []xray.Message{m}, true
	}
	return nil, false
}

// messageList reads a list in which everything is a message. LangChain sends
// lists of lists, one per prompt of a batch.
func messageList(list []json.RawMessage, depth int) ([]xray.Message, bool) {
	if len(list) == 0 {
		return nil, false
	}
	var all []xray.Message
	for _, raw := range list {
		if isArray(raw) {
			m, ok := conversationAt(raw, depth+1)
			if !ok {
				return nil, false
			}
			all = append(all, m...)
			continue
		}
		m, ok := messageOf(raw)
		if !ok {
			return nil, false
		}
		all = append(all, m)
	}
	return all, true
}

// bodyShapes are the bodies we know, most telling first.
func bodyShapes() []func(o map[string]json.RawMessage, depth int) ([]xray.Message, bool) {
	return []func(o map[string]json.RawMessage, depth int) ([]xray.Message, bool){
		chatRequest, chatChoices, responsesOutput, geminiRequest, geminiCandidates, langChainGenerations,
		responsesRequest, promptRequest, finishedMessage, plainAnswer, onlyMember,
	}
}

// onlyMember: what wrappers put around a body: {input: …}, {output: …}, {body: …}.
func onlyMember(o map[string]json.RawMessage, depth int) ([]xray.Message, bool) {
	for _, name := range []string{"input", "inputs", "output", "outputs", "body", "request", "response", "replies", "data"} {
		raw := o[name]
		if len(o) <= 2 && (isObject(raw) || isArray(raw)) {
			return conversationAt(raw, depth+1)
		}
	}
	return nil, false
}

// isPureConversation tells a conversation from data that has one among other
// things: outside of model calls only the first is shown as messages, so that
// nothing is hidden.
func isPureConversation(raw json.RawMessage) bool {
	if isArray(raw) {
		return true
	}
	o := asObject(raw)
	if o == nil {
		return false
	}
	if _, isLC := o["lc"]; isLC {
		return true
	}
	for name := range o {
		switch name {
		case "messages", "system", "prompt", "systemPrompt", "role", "content", "name", "tool_calls", "refusal":
		default:
			return false
		}
	}
	return hasAny(o, "messages", "prompt", "role")
}
