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

func newInputTable() *table {
	return &table{concept: "Input", sources: append([]source{
		{by: XRay, key: "xray.input"},
		{by: Langfuse, key: "langfuse.observation.input"},
		{by: MLflow, key: "mlflow.spanInputs"},
		{by: GenAI, key: "gen_ai.tool.call.arguments"},
		{by: GenAI, key: "gen_ai.input.messages"},
		{by: GenAI, key: "gen_ai.retrieval.query.text"},
		{by: GenAI, key: "gen_ai.memory.query.text"},
		{by: OI, key: "llm.input_messages.*"},
		{by: OI, key: "reranker.input_documents.*"},
		{by: OI, key: "llm.prompts.*"}, // and OpenLLMetry's oldest spelling
		{by: OI, key: "input.value"},
		{by: OI, key: "reranker.query"},
		{by: OI, key: "embedding.embeddings.*"},
		{by: AISDK, key: "ai.prompt.messages"},
		{by: AISDK, key: "ai.toolCall.args"},
		{by: AISDK, key: "ai.toolCall.input"},
		{by: AISDK, key: "ai.prompt"},
		{by: AISDK, key: "ai.values"},
		{by: AISDK, key: "ai.value"},
		{by: Traceloop, key: "traceloop.entity.input"},
		{by: Genkit, key: "genkit:input"},
		{by: Haystack, key: "haystack.component.input"},
		{by: Haystack, key: "haystack.pipeline.input_data"},
		{by: Haystack, key: "haystack.agent.input"},
		{by: Haystack, key: "haystack.tool.input"},
		{by: Logfire, key: "tool_arguments"},
		{by: Logfire, key: "pydantic_ai.all_messages"},
		{by: Logfire, key: "all_messages_events"},
		{by: Logfire, key: "events"},
		{by: Logfire, key: "request_data"},
		{by: Logfire, key: "prompt"},
		{by: ADK, key: "gcp.vertex.agent.tool_call_args"},
		{by: ADK, key: "gcp.vertex.agent.llm_request"},
		{by: ADK, key: "gcp.vertex.agent.data"},
		{by: LiveKit, key: "lk.function_tool.arguments"},
		{by: LiveKit, key: "lk.pii.function_tool.arguments"},
		{by: LiveKit, key: "lk.chat_ctx"},
		{by: LiveKit, key: "lk.pii.chat_ctx"},
		{by: LiveKit, key: "lk.user_input"},
		{by: LiveKit, key: "lk.pii.user_input"},
		{by: LiveKit, key: "lk.input_text"},
		{by: LiveKit, key: "lk.pii.input_text"},
		{by: Traceloop, key: "gen_ai.prompt.*"},
		{by: GenAIOld, key: "gen_ai.prompt"}, // LangSmith's, too
		{by: OpenLIT, key: "gen_ai.tool.args"},
		{by: Sentry, key: "gen_ai.tool.input"},
		{by: Sentry, key: "gen_ai.request.messages"},
		{by: Langfuse, key: "langfuse.trace.input"},
		{by: MLflow, key: "mlflow.traceInputs"},
	}, mastraPayloads("input")...)}
}

func newOutputTable() *table {
	return &table{concept: "Output", sources: append([]source{
		{by: XRay, key: "xray.output"},
		{by: Langfuse, key: "langfuse.observation.output"},
		{by: MLflow, key: "mlflow.spanOutputs"},
		{by: GenAI, key: "gen_ai.tool.call.result"},
		{by: GenAI, key: "gen_ai.retrieval.documents"},
		{by: GenAI, key: "gen_ai.memory.records"},
		{by: GenAI, key: "gen_ai.output.messages"},
		{by: OI, key: "reranker.output_documents.*"},
		{by: OI, key: "retrieval.documents.*"},
		{by: OI, key: "llm.output_messages.*"},
		{by: OI, key: "llm.choices.*"},
		{by: OI, key: "embedding.embeddings.*"},
		{by: OI, key: "output.value"},
		{by: AISDK, key: "ai.response.text"},
		{by: AISDK, key: "ai.response.reasoning"},
		{by: AISDK, key: "ai.response.toolCalls"},
		{by: AISDK, key: "ai.response.object"},
		{by: AISDK, key: "ai.result.text"},
		{by: AISDK, key: "ai.result.toolCalls"},
		{by: AISDK, key: "ai.result.object"},
		{by: AISDK, key: "ai.toolCall.result"},
		{by: AISDK, key: "ai.toolCall.output"},
		{by: AISDK, key: "ai.embedding"},
		{by: AISDK, key: "ai.embeddings"},
		{by: Traceloop, key: "traceloop.entity.output"},
		{by: Genkit, key: "genkit:output"},
		{by: Haystack, key: "haystack.component.output"},
		{by: Haystack, key: "haystack.pipeline.output_data"},
		{by: Haystack, key: "haystack.agent.output"},
		{by: Haystack, key: "haystack.tool.output"},
		{by: Logfire, key: "tool_response"},
		{by: Logfire, key: "final_result"},
		{by: Logfire, key: "response_data"},
		{by: Logfire, key: "pydantic_ai.all_messages"},
		{by: Logfire, key: "all_messages_events"},
		{by: Logfire, key: "events"},
		{by: ADK, key: "gcp.vertex.agent.tool_response"},
		{by: ADK, key: "gcp.vertex.agent.llm_response"},
		{by: LiveKit, key: "lk.function_tool.output"},
		{by: LiveKit, key: "lk.pii.function_tool.output"},
		{by: LiveKit, key: "lk.response.text"},
		{by: LiveKit, key: "lk.pii.response.text"},
		{by: Traceloop, key: "gen_ai.completion.*"},
		{by: Traceloop, key: "llm.completions.*"},
		{by: GenAIOld, key: "gen_ai.completion"}, // LangSmith's, too
		{by: Sentry, key: "gen_ai.tool.output"},
		{by: Sentry, key: "gen_ai.response.text"},
		{by: Langfuse, key: "langfuse.trace.output"},
		{by: MLflow, key: "mlflow.traceOutputs"},
	}, mastraPayloads("output")...)}
}

// mastraPayloads are Mastra's keys, which carry the span's type.
func mastraPayloads(what string) []source {
	var rows []source
	for _, kind := range []string{
		"model_step", "model_inference", "model_generation", "llm_generation", "agent_run", "tool_call",
		"mcp_tool_call", "client_tool_call", "provider_tool_call", "workflow_run", "workflow_step", "workflow_conditional", "workflow_parallel",
		"workflow_loop", "workflow_sleep", "processor_run", "scorer_run", "rag_embedding", "rag_retrieval", "rag_vector_operation",
		"memory_operation", "generic",
	} {
		rows = append(rows, source{by: Mastra, key: "mastra." + kind + "." + what})
	}
	return append(rows, source{by: Mastra, key: "mastra." + what})
}

// newQueryTable is the input of database steps. It is not a payload in the
// sense of HasPayload: a statement says nothing about items.
func newQueryTable() *table {
	return &table{concept: "Input of database steps", sources: []source{
		{by: OTel, key: "db.query.text"},
		{by: OTel, key: "db.statement"},
	}}
}

// newSystemTable is the system prompt where it stands apart from the messages.
func newSystemTable() *table {
	return &table{concept: "System instructions", sources: []source{
		{by: GenAI, key: "gen_ai.system_instructions"},
		{by: LiveKit, key: "lk.instructions"},
		{by: LiveKit, key: "lk.pii.instructions"},
	}}
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
