package semconv

import (
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/xraytrace/xray"
)

// payload is an input or output and how it is best shown.
type payload struct {
	json json.RawMessage
	kind xray.PayloadKind
}

// side says which of the two is being read.
type side bool

const (
	inputSide  side = false
	outputSide side = true
)

// reader reads a payload from a source. It returns the zero payload when the
// source has nothing for this step; then the next source is asked.
type reader func(f *found, id keyID, d *xray.StepDetail, at side) payload

// readers are the sources that need more than [readAny].
var readers = map[string]reader{
	"xray.input":  readOwn,
	"xray.output": readOwn,

	"gen_ai.input.messages":      readMessages,
	"gen_ai.output.messages":     readMessages,
	"gen_ai.tool.call.arguments": readOfTool,
	"gen_ai.tool.call.result":    readOfTool,
	"gen_ai.tool.args":           readOfTool, // OpenLIT writes it on model calls, for what the model asked
	"gen_ai.tool.input":          readOfTool,
	"gen_ai.tool.output":         readOfTool,
	"gen_ai.retrieval.documents": readDocuments,
	"gen_ai.memory.records":      readDocuments,

	"llm.input_messages.*":        readFlatMessages,
	"llm.output_messages.*":       readFlatMessages,
	"gen_ai.prompt.*":             readFlatMessages,
	"gen_ai.completion.*":         readFlatMessages,
	"llm.prompts.*":               readFlatMessages,
	"llm.completions.*":           readFlatMessages,
	"llm.choices.*":               readFlatMessages,
	"retrieval.documents.*":       readFlatDocuments,
	"reranker.input_documents.*":  readRerankerInput,
	"reranker.output_documents.*": readFlatDocuments,
	"embedding.embeddings.*":      readEmbeddings,

	"ai.response.text":      readAIResponse,
	"ai.response.reasoning": readAIResponse,
	"ai.response.toolCalls": readAIResponse,
	"ai.response.object":    readAIResponse,
	"ai.result.text":        readAIResponse,
	"ai.result.toolCalls":   readAIResponse,
	"ai.result.object":      readAIResponse,

	"ai.values":     readJSONTexts,
	"ai.embeddings": readJSONTexts,
	"ai.embedding":  readJSONTexts,

	"events":                   readEventList,
	"all_messages_events":      readEventList,
	"pydantic_ai.all_messages": readAllMessages,
}

// read returns the first payload that a table's sources give.
func (f *found) read(t *table, d *xray.StepDetail, at side) payload {
	for i, id := range t.ids {
		if !f.has[id] {
			continue
		}
		read := readers[t.sources[i].key]
		if read == nil {
			read = readAny
		}
		if p := read(f, id, d, at); p.kind != xray.PayloadNone {
			return p
		}
	}
	return payload{}
}

// readAny reads a payload of unknown form: messages and documents where the
// step's type leads one to expect them, else JSON, else text.
func readAny(f *found, id keyID, d *xray.StepDetail, at side) payload {
	v := f.values[id]
	if isBlank(v) {
		return payload{}
	}
	return classify(jsonOf(v), d.Type, at)
}

func classify(raw json.RawMessage, t xray.StepType, at side) payload {
	switch t {
	case xray.TypeLLM:
		if m, ok := conversation(raw); ok {
			return messagesPayload(m)
		}
	case xray.TypeEmbedding:
		raw = withoutVectors(raw)
	case xray.TypeRetriever, xray.TypeReranker:
		if docs, ok := documents(raw); ok && at == outputSide {
			return documentsPayload(docs)
		}
	case xray.TypeTool:
		if m, ok := toolMessageIn(raw); ok && at == outputSide {
			return plain(valueOfText(m.content))
		}
	default:
		if isPureConversation(raw) {
			if m, ok := conversation(raw); ok {
				return messagesPayload(m)
			}
		}
		if docs, ok := knownDocuments(raw); ok && at == outputSide {
			return documentsPayload(docs)
		}
	}
	return plain(withoutVector(raw))
}

// plain is JSON as it is, or text.
func plain(raw json.RawMessage) payload {
	switch {
	case isEmptyJSON(raw):
		return payload{}
	case isString(raw):
		return payload{raw, xray.PayloadText}
	}
	return payload{raw, xray.PayloadJSON}
}

// readOwn takes our own attributes as they are: evidence points into them.
func readOwn(f *found, id keyID, d *xray.StepDetail, _ side) payload {
	raw := strictJSON(f.values[id])
	if len(raw) == 0 {
		return payload{}
	}
	if d.Type == xray.TypeLLM {
		if m, ok := conversation(raw); ok {
			return messagesPayload(m)
		}
	}
	if isString(raw) {
		return payload{raw, xray.PayloadText}
	}
	return payload{raw, xray.PayloadJSON}
}

// readMessages reads the current GenAI form, which is for any type of step.
func readMessages(f *found, id keyID, _ *xray.StepDetail, at side) payload {
	v := f.values[id]
	if isBlank(v) {
		return payload{}
	}
	m, ok := conversation(jsonOf(v))
	if !ok {
		return plain(jsonOf(v))
	}
	if at == inputSide {
		m = withSystem(f.systemMessages(), m)
	}
	return messagesPayload(m)
}

func readOfTool(f *found, id keyID, d *xray.StepDetail, _ side) payload {
	if d.Type != xray.TypeTool || isBlank(f.values[id]) && f.values[id].Type() != pcommon.ValueTypeStr {
		return payload{}
	}
	raw := jsonOf(f.values[id])
	if isString(raw) && textOfJSON(raw) == "" {
		return payload{}
	}
	if isString(raw) {
		return payload{raw, xray.PayloadText}
	}
	return payload{raw, xray.PayloadJSON}
}

func (f *found) systemMessages() []xray.Message {
	for _, id := range f.v.system.ids {
		if f.has[id] && !isBlank(f.values[id]) {
			return instructions(jsonOf(f.values[id]))
		}
	}
	return nil
}

// withSystem puts the instructions first, unless the messages begin with their
// own: instrumentations record them on the span and in the messages.
func withSystem(system, m []xray.Message) []xray.Message {
	if len(m) > 0 && m[0].Role == roleSystem {
		return m
	}
	return append(system, m...)
}

func messagesPayload(m []xray.Message) payload {
	if len(m) == 0 {
		return payload{}
	}
	return payload{marshal(m), xray.PayloadMessages}
}

func documentsPayload(docs []xray.Document) payload {
	return payload{marshal(docs), xray.PayloadDocuments}
}
