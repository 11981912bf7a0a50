package e2e

import "testing"

// spoken is what a client that is not among the recorded ones writes on a span,
// and what is seen of it over the API.
type spoken struct {
	what       string
	attributes map[string]any
	member     string // of the step
	want       string // JSON
}

var spokenWords = []spoken{
	{"GenAI chat", map[string]any{"gen_ai.operation.name": "chat"}, "type", `"llm"`},
	{"GenAI embeddings", map[string]any{"gen_ai.operation.name": "embeddings"}, "type", `"embedding"`},
	{"GenAI retrieval", map[string]any{"gen_ai.operation.name": "retrieval"}, "type", `"retriever"`},
	{"GenAI tool", map[string]any{"gen_ai.operation.name": "execute_tool"}, "type", `"tool"`},
	{"GenAI agent", map[string]any{"gen_ai.operation.name": "invoke_agent"}, "type", `"agent"`},
	{"GenAI workflow", map[string]any{"gen_ai.operation.name": "invoke_workflow"}, "type", `"chain"`},
	{"GenAI memory", map[string]any{"gen_ai.operation.name": "search_memory"}, "type", `"memory"`},
	{"OpenInference reranker", map[string]any{"openinference.span.kind": "RERANKER"}, "type", `"reranker"`},
	{"OpenInference guardrail", map[string]any{"openinference.span.kind": "GUARDRAIL"}, "type", `"guardrail"`},
	{"OpenInference evaluator", map[string]any{"openinference.span.kind": "EVALUATOR"}, "type", `"evaluator"`},
	{"OpenInference prompt", map[string]any{"openinference.span.kind": "PROMPT"}, "type", `"prompt"`},
	{"MLflow parser", map[string]any{"mlflow.spanType": `"PARSER"`}, "type", `"parser"`},
	{"Mastra model call", map[string]any{"mastra.span.type": "model_inference"}, "type", `"llm"`},
	{"Genkit model", map[string]any{"genkit:type": "action", "genkit:metadata:subtype": "model"}, "type", `"llm"`},
	{"Haystack ranker", map[string]any{"haystack.component.type": "TransformersSimilarityRanker"}, "type", `"reranker"`},
	{"HTTP", map[string]any{"http.request.method": "GET"}, "type", `"http"`},
	{"database", map[string]any{"db.system.name": "postgresql"}, "type", `"db"`},
	{"RPC", map[string]any{"rpc.system": "grpc"}, "type", `"rpc"`},
	{"messaging", map[string]any{"messaging.system": "kafka"}, "type", `"messaging"`},
	{"our SDK", map[string]any{"xray.input": `{"q":1}`}, "type", `"function"`},
	{"nobody", map[string]any{"colour": "red"}, "type", `"span"`},

	{"Genkit's state", map[string]any{"genkit:type": "action", "genkit:state": "error"}, "status", `"error"`},
	{"Langfuse's level", map[string]any{"langfuse.observation.type": "tool", "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "no luck"}, "error", `"no luck"`},
	{"Logfire's level", map[string]any{"logfire.span_type": "span", "logfire.level_num": 17}, "status", `"error"`},
	{"Langfuse's warning is no error", map[string]any{"langfuse.observation.type": "tool", "langfuse.observation.level": "WARNING"}, "status", `"ok"`},

	{"cached tokens are part of GenAI's input", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read.input_tokens": 40,
		"gen_ai.usage.output_tokens": 50, "gen_ai.usage.reasoning.output_tokens": 20}, "tokens", `{"input":"60","cacheRead":"40","output":"30","reasoning":"20"}`},
	{"Langfuse's classes are disjoint", map[string]any{"langfuse.observation.type": "generation",
		"langfuse.observation.usage_details": `{"input":12,"output":13,"output_reasoning_tokens":32,"total":57}`}, "tokens", `{"input":"12","output":"13","reasoning":"32"}`},
	{"absent is not zero", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 5}, "tokens", `{"input":"5"}`},
	{"MLflow's cost", map[string]any{"mlflow.spanType": `"LLM"`, "mlflow.llm.cost": `{"total_cost":0.5}`}, "costUsd", `0.5`},
	{"the finish reason of Mastra's JSON", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.response.finish_reasons": `["length"]`}, "finishReason", `"length"`},
	{"messages in JSON", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`}, "inputKind", `"messages"`},
}

// TestWhatClientsMeanIsShown sends one span for each saying.
func TestWhatClientsMeanIsShown(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	trace := madeTrace(3000)
	spans := []made{{id: 1, name: "root", start: 0, end: 1000}}
	for i, word := range spokenWords {
		spans = append(spans, made{id: byte(i + 2), parent: 1, name: word.what, start: i, end: i + 1, attributes: word.attributes})
	}
	postTraces(t, srv.HTTP, request(t, trace, spans...))
	if e := srv.settled(trace.String()); e.Status != "ok" {
		t.Errorf("errors below a calm root made it %s", e.Status)
	}
	for i, word := range spokenWords {
		t.Run(word.what, func(t *testing.T) {
			on := *srv
			on.t = t
			told{trace.String(), hexID(byte(i + 2)), word.member, word.want}.check(&on)
		})
	}
}
