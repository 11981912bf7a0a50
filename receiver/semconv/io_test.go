package semconv_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func TestPayloads(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	long := "[" + strings.Repeat("0.5,", 1535) + "0.5]"
	for name, test := range map[string]struct {
		attrs  attrs
		input  string // kind and JSON
		output string
	}{
		"text stays text, even if it is a number":                    {attrs{"openinference.span.kind": "CHAIN", "input.value": "42", "output.value": "true"}, `text "42"`, `text "true"`},
		"JSON in text becomes JSON, in its own order":                {attrs{"openinference.span.kind": "CHAIN", "input.value": ` {"b":1,"a":[2]} `}, `json {"b":1,"a":[2]}`, ""},
		"text that was quoted once is unquoted":                      {attrs{"traceloop.span.kind": "workflow", "traceloop.entity.output": `"hi \"there\""`}, "", `text "hi \"there\""`},
		"JSON that was quoted twice":                                 {attrs{"mlflow.spanType": `"CHAIN"`, "mlflow.spanOutputs": `"{\"a\":1}"`}, "", `json {"a":1}`},
		"cut off JSON stays text":                                    {attrs{"openinference.span.kind": "CHAIN", "input.value": `{"a":[1,2`}, `text "{\"a\":[1,2"`, ""},
		"nested values":                                              {attrs{"langfuse.observation.input": map[string]any{"a": []any{1, "b"}}}, `json {"a":[1,"b"]}`, ""},
		"empty content is none":                                      {attrs{"gen_ai.operation.name": "execute_tool", "gcp.vertex.agent.llm_request": "{}", "gcp.vertex.agent.tool_call_args": `{"a":1}`}, `json {"a":1}`, ""},
		"a state with messages among others is not cut down to them": {attrs{"openinference.span.kind": "CHAIN", "output.value": `{"messages":[{"role":"user","content":"hi"}],"plan":"b"}`}, "", `json {"messages":[{"role":"user","content":"hi"}],"plan":"b"}`},
		"our own attributes are taken as they are":                   {attrs{"xray.step.type": "retriever", "xray.input": `{"q":"x"}`, "xray.output": `[{"id":"a","content":"b"}]`}, `json {"q":"x"}`, `json [{"id":"a","content":"b"}]`},
		"our own JSON numbers":                                       {attrs{"xray.input": `7`, "xray.output": `null`}, `json 7`, `json null`},
		"our own text that is no JSON":                               {attrs{"xray.input": `{oops`}, `text "{oops"`, ""},
		"our own model call shows its messages":                      {attrs{"xray.step.type": "llm", "xray.input": `[{"role":"user","content":"hi"}]`}, `messages [{"role":"user","parts":[{"type":"text","content":"hi"}]}]`, ""},
		"a statement is the input of a database step":                {attrs{"db.system.name": "postgresql", "db.query.text": "SELECT 1"}, `text "SELECT 1"`, ""},
		"a statement of old":                                         {attrs{"db.system": "postgresql", "db.statement": "SELECT 1"}, `text "SELECT 1"`, ""},
		"an HTTP step has neither":                                   {attrs{"http.request.method": "GET", "url.full": "https://x/y"}, "", ""},
		"GenAI's retrieval":                                          {attrs{"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.query.text": "q", "gen_ai.retrieval.documents": `[{"id":"d1","score":0.5}]`}, `text "q"`, `documents [{"id":"d1","score":0.5}]`},
		"OpenInference's documents, out of order": {attrs{"openinference.span.kind": "RETRIEVER", "input.value": "q",
			"retrieval.documents.1.document.id": "b", "retrieval.documents.0.document.content": "first", "retrieval.documents.0.document.score": 0.9, "retrieval.documents.0.document.metadata": `{"p":1}`,
		}, `text "q"`, `documents [{"content":"first","score":0.9,"metadata":{"p":1}},{"id":"b"}]`},
		"a reranker's query and documents": {attrs{"openinference.span.kind": "RERANKER", "reranker.query": "q", "reranker.input_documents.0.document.content": "a", "reranker.output_documents.0.document.content": "a", "reranker.output_documents.0.document.score": 0.7},
			`json {"documents":[{"content":"a"}],"query":"q"}`, `documents [{"content":"a","score":0.7}]`},
		"LangChain's documents, the score in the metadata":      {attrs{"langsmith.span.kind": "retriever", "gen_ai.completion": `{"outputs":[{"page_content":"a","type":"Document","metadata":{"score":0.9}}]}`}, "", `documents [{"content":"a","score":0.9,"metadata":{"score":0.9}}]`},
		"LangChain's serialised documents":                      {attrs{"openinference.span.kind": "RETRIEVER", "output.value": `{"documents":[{"lc":1,"type":"constructor","id":["langchain_core","documents","Document"],"kwargs":{"pageContent":"a","metadata":{"s":"kb"}}}]}`}, "", `documents [{"content":"a","metadata":{"s":"kb"}}]`},
		"LlamaIndex's nodes, in a plain task":                   {attrs{"traceloop.span.kind": "task", "traceloop.entity.output": `[{"node":{"id_":"n1","text":"a","metadata":{}},"score":0.4}]`}, "", `documents [{"id":"n1","content":"a","score":0.4}]`},
		"Haystack's documents":                                  {attrs{"haystack.component.type": "InMemoryBM25Retriever", "haystack.component.output": `{"documents":[{"id":"h1","content":"a","score":1.5,"meta":{"k":1},"embedding":null}]}`}, "", `documents [{"id":"h1","content":"a","score":1.5,"metadata":{"k":1}}]`},
		"free documents keep what else they say":                {attrs{"langfuse.observation.type": "retriever", "langfuse.observation.output": `[{"id":"a","title":"T","url":"u"}]`}, "", `documents [{"id":"a","metadata":{"title":"T","url":"u"}}]`},
		"a list of something else is none":                      {attrs{"langfuse.observation.type": "retriever", "langfuse.observation.output": `[1,2]`}, "", `json [1,2]`},
		"embeddings keep text and size, not the vector":         {attrs{"openinference.span.kind": "EMBEDDING", "embedding.embeddings.0.embedding.text": "hello", "embedding.embeddings.0.embedding.vector": []any{0.1, 0.2, 0.3, 0.4, 0.5}}, `json ["hello"]`, `json [{"dimensions":5}]`},
		"AI SDK's embeddings in text":                           {attrs{"ai.operationId": "ai.embedMany", "ai.values": []any{`"a"`, `"b"`}, "ai.embeddings": []any{long, long}}, `json ["a","b"]`, `json [{"dimensions":1536},{"dimensions":1536}]`},
		"a vector that some task returned":                      {attrs{"traceloop.span.kind": "task", "traceloop.entity.output": long}, "", `json {"dimensions":1536}`},
		"a vector in an embedding's JSON body":                  {attrs{"openinference.span.kind": "EMBEDDING", "output.value": `{"data":[{"embedding":[0.1,0.2,0.3,0.4]}],"model":"m"}`}, "", `json {"data":[{"embedding":{"dimensions":4}}],"model":"m"}`},
		"LangChain's tool message is opened":                    {attrs{"openinference.span.kind": "TOOL", "output.value": `{"output":{"lc":1,"type":"constructor","id":["langchain_core","messages","ToolMessage"],"kwargs":{"content":"{\"a\":1}","tool_call_id":"c1"}}}`}, "", `json {"a":1}`},
		"the AI SDK's object":                                   {attrs{"ai.operationId": "ai.generateObject", "ai.prompt": `{"system":"s","prompt":"hi"}`, "ai.response.object": `{"a":1}`}, `messages [{"role":"system","parts":[{"type":"text","content":"s"}]},{"role":"user","parts":[{"type":"text","content":"hi"}]}]`, `json {"a":1}`},
		"Langfuse's trace input where the observation has none": {attrs{"langfuse.observation.type": "chain", "langfuse.trace.input": "q"}, `text "q"`, ""},
		"characters that JSON escapes":                          {attrs{"openinference.span.kind": "CHAIN", "input.value": "a\x00<b>\xff"}, `text "a\u0000<b>` + "\uFFFD" + `"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := m.Detail(span(t, "x", test.attrs), nil)
			show := func(kind xray.PayloadKind, raw json.RawMessage) string {
				if kind == xray.PayloadNone {
					return string(raw)
				}
				return string(kind) + " " + string(raw)
			}
			if got := show(d.InputKind, d.Input); got != test.input {
				t.Errorf("input:\n got %s\nwant %s", got, test.input)
			}
			if got := show(d.OutputKind, d.Output); got != test.output {
				t.Errorf("output:\n got %s\nwant %s", got, test.output)
			}
		})
	}
}

func TestOnlyRecordedContentCountsAsPayload(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		attrs attrs
		want  bool
	}{
		"a statement says nothing about items": {attrs{"db.query.text": "SELECT 1"}, false},
		"nor does a request":                   {attrs{"http.request.method": "GET"}, false},
		"a model call without content":         {llm(attrs{"gen_ai.usage.input_tokens": 1}), false},
		"content that was not to be recorded":  {attrs{"genkit:input": "{}", "gen_ai.input.messages": "[]"}, false},
		"an input":                             {attrs{"xray.input": "1"}, true},
		"an output":                            {attrs{"langfuse.observation.output": "x"}, true},
		"flattened messages":                   {attrs{"llm.input_messages.0.message.content": "x"}, true},
	} {
		if got := m.Step(span(t, "x", test.attrs)).HasPayload; got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestToolCalls(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		attrs attrs
		want  string
	}{
		"GenAI":                               {attrs{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": `{"a":1}`, "gen_ai.tool.call.result": "ok"}, `{"id":"c1","name":"f","arguments":{"a":1},"result":"ok"}`},
		"AI SDK":                              {attrs{"ai.operationId": "ai.toolCall", "ai.toolCall.name": "f", "ai.toolCall.id": "c1", "ai.toolCall.args": `{"a":1}`, "ai.toolCall.result": `[1]`}, `{"id":"c1","name":"f","arguments":{"a":1},"result":[1]}`},
		"OpenLLMetry, its wrapping taken off": {attrs{"traceloop.span.kind": "tool", "traceloop.entity.name": "f", "traceloop.entity.input": `{"args":[],"kwargs":{"a":1}}`, "traceloop.entity.output": `"ok"`}, `{"name":"f","arguments":{"a":1},"result":"ok"}`},
		"OpenLLMetry, one plain argument":     {attrs{"traceloop.span.kind": "tool", "traceloop.entity.name": "f", "traceloop.entity.input": `{"args":["Paris"],"kwargs":{}}`}, `{"name":"f","arguments":"Paris"}`},
		"OpenInference":                       {attrs{"openinference.span.kind": "TOOL", "tool.name": "f", "input.value": "Paris", "output.value": `{"a":1}`}, `{"name":"f","arguments":"Paris","result":{"a":1}}`},
		"LangChain's call id in the result":   {attrs{"openinference.span.kind": "TOOL", "tool.name": "f", "output.value": `{"content":"ok","type":"tool","tool_call_id":"c1"}`}, `{"id":"c1","name":"f","result":"ok"}`},
		"Langfuse names the span":             {attrs{"langfuse.observation.type": "tool", "langfuse.observation.input": `{"a":1}`, "langfuse.observation.output": "ok"}, `{"name":"x","arguments":{"a":1},"result":"ok"}`},
		"Pydantic AI of old":                  {attrs{"gen_ai.tool.name": "f", "gen_ai.tool.call.id": "c1", "tool_arguments": `{"a":1}`, "tool_response": "ok"}, `{"id":"c1","name":"f","arguments":{"a":1},"result":"ok"}`},
		"Google ADK":                          {attrs{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f", "gcp.vertex.agent.tool_call_args": `{"a":1}`, "gcp.vertex.agent.tool_response": `{"result":2}`}, `{"name":"f","arguments":{"a":1},"result":{"result":2}}`},
		"LiveKit":                             {attrs{"lk.function_tool.name": "f", "lk.function_tool.id": "c1", "lk.pii.function_tool.arguments": `{"a":1}`, "lk.pii.function_tool.output": "ok"}, `{"id":"c1","name":"f","arguments":{"a":1},"result":"ok"}`},
		"MCP":                                 {attrs{"mcp.method.name": "tools/call", "gen_ai.tool.name": "f", "gen_ai.tool.call.arguments": map[string]any{"a": 1}}, `{"name":"f","arguments":{"a":1}}`},
		"Genkit":                              {attrs{"genkit:type": "action", "genkit:metadata:subtype": "tool", "genkit:name": "f", "genkit:input": `{"a":1}`, "genkit:output": `"ok"`}, `{"name":"f","arguments":{"a":1},"result":"ok"}`},
	} {
		t.Run(name, func(t *testing.T) {
			d := m.Detail(span(t, "x", test.attrs), nil)
			got, err := json.Marshal(d.Tool)
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
	if d := m.Detail(span(t, "x", llm(attrs{"gen_ai.tool.name": "f"})), nil); d.Tool != nil {
		t.Error("a model call that asked for a tool is none")
	}
}

func TestHowTheCallWent(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		attrs     attrs
		finish    string
		streaming bool
		first     time.Duration // below zero: none
		params    string
	}{
		"finish reasons as a list":        {llm(attrs{"gen_ai.response.finish_reasons": []any{"stop", "length"}}), "stop", false, -1, ""},
		"as JSON text (Mastra)":           {llm(attrs{"gen_ai.response.finish_reasons": `["tool_calls"]`}), "tool_calls", false, -1, ""},
		"as bare text (LangSmith)":        {llm(attrs{"gen_ai.response.finish_reasons": "stop"}), "stop", false, -1, ""},
		"in the messages only":            {llm(attrs{"gen_ai.output.messages": `[{"role":"assistant","parts":[],"finish_reason":"length"}]`}), "length", false, -1, ""},
		"Genkit's":                        {attrs{"genkit:metadata:subtype": "model", "genkit:output": `{"finishReason":"stop"}`}, "stop", false, -1, ""},
		"seconds to the first chunk":      {llm(attrs{"gen_ai.response.time_to_first_chunk": 0.25}), "", true, 250 * time.Millisecond, ""},
		"milliseconds of the AI SDK":      {attrs{"ai.operationId": "ai.streamText.doStream", "ai.response.msToFirstChunk": 15.5}, "", true, 15500 * time.Microsecond, ""},
		"a point in time (Langfuse)":      {attrs{"langfuse.observation.type": "generation", "langfuse.observation.completion_start_time": `"` + time.Unix(1_790_000_000, 400_000_000).UTC().Format(time.RFC3339Nano) + `"`}, "", true, 400 * time.Millisecond, ""},
		"a point after the end is none":   {attrs{"langfuse.observation.type": "generation", "langfuse.observation.completion_start_time": "2030-01-01T00:00:00Z"}, "", true, -1, ""},
		"asked to stream":                 {llm(attrs{"gen_ai.request.stream": true}), "", true, -1, ""},
		"asked not to":                    {attrs{"openinference.span.kind": "LLM", "llm.invocation_parameters": `{"stream":false,"temperature":0}`}, "", false, -1, `{"stream":false,"temperature":0}`},
		"parameters of several sources":   {llm(attrs{"gen_ai.request.temperature": 0.5, "gen_ai.request.stop_sequences": []any{"END"}, "ai.settings.maxRetries": 2}), "", false, -1, `{"maxRetries":2,"stop_sequences":["END"],"temperature":0.5}`},
		"parameters without conversation": {attrs{"openinference.span.kind": "LLM", "llm.invocation_parameters": `{"model":"m","messages":[],"tools":[],"top_p":1}`}, "", false, -1, `{"top_p":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			d := m.Detail(span(t, "x", test.attrs), nil)
			if d.FinishReason != test.finish || d.Streaming != test.streaming || string(d.Parameters) != test.params {
				t.Errorf("got %q, streaming %v, parameters %s", d.FinishReason, d.Streaming, d.Parameters)
			}
			if (d.FirstToken == nil) != (test.first < 0) || d.FirstToken != nil && *d.FirstToken != test.first {
				t.Errorf("first token after %v, want %v", d.FirstToken, test.first)
			}
		})
	}
}

