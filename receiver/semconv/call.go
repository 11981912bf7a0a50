package semconv

import (
	"encoding/json"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/xraytrace/xray"
)

// How a model call went: finish reason, streaming, time to first token,
// request parameters.

func newFinishTable() *table {
	return &table{concept: "Finish reason", sources: []source{
		{by: GenAI, key: "gen_ai.response.finish_reasons"},
		{by: OI, key: "llm.finish_reason"},
		{by: AISDK, key: "ai.response.finishReason"},
		{by: AISDK, key: "ai.finishReason"},
		{by: Traceloop, key: "gen_ai.completion.0.finish_reason"},
		{by: Traceloop, key: "llm.response.finish_reason"},
		{by: Traceloop, key: "llm.response.stop_reason"},
		{by: OpenLIT, key: "gen_ai.response.finish_reason"},
		{by: Genkit, key: "genkit:output", in: "finishReason"},
	}}
}

func newStreamingTable() *table {
	return &table{concept: "Streaming", sources: []source{
		{by: GenAI, key: "gen_ai.request.stream"},
		{by: OpenLIT, key: "gen_ai.request.is_stream"},
		{by: Traceloop, key: "llm.is_streaming"},
		{by: Traceloop, key: "gen_ai.is_streaming"},
		{by: OI, key: "llm.invocation_parameters", in: "stream"},
		{by: Langfuse, key: "langfuse.observation.model.parameters", in: "stream"},
		{by: LangSmith, key: "langsmith.metadata.stream"},
		{by: Mastra, key: "mastra.model_generation.streaming"},
		{by: Logfire, key: "request_data", in: "stream"},
		{by: LangSmith, key: "gen_ai.prompt", in: "stream"},
		{by: AISDK, key: "ai.operationId"}, // ….doStream
	}}
}

func newFirstTokenTable() *table {
	return &table{concept: "Time to first token", sources: []source{
		{by: GenAI, key: "gen_ai.response.time_to_first_chunk"},
		{by: GenAI, key: "gen_ai.client.operation.time_to_first_chunk"},
		{by: AISDK, key: "ai.response.msToFirstChunk"},
		{by: AISDK, key: "ai.stream.msToFirstChunk"},
		{by: OpenLIT, key: "gen_ai.server.time_to_first_token"},
		{by: LiveKit, key: "lk.response.ttft"},
		{by: Langfuse, key: "langfuse.observation.completion_start_time"},
		{by: Mastra, key: "mastra.completion_start_time"},
	}}
}

// newParametersTable lists families and JSON objects; all are united.
func newParametersTable() *table {
	return &table{concept: "Request parameters", sources: []source{
		{by: Langfuse, key: "langfuse.observation.model.parameters"},
		{by: GenAI, key: "gen_ai.request.*"},
		{by: OI, key: "llm.invocation_parameters"},
		{by: AISDK, key: "ai.settings.*"},
	}}
}

func (f *found) finishReason() string {
	reasons := f.list(f.v.finish)
	if len(reasons) == 0 {
		return ""
	}
	return reasons[0]
}

func (f *found) streaming() bool {
	for i, id := range f.v.streaming.ids {
		if !f.has[id] {
			continue
		}
		s := f.v.streaming.sources[i]
		switch {
		case s.key == "ai.operationId":
			return strings.HasSuffix(f.textOf(id, ""), ".doStream") || strings.Contains(f.textOf(id, ""), ".stream")
		case s.in != "":
			if raw := f.inside(id, s.in); !isNothing(raw) {
				return textOfJSON(raw) == "true"
			}
		default:
			if b, ok := boolOf(f.values[id]); ok {
				return b
			}
		}
	}
	return f.is(f.v.firstToken)
}

// firstToken is the time from the start of the call. Langfuse and Mastra give
// a point in time that the application noted, sometimes after the span's end:
// such a one is no measurement and is left out.
func (f *found) firstToken(step *xray.Step) *time.Duration {
	for i, id := range f.v.firstToken.ids {
		if !f.has[id] {
			continue
		}
		s := f.v.firstToken.sources[i]
		d, ok := durationOf(f.values[id], s, step.Start)
		if ok && d >= 0 && (step.End < step.Start || d <= step.Duration()) {
			return &d
		}
	}
	return nil
}

func durationOf(v pcommon.Value, s source, start xray.Nano) (time.Duration, bool) {
	if strings.HasSuffix(s.key, "completion_start_time") {
		at, err := time.Parse(time.RFC3339Nano, plainText(v))
		return at.Sub(start.Time()), err == nil
	}
	n, ok := numberOf(v)
	unit := time.Second
	if strings.HasSuffix(s.key, "msToFirstChunk") {
		unit = time.Millisecond
	}
	const aYear = 365 * 24 * 3600 * 1e3
	return time.Duration(n * float64(unit)), ok && n < aYear
}

// parameters unites what was asked of the model beside the conversation.
func (f *found) parameters() json.RawMessage {
	all := map[string]json.RawMessage{}
	add := func(key string, value json.RawMessage) {
		if _, taken := all[key]; !taken && !isConversation(key) && !isNothing(value) {
			all[clean(key)] = value
		}
	}
	for i, id := range f.v.parameters.ids {
		if !f.has[id] {
			continue
		}
		if strings.HasSuffix(f.v.parameters.sources[i].key, "*") {
			f.each(id, func(rest string, v pcommon.Value) { add(rest, jsonOf(v)) })
			continue
		}
		for key, value := range f.object(id) {
			add(key, value)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return marshal(all)
}

// isConversation names what invocation parameters repeat of other fields.
func isConversation(key string) bool {
	switch key {
	case "model", "model_name", "messages", "input", "prompt", "tools", "functions", "instructions", "system":
		return true
	}
	return false
}
