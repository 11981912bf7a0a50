package semconv

import (
	"encoding/json"

	"github.com/xraytrace/xray"
)

func newToolNameTable() *table {
	return &table{concept: "Tool, name", sources: []source{
		{by: GenAI, key: "gen_ai.tool.name"},
		{by: OI, key: "tool.name"},
		{by: AISDK, key: "ai.toolCall.name"},
		{by: Traceloop, key: "traceloop.entity.name"},
		{by: LiveKit, key: "lk.function_tool.name"},
		{by: Genkit, key: "genkit:name"},
		{by: Haystack, key: "haystack.tool.name"},
	}}
}

func newToolIDTable() *table {
	return &table{concept: "Tool, id of the call", sources: []source{
		{by: GenAI, key: "gen_ai.tool.call.id"},
		{by: OI, key: "tool.id"},
		{by: OI, key: "tool_call.id"},
		{by: AISDK, key: "ai.toolCall.id"},
		{by: LiveKit, key: "lk.function_tool.id"},
	}}
}

func newToolArgumentsTable() *table {
	return &table{concept: "Tool, arguments (else the input)", sources: []source{
		{by: GenAI, key: "gen_ai.tool.call.arguments"},
		{by: AISDK, key: "ai.toolCall.args"},
		{by: AISDK, key: "ai.toolCall.input"},
		{by: Logfire, key: "tool_arguments"},
		{by: OpenLIT, key: "gen_ai.tool.args"},
		{by: ADK, key: "gcp.vertex.agent.tool_call_args"},
		{by: LiveKit, key: "lk.function_tool.arguments"},
		{by: LiveKit, key: "lk.pii.function_tool.arguments"},
		{by: Haystack, key: "haystack.tool.input"},
		{by: Sentry, key: "gen_ai.tool.input"},
	}}
}

func newToolResultTable() *table {
	return &table{concept: "Tool, result (else the output)", sources: []source{
		{by: GenAI, key: "gen_ai.tool.call.result"},
		{by: AISDK, key: "ai.toolCall.result"},
		{by: AISDK, key: "ai.toolCall.output"},
		{by: Logfire, key: "tool_response"},
		{by: ADK, key: "gcp.vertex.agent.tool_response"},
		{by: LiveKit, key: "lk.function_tool.output"},
		{by: LiveKit, key: "lk.pii.function_tool.output"},
		{by: OI, key: "output.value"},
		{by: Traceloop, key: "traceloop.entity.output"},
		{by: Haystack, key: "haystack.tool.output"},
		{by: Sentry, key: "gen_ai.tool.output"},
	}}
}

// toolCall describes a tool step. Products without keys for it (Langfuse,
// MLflow, LangSmith, Genkit) name the span after the tool, and its arguments
// and result are the input and output.
func (f *found) toolCall(d *xray.StepDetail) *xray.ToolCall {
	if d.Type != xray.TypeTool {
		return nil
	}
	t := &xray.ToolCall{
		ID:        clean(f.text(f.v.toolID)),
		Name:      clean(f.text(f.v.toolName)),
		Arguments: f.firstJSON(f.v.toolArguments),
		Result:    d.Output,
	}
	if m, ok := f.toolMessage(); ok && t.ID == "" {
		t.ID = clean(m.id)
	}
	if t.Name == "" {
		t.Name = d.Name
	}
	if t.Arguments == nil {
		t.Arguments = calledWith(d.Input)
	}
	if t.Result == nil {
		t.Result = f.firstJSON(f.v.toolResult)
	}
	return t
}

// calledWith takes the arguments out of OpenLLMetry's {args, kwargs}, if the
// function was called with one kind of them.
func calledWith(input json.RawMessage) json.RawMessage {
	o := asObject(input)
	if len(o) != 2 || o["args"] == nil || o["kwargs"] == nil {
		return input
	}
	args, _ := asArray(o["args"])
	switch named := len(asObject(o["kwargs"])); {
	case len(args) == 0:
		return o["kwargs"]
	case len(args) == 1 && named == 0:
		return args[0]
	}
	return input
}

// toolMessage is LangChain's wrapping of a tool's result.
type toolMessage struct {
	content json.RawMessage
	id      string // of the call
}

// toolMessageIn finds a tool message in a result: {lc, kwargs: {content,
// tool_call_id}} of JavaScript, {type: "tool", content, tool_call_id} of
// Python, either of them inside {output: …} too.
func toolMessageIn(raw json.RawMessage) (m toolMessage, ok bool) {
	o := asObject(raw)
	if inner := asObject(o["output"]); inner != nil && len(o) == 1 {
		o = inner
	}
	if o == nil {
		return m, false
	}
	message, role := unwrapMessage(o)
	if role == "" {
		role = roleOf(pickText(message, "type"))
	}
	if role != roleTool || message["content"] == nil || message["tool_call_id"] == nil {
		return m, false
	}
	return toolMessage{content: message["content"], id: pickText(message, "tool_call_id")}, true
}

func (f *found) toolMessage() (toolMessage, bool) {
	for _, id := range f.v.toolResult.ids {
		if f.has[id] {
			if m, ok := toolMessageIn(jsonOf(f.values[id])); ok {
				return m, true
			}
		}
	}
	return toolMessage{}, false
}

func (f *found) firstJSON(t *table) json.RawMessage {
	for _, id := range t.ids {
		if f.has[id] && !isBlank(f.values[id]) {
			return jsonOf(f.values[id])
		}
	}
	return nil
}
