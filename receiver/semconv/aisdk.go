package semconv

import (
	"encoding/json"
	"strings"

	"github.com/xraytrace/xray"
)

// The Vercel AI SDK spreads an answer over attributes: text, thoughts, tool
// calls, or an object. They are parts of one message.

func newAIAnswerTable() *table {
	return helper(
		source{by: AISDK, key: "ai.response.reasoning"},
		source{by: AISDK, key: "ai.response.text"},
		source{by: AISDK, key: "ai.result.text"},
		source{by: AISDK, key: "ai.response.toolCalls"},
		source{by: AISDK, key: "ai.result.toolCalls"},
		source{by: AISDK, key: "ai.response.object"},
		source{by: AISDK, key: "ai.result.object"},
	)
}

// newAIUsageTable tells AI SDK 6 and later, which count cached tokens as input.
func newAIUsageTable() *table {
	return helper(
		source{by: AISDK, key: "ai.usage.inputTokenDetails.noCacheTokens"},
		source{by: AISDK, key: "ai.usage.inputTokenDetails.cacheReadTokens"},
	)
}

// newAICachedTable tells AI SDK 5, which passes on the provider's habit.
func newAICachedTable() *table {
	return helper(source{by: AISDK, key: "ai.usage.cachedInputTokens"})
}

func readAIResponse(f *found, _ keyID, d *xray.StepDetail, _ side) payload {
	value := map[string]json.RawMessage{}
	for i, id := range f.v.aiAnswer.ids {
		if f.has[id] && !isBlank(f.values[id]) {
			key := f.v.aiAnswer.sources[i].key
			value[key[strings.LastIndexByte(key, '.')+1:]] = jsonOf(f.values[id])
		}
	}
	text, reasoning, object := value["text"], value["reasoning"], value["object"]
	calls, called := asArray(value["toolCalls"])
	if !called && reasoning == nil {
		switch {
		case object != nil:
			return plain(object)
		case text != nil && d.Type != xray.TypeLLM:
			return plain(text)
		}
	}
	m := xray.Message{Role: roleAssistant, Parts: []xray.MessagePart{}, FinishReason: f.finishReason()}
	if reasoning != nil {
		m.Parts = append(m.Parts, xray.MessagePart{Type: "reasoning", Content: textOfJSON(reasoning)})
	}
	if text != nil {
		m.Parts = append(m.Parts, xray.MessagePart{Type: "text", Content: textOfJSON(text)})
	}
	if object != nil {
		m.Parts = append(m.Parts, xray.MessagePart{Type: "text", Content: textOfJSON(object)})
	}
	for _, call := range calls {
		m.Parts = append(m.Parts, toolCallPart(asObject(call)))
	}
	if len(m.Parts) == 0 {
		return payload{}
	}
	return messagesPayload([]xray.Message{m})
}

// readJSONTexts reads lists whose every element is JSON in a text.
func readJSONTexts(f *found, id keyID, _ *xray.StepDetail, _ side) payload {
	raw := jsonOf(f.values[id])
	list, ok := asArray(raw)
	if !ok {
		return plain(withoutVectors(raw))
	}
	for i, e := range list {
		list[i] = withoutVectors(valueOfText(valueOfText(e)))
	}
	return plain(withoutVectors(marshal(list)))
}