func TestPromptTemplates(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		attrs attrs
		want  string
	}{
		"Langfuse":               {attrs{"langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": 4}, `{"name":"p","version":"4"}`},
		"OpenInference":          {attrs{"llm.prompt_template.template": "Hi {x}", "llm.prompt_template.variables": `{"x":"you"}`, "llm.prompt_template.version": "v3"}, `{"version":"v3","template":"Hi {x}","variables":{"x":"you"}}`},
		"OpenLLMetry":            {attrs{"traceloop.prompt.key": "p", "traceloop.prompt.version": 2, "traceloop.prompt.template_variables": `{"x":1}`}, `{"name":"p","version":"2","variables":{"x":1}}`},
		"MLflow's linked prompt": {attrs{"mlflow.linkedPrompts": `[{"name":"p","version":"1"}]`}, `{"name":"p","version":"1"}`},
		"AI SDK with Langfuse":   {attrs{"ai.telemetry.metadata.langfusePrompt": `{"name":"p","version":3}`}, `{"name":"p","version":"3"}`},
		"GenAI":                  {attrs{"gen_ai.prompt.name": "p"}, `{"name":"p"}`},
		"none":                   {attrs{"a": 1}, `null`},
	} {
		got, err := json.Marshal(m.Detail(span(t, "x", test.attrs), nil).Prompt)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, test.want)
		}
	}
}

func TestWhatTheProgramRecordsAboutItems(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	d := m.Detail(span(t, "filter", attrs{
		"xray.reasoning":     "too dear",
		"xray.items.kept":    `[{"key":"a","score":0.5}]`,
		"xray.items.dropped": `[{"key":"b","reason":"price","criterion":{"field":"price","op":"<=","value":100}}]`,
		"xray.criteria":      `[{"field":"price","op":"<=","value":100}]`,
	}), nil)
	got, err := json.Marshal(d.Items)
	want := `{"kept":[{"key":"a","score":0.5}],"dropped":[{"key":"b","reason":"price","criterion":{"field":"price","op":"\u003c=","value":100}}],"criteria":[{"field":"price","op":"\u003c=","value":100}]}`
	if err != nil || string(got) != want || d.Reasoning != "too dear" {
		t.Errorf("got %s %q, %v", got, d.Reasoning, err)
	}
	d = m.Detail(span(t, "filter", attrs{"xray.items.kept": `[{"key":"a"},7]`, "xray.items.dropped": `[{"key":"b"}]`}), nil)
	if d.Items == nil || d.Items.Kept != nil || len(d.Items.Dropped) != 1 {
		t.Errorf("a wrong list must not be half read: %+v", d.Items)
	}
}
