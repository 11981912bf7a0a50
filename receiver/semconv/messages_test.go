package semconv_test

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/xraytrace/xray"
)

// TestConversations reads every known way to send messages. want is the
// conversation as talk writes it.
func TestConversations(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	oi := func(a attrs) attrs { a["openinference.span.kind"] = "LLM"; return a }
	in := func(json string) attrs { return oi(attrs{"input.value": json}) }
	out := func(json string) attrs { return oi(attrs{"output.value": json}) }
	for name, test := range map[string]struct {
		attrs  attrs
		input  string
		output string
	}{
		"GenAI's current form, with instructions": {llm(attrs{
			"gen_ai.system_instructions": `[{"type":"text","content":"Be brief."}]`,
			"gen_ai.input.messages":      `[{"role":"user","parts":[{"type":"text","content":"hi"},{"type":"uri","modality":"image","uri":"https://x/y.png"}]}]`,
			"gen_ai.output.messages":     `[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"tool_call","id":"c1","name":"f","arguments":{"a":1}}],"finish_reason":"tool_call"}]`,
		}), "system: Be brief. | user: hi [https://x/y.png]", `assistant: [reasoning hm] call f({"a":1}) #c1 (tool_call)`},
		"bare instructions and no messages": {llm(attrs{"gen_ai.system_instructions": "Be brief."}), "system: Be brief.", ""},
		"GenAI as nested values, not text": {llm(attrs{
			"gen_ai.input.messages": []any{map[string]any{"role": "user", "parts": []any{map[string]any{"type": "text", "content": "hi"}}}},
		}), "user: hi", ""},
		"OpenInference's flattened messages, out of order": {oi(attrs{
			"llm.input_messages.1.message.role": "user", "llm.input_messages.1.message.content": "one",
			"llm.input_messages.10.message.role": "user", "llm.input_messages.10.message.content": "ten",
			"llm.input_messages.2.message.role": "assistant", "llm.input_messages.2.message.tool_calls.0.tool_call.id": "c1",
			"llm.input_messages.2.message.tool_calls.0.tool_call.function.name":      "f",
			"llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments": `{"a":1}`,
			"llm.input_messages.3.message.role":                                      "tool", "llm.input_messages.3.message.tool_call_id": "c1", "llm.input_messages.3.message.content": `{"b":2}`,
			"llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.content": "zero",
		}), `system: zero | user: one | assistant: call f({"a":1}) #c1 | tool: result {"b":2} #c1 | user: ten`, ""},
		"OpenInference's contents": {oi(attrs{
			"llm.input_messages.0.message.role":                                       "user",
			"llm.input_messages.0.message.contents.0.message_content.type":            "text",
			"llm.input_messages.0.message.contents.0.message_content.text":            "look",
			"llm.input_messages.0.message.contents.1.message_content.type":            "image",
			"llm.input_messages.0.message.contents.1.message_content.image.image.url": "https://x/y.png",
		}), "user: look [https://x/y.png]", ""},
		"OpenInference's function call of old": {oi(attrs{
			"llm.output_messages.0.message.role":                         "assistant",
			"llm.output_messages.0.message.function_call_name":           "f",
			"llm.output_messages.0.message.function_call_arguments_json": `{"a":1}`,
		}), "", `assistant: call f({"a":1}) #`},
		"OpenInference's completions": {oi(attrs{"llm.prompts.0.prompt.text": "Once", "llm.choices.0.completion.text": "upon"}), "user: Once", "assistant: upon"},
		"a refusal that only the raw body has": {oi(attrs{
			"llm.output_messages.0.message.role": "assistant",
			"output.value":                       `{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"no","role":"assistant"}}]}`,
		}), "", "assistant: [refusal no] (stop)"},
		"OpenLLMetry's flattened messages": {llm(attrs{
			"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi",
			"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.finish_reason": "tool_calls",
			"gen_ai.completion.0.tool_calls.0.id": "c1", "gen_ai.completion.0.tool_calls.0.name": "f", "gen_ai.completion.0.tool_calls.0.arguments": `{"a":1}`,
		}), "user: hi", `assistant: call f({"a":1}) #c1`},
		"OpenLLMetry's content that is JSON in text": {llm(attrs{
			"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": `[{"type":"text","text":"hi"}]`,
		}), `user: [{"type":"text","text":"hi"}]`, ""},
		"AI SDK's parts": {attrs{"ai.operationId": "ai.generateText.doGenerate",
			"ai.prompt.messages":       `[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","image":"https://x/y.png"}]},{"role":"assistant","content":[{"type":"reasoning","text":"hm"},{"type":"tool-call","toolCallId":"c1","toolName":"f","input":{"a":1}}]},{"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","toolName":"f","output":{"type":"error-text","value":"no"}}]}]`,
			"ai.response.text":         "done",
			"ai.response.toolCalls":    `[{"toolCallId":"c2","toolName":"g","input":"{\"b\":2}"}]`,
			"ai.response.reasoning":    "because",
			"ai.response.finishReason": "stop",
		}, `system: s | user: hi [https://x/y.png] | assistant: [reasoning hm] call f({"a":1}) #c1 | tool: result "no" #c1`, `assistant: [reasoning because] done call g({"b":2}) #c2 (stop)`},
		"OpenAI's request and response": {oi(attrs{
			"input.value":  `{"model":"gpt-4o","messages":[{"role":"developer","content":"s"},{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAA"}},{"type":"input_audio","input_audio":{"data":"BBB","format":"wav"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"ok"}]}`,
			"output.value": `{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a","reasoning_content":"r"}},{"index":1,"finish_reason":"length","message":{"role":"assistant","content":"b"}}]}`,
		}), `system: s | user: hi [image/png AAA] [audio/wav BBB] | assistant: call f({"a":1}) #c1 | tool: result "ok" #c1`, "assistant: [reasoning r] a (stop) | assistant: b (length)"},
		"OpenAI's legacy completion": {oi(attrs{"input.value": `{"model":"m","prompt":"Once"}`, "output.value": `{"choices":[{"text":"upon","finish_reason":"stop"}]}`}), "user: Once", "assistant: upon (stop)"},
		"OpenAI's Responses API": {oi(attrs{
			"input.value":  `{"model":"m","instructions":"s","input":[{"role":"user","content":[{"type":"input_text","text":"hi"},{"type":"input_image","image_url":"https://x/y.png"}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"},{"type":"function_call_output","call_id":"c1","output":"{\"b\":2}"}]}`,
			"output.value": `{"id":"resp_1","object":"response","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},{"type":"web_search_call","id":"ws1","action":{"query":"q"}},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"},{"type":"refusal","refusal":"no"}]}]}`,
		}), `system: s | user: hi [https://x/y.png] | assistant: call f({"a":1}) #c1 | tool: result {"b":2} #c1`, "assistant: [reasoning hm] | assistant: [server_tool_call ] | assistant: done [refusal no]"},
		"Anthropic's request and response": {oi(attrs{
			"input.value":  `{"model":"claude","system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"tool_use","id":"c1","name":"f","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"ok"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAA"}}]}]}`,
			"output.value": `{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"done"}],"stop_reason":"end_turn","usage":{"input_tokens":1}}`,
		}), `system: s | user: hi | assistant: [reasoning hm] call f({"a":1}) #c1 | user: result "ok" #c1 [image/png AAA]`, "assistant: done (end_turn)"},
		"Gemini's request and response": {oi(attrs{
			"input.value":  `{"contents":[{"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"AAA"}}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"b":2}}}]}],"systemInstruction":{"parts":[{"text":"s"}]}}`,
			"output.value": `{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"done"}]},"finishReason":"STOP"}]}`,
		}), `system: s | user: hi [image/png AAA] | assistant: call f({"a":1}) # | user: result {"b":2} #`, "assistant: [reasoning hm] done (STOP)"},
		"Google ADK's request and response": {attrs{"gen_ai.request.model": "gemini-2.0-flash",
			"gcp.vertex.agent.llm_request":  `{"model":"gemini-2.0-flash","config":{"system_instruction":"s"},"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
			"gcp.vertex.agent.llm_response": `{"content":{"parts":[{"function_call":{"id":"c1","name":"f","args":{"a":1}}}],"role":"model"},"partial":false}`,
		}, "system: s | user: hi", `assistant: call f({"a":1}) #c1`},
		"LangChain's serialised messages in a batch": {in(`{"messages":[[{"lc":1,"type":"constructor","id":["langchain_core","messages","SystemMessage"],"kwargs":{"content":"s"}},{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"hi"}},{"lc":1,"type":"constructor","id":["langchain_core","messages","AIMessage"],"kwargs":{"content":"","tool_calls":[{"name":"f","args":{"a":1},"id":"c1","type":"tool_call"}]}},{"lc":1,"type":"constructor","id":["langchain_core","messages","ToolMessage"],"kwargs":{"content":"ok","tool_call_id":"c1"}}]]}`),
			`system: s | user: hi | assistant: call f({"a":1}) #c1 | tool: result "ok" #c1`, ""},
		"LangChain's generations":     {out(`{"generations":[[{"text":"done","generationInfo":{"finish_reason":"stop"},"message":{"lc":1,"type":"constructor","id":["langchain_core","messages","AIMessageChunk"],"kwargs":{"content":"done"}}}]]}`), "", "assistant: done (stop)"},
		"LangChain's Python messages": {in(`{"messages":[{"type":"human","content":"hi"},{"type":"ai","content":"yo","tool_calls":[]},{"type":"system","data":{"content":"s"}}]}`), "user: hi | assistant: yo | system: s", ""},
		"Genkit's request and response": {attrs{"genkit:metadata:subtype": "model",
			"genkit:input":  `{"messages":[{"role":"system","content":[{"text":"s"}]},{"role":"user","content":[{"text":"hi"},{"media":{"url":"https://x/y.png","contentType":"image/png"}}]},{"role":"model","content":[{"toolRequest":{"name":"f","ref":"c1","input":{"a":1}}}]},{"role":"tool","content":[{"toolResponse":{"name":"f","ref":"c1","output":"ok"}}]}],"config":{}}`,
			"genkit:output": `{"message":{"role":"model","content":[{"reasoning":"hm"},{"text":"done"}]},"finishReason":"stop","usage":{}}`,
		}, `system: s | user: hi [https://x/y.png] | assistant: call f({"a":1}) #c1 | tool: result "ok" #c1`, "assistant: [reasoning hm] done (stop)"},
		"Pydantic AI's events attribute": {llm(attrs{"events": `[{"event.name":"gen_ai.system.message","content":"s","role":"system","gen_ai.message.index":0},{"event.name":"gen_ai.user.message","content":"hi","role":"user"},{"event.name":"gen_ai.choice","index":0,"message":{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":{"a":1}}}]}}]`}),
			"system: s | user: hi", `assistant: call f({"a":1}) #c1`},
		"Pydantic AI's agent": {attrs{"gen_ai.operation.name": "invoke_agent", "pydantic_ai.all_messages": `[{"role":"user","parts":[{"type":"text","content":"hi"}]},{"role":"assistant","parts":[{"type":"text","content":"yo"}]}]`},
			"user: hi", "assistant: yo"},
		"Mastra's step wraps the request": {attrs{"mastra.span.type": "model_inference", "mastra.model_inference.input": `{"body":{"model":"m","messages":[{"role":"user","content":"hi"}]}}`, "mastra.model_inference.output": `{"text":"yo","toolCalls":[{"toolCallId":"c1","toolName":"f","args":{"a":1}}]}`},
			"user: hi", `assistant: yo call f({"a":1}) #c1`},
		"MLflow's OpenAI bodies": {attrs{"mlflow.spanType": `"CHAT_MODEL"`, "mlflow.spanInputs": `{"model":"m","messages":[{"role":"user","content":"hi"}]}`, "mlflow.spanOutputs": `{"choices":[{"message":{"role":"assistant","content":"yo"},"finish_reason":"stop"}],"object":"chat.completion"}`},
			"user: hi", "assistant: yo (stop)"},
		"Bedrock's converse": {oi(attrs{"input.value": `{"modelId":"m","system":[{"text":"s"}],"messages":[{"role":"user","content":[{"text":"hi"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"c1","name":"f","input":{"a":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"c1","content":[{"text":"ok"}]}}]}]}`}),
			`system: s | user: hi | assistant: call f({"a":1}) #c1 | user: result [{"text":"ok"}] #c1`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := m.Detail(span(t, "x", test.attrs), nil)
			for _, c := range []struct {
				side, want string
				raw        []byte
				kind       xray.PayloadKind
			}{{"input", test.input, d.Input, d.InputKind}, {"output", test.output, d.Output, d.OutputKind}} {
				switch {
				case c.want == "" && c.raw != nil:
					t.Errorf("%s: there is none, got %s", c.side, c.raw)
				case c.want == "":
				case c.kind != xray.PayloadMessages:
					t.Errorf("%s: not read as messages but as %q: %s", c.side, c.kind, c.raw)
				case talk(t, c.raw) != c.want:
					t.Errorf("%s:\n got %s\nwant %s", c.side, talk(t, c.raw), c.want)
				}
			}
			if !d.HasPayload {
				t.Error("the step says that it has no payload")
			}
		})
	}
}

func TestMessagesFromEventsAndLogs(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	call := map[string]any{"tool_calls": []any{map[string]any{"id": "c1", "type": "function", "function": map[string]any{"name": "f", "arguments": `{"a":1}`}}}}

	t.Run("log records of 1.28 to 1.36, named by attribute or by EventName", func(t *testing.T) {
		d := m.Detail(span(t, "x", llm(nil)), []plog.LogRecord{
			logRecord(t, "", "gen_ai.system.message", map[string]any{"content": "s"}, nil),
			logRecord(t, "gen_ai.user.message", "", map[string]any{"content": "hi"}, nil),
			logRecord(t, "", "gen_ai.assistant.message", call, nil),
			logRecord(t, "", "gen_ai.tool.message", map[string]any{"id": "c1", "content": "ok"}, nil),
			logRecord(t, "", "gen_ai.choice", map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"content": "done"}}, nil),
		})
		want := `system: s | user: hi | assistant: call f({"a":1}) #c1 | tool: result "ok" #c1`
		if got := talk(t, d.Input); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := talk(t, d.Output); got != "assistant: done (stop)" || d.FinishReason != "stop" {
			t.Errorf("got %s, finished %q", got, d.FinishReason)
		}
		if len(d.Events) != 5 || d.Events[0].Name != "gen_ai.system.message" || d.Events[0].Body == nil {
			t.Errorf("the records are not among the events: %+v", d.Events)
		}
		if !d.HasPayload {
			t.Error("the step says that it has no payload")
		}
	})
	t.Run("the operation details, input and output in two records", func(t *testing.T) {
		said := func(role, text string) []any {
			return []any{map[string]any{"role": role, "parts": []any{map[string]any{"type": "text", "content": text}}}}
		}
		d := m.Detail(span(t, "x", llm(attrs{"gen_ai.system_instructions": "s"})), []plog.LogRecord{
			logRecord(t, "gen_ai.client.inference.operation.details", "", nil, attrs{"gen_ai.input.messages": said("user", "hi")}),
			logRecord(t, "gen_ai.client.inference.operation.details", "", nil, attrs{"gen_ai.output.messages": said("assistant", "yo")}),
		})
		if in, out := talk(t, d.Input), talk(t, d.Output); in != "system: s | user: hi" || out != "assistant: yo" {
			t.Errorf("got %s and %s", in, out)
		}
	})
	t.Run("OpenLIT writes JSON text into the records", func(t *testing.T) {
		d := m.Detail(span(t, "x", llm(nil)), []plog.LogRecord{
			logRecord(t, "", "gen_ai.client.inference.operation.details", nil, attrs{"gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`}),
		})
		if in := talk(t, d.Input); in != "user: hi" {
			t.Errorf("got %s", in)
		}
	})
	t.Run("span events with the body flattened", func(t *testing.T) {
		s := withEvent(t, span(t, "x", llm(nil)), "gen_ai.user.message", attrs{"gen_ai.system": "openai", "content": "hi", "role": "user"})
		s = withEvent(t, s, "gen_ai.choice", attrs{"index": 0, "finish_reason": "stop", "message": `{"content":"yo","role":"assistant"}`})
		d := m.Detail(s, nil)
		if in, out := talk(t, d.Input), talk(t, d.Output); in != "user: hi" || out != "assistant: yo (stop)" {
			t.Errorf("got %s and %s", in, out)
		}
	})
	t.Run("span events up to 1.27", func(t *testing.T) {
		s := withEvent(t, span(t, "x", llm(nil)), "gen_ai.content.prompt", attrs{"gen_ai.prompt": `[{"role":"user","content":"hi"}]`})
		s = withEvent(t, s, "gen_ai.content.completion", attrs{"gen_ai.completion": `[{"role":"assistant","content":"yo"}]`})
		d := m.Detail(s, nil)
		if in, out := talk(t, d.Input), talk(t, d.Output); in != "user: hi" || out != "assistant: yo" {
			t.Errorf("got %s and %s", in, out)
		}
	})
	t.Run("what the span carries goes before the records", func(t *testing.T) {
		d := m.Detail(span(t, "x", llm(attrs{"gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"span"}]}]`})), []plog.LogRecord{
			logRecord(t, "", "gen_ai.user.message", map[string]any{"content": "log"}, nil),
		})
		if in := talk(t, d.Input); in != "user: span" {
			t.Errorf("got %s", in)
		}
	})
}
