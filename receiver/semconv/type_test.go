package semconv_test

import (
	"testing"

	"github.com/xraytrace/xray"
)

func TestStepTypes(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		attrs attrs
		want  xray.StepType
		call  bool
	}{
		"our own word goes before all others":                               {attrs{"xray.step.type": "guardrail", "openinference.span.kind": "LLM"}, xray.TypeGuardrail, false},
		"a step of our SDK without a word is a function":                    {attrs{"xray.input": "1"}, xray.TypeFunction, false},
		"an unknown word of ours leaves it to what else is there":           {attrs{"xray.step.type": "thing", "xray.input": "1"}, xray.TypeFunction, false},
		"a root that only speaks for its execution holds the steps":         {attrs{"xray.execution.id": "run-7", "xray.execution.outcome": "1"}, xray.TypeChain, false},
		"a server's span that names the execution is an HTTP step":          {attrs{"xray.execution.id": "run-7", "http.request.method": "POST"}, xray.TypeHTTP, false},
		"OpenInference in lower case":                                       {attrs{"openinference.span.kind": "reranker"}, xray.TypeReranker, true},
		"OpenInference's UNKNOWN asks on":                                   {attrs{"openinference.span.kind": "UNKNOWN", "gen_ai.operation.name": "chat"}, xray.TypeLLM, true},
		"MLflow quotes its words":                                           {attrs{"mlflow.spanType": `"CHAT_MODEL"`}, xray.TypeLLM, true},
		"MLflow's parser":                                                   {attrs{"mlflow.spanType": `"PARSER"`}, xray.TypeParser, false},
		"Langfuse's span with a model is a generation (Python up to 3.3.0)": {attrs{"langfuse.observation.type": "span", "langfuse.observation.model.name": "gpt-4o"}, xray.TypeLLM, true},
		"Langfuse's event is a span":                                        {attrs{"langfuse.observation.type": "event"}, xray.TypeSpan, false},
		"LangSmith's kind goes before its operation name":                   {attrs{"langsmith.span.kind": "retriever", "gen_ai.operation.name": "embeddings"}, xray.TypeRetriever, false},
		"LangSmith's prompt says chat and is none":                          {attrs{"langsmith.span.kind": "prompt", "gen_ai.operation.name": "chat"}, xray.TypePrompt, false},
		"OpenLLMetry's tool":                                                {attrs{"traceloop.span.kind": "tool"}, xray.TypeTool, false},
		"OpenLLMetry of old":                                                {attrs{"llm.request.type": "completion"}, xray.TypeLLM, true},
		"OpenLLMetry's rerank":                                              {attrs{"llm.request.type": "rerank"}, xray.TypeReranker, true},
		"AI SDK's outer call holds the model call":                          {attrs{"ai.operationId": "ai.streamText", "ai.usage.promptTokens": 5}, xray.TypeChain, false},
		"AI SDK's inner call is the model call":                             {attrs{"ai.operationId": "ai.streamObject.doStream"}, xray.TypeLLM, true},
		"AI SDK's embedding":                                                {attrs{"ai.operationId": "ai.embedMany.doEmbed"}, xray.TypeEmbedding, true},
		"AI SDK 7's step":                                                   {attrs{"gen_ai.operation.name": "agent_step"}, xray.TypeChain, false},
		"Mastra's inference is the model call":                              {attrs{"mastra.span.type": "model_inference", "gen_ai.operation.name": "chat"}, xray.TypeLLM, true},
		"Mastra's generation holds inferences":                              {attrs{"mastra.span.type": "model_generation", "gen_ai.operation.name": "model_generation", "gen_ai.request.model": "gpt-4o"}, xray.TypeChain, false},
		"an older Mastra's generation is the model call":                    {attrs{"mastra.span.type": "model_generation", "gen_ai.operation.name": "chat"}, xray.TypeLLM, true},
		"Mastra's workflow parts":                                           {attrs{"mastra.span.type": "workflow_conditional_eval"}, xray.TypeChain, false},
		"Genkit's model":                                                    {attrs{"genkit:type": "action", "genkit:metadata:subtype": "model"}, xray.TypeLLM, true},
		"Genkit's flow step":                                                {attrs{"genkit:type": "flowStep"}, xray.TypeChain, false},
		"Genkit's second tool":                                              {attrs{"genkit:type": "action", "genkit:metadata:subtype": "tool.v2"}, xray.TypeTool, false},
		"Haystack's class names tell":                                       {attrs{"haystack.component.type": "InMemoryBM25Retriever"}, xray.TypeRetriever, false},
		"Haystack's ranker":                                                 {attrs{"haystack.component.type": "TransformersSimilarityRanker"}, xray.TypeReranker, true},
		"Haystack's generator":                                              {attrs{"haystack.component.type": "OpenAIChatGenerator"}, xray.TypeLLM, true},
		"Haystack's embedder":                                               {attrs{"haystack.component.type": "OpenAITextEmbedder"}, xray.TypeEmbedding, true},
		"Haystack's agent run":                                              {attrs{"haystack.agent.max_steps": 100}, xray.TypeAgent, false},
		"GenAI's agent repeats its calls' tokens":                           {attrs{"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 9}, xray.TypeAgent, false},
		"GenAI's memory":                                                    {attrs{"gen_ai.operation.name": "search_memory"}, xray.TypeMemory, false},
		"a word of its own beside a model is a model call":                  {attrs{"gen_ai.operation.name": "poetry", "gen_ai.request.model": "gpt-4o"}, xray.TypeLLM, true},
		"Pydantic AI's older agent run":                                     {attrs{"all_messages_events": "[]", "model_name": "gpt-4o", "gen_ai.usage.input_tokens": 9}, xray.TypeAgent, false},
		"Pydantic AI's older tool":                                          {attrs{"gen_ai.tool.name": "f", "gen_ai.tool.call.id": "c1", "tool_arguments": "{}"}, xray.TypeTool, false},
		"OpenLIT names a tool on the model call that asked for it":          {attrs{"gen_ai.operation.name": "chat", "gen_ai.tool.name": "f", "gen_ai.tool.args": "{}"}, xray.TypeLLM, true},
		"Google ADK's older model call has no operation":                    {attrs{"gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "gemini-2.0-flash", "gcp.vertex.agent.llm_request": "{}"}, xray.TypeLLM, true},
		"Google ADK's tool has an empty model request":                      {attrs{"gen_ai.operation.name": "execute_tool", "gcp.vertex.agent.llm_request": "{}"}, xray.TypeTool, false},
		"LiveKit's tool":                                                    {attrs{"lk.function_tool.name": "f"}, xray.TypeTool, false},
		"MCP's tool call":                                                   {attrs{"mcp.method.name": "tools/call", "gen_ai.tool.name": "f"}, xray.TypeTool, false},
		"MCP's other methods":                                               {attrs{"mcp.method.name": "initialize"}, xray.TypeRPC, false},
		"a model name alone":                                                {attrs{"gen_ai.response.model": "gpt-4o"}, xray.TypeLLM, true},
		"an embedding model's name alone":                                   {attrs{"embedding.model_name": "text-embedding-3-small"}, xray.TypeEmbedding, true},
		"a vector database's query":                                         {attrs{"db.system": "chroma", "db.vector.query.top_k": 3}, xray.TypeRetriever, false},
		"a database over HTTP is a database":                                {attrs{"db.system.name": "elasticsearch", "http.request.method": "POST"}, xray.TypeDB, false},
		"a queue over RPC is messaging":                                     {attrs{"rpc.system": "aws-api", "messaging.system": "aws_sqs"}, xray.TypeMessaging, false},
		"RPC over HTTP is RPC":                                              {attrs{"rpc.system": "grpc", "http.method": "POST"}, xray.TypeRPC, false},
		"HTTP of old":                                                       {attrs{"http.method": "GET"}, xray.TypeHTTP, false},
		"a route alone is a part of the handler":                            {attrs{"http.route": "/x"}, xray.TypeSpan, false},
		"nothing that we know":                                              {attrs{"a": "b"}, xray.TypeSpan, false},
		"nothing at all":                                                    {nil, xray.TypeSpan, false},
	} {
		t.Run(name, func(t *testing.T) {
			step := m.Step(span(t, "x", test.attrs))
			if step.Type != test.want || step.ModelCall != test.call {
				t.Errorf("got %s, model call %v; want %s, %v", step.Type, step.ModelCall, test.want, test.call)
			}
		})
	}
}

func TestNeitherScopeNorNameDecides(t *testing.T) {
	t.Parallel()
	s := span(t, "chat gpt-4o", nil)
	s.Scope.SetName("@traceloop/instrumentation-openai")
	if got := mapper(t).Step(s); got.Type != xray.TypeSpan {
		t.Errorf("a span without attributes is a %s", got.Type)
	}
}

func TestModelsAndProviders(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		attrs                    attrs
		model, request, provider string
	}{
		"the response's model goes before the request's":      {attrs{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024-08-06"}, "gpt-4o-2024-08-06", "gpt-4o", ""},
		"the AI SDK names the API with the provider":          {attrs{"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gpt-4o", "gen_ai.system": "openai.chat"}, "gpt-4o", "gpt-4o", "openai"},
		"the AI SDK's Google":                                 {attrs{"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gemini-2.5-pro", "ai.model.provider": "google.generative-ai"}, "gemini-2.5-pro", "gemini-2.5-pro", "gcp.gemini"},
		"the AI SDK's Vertex":                                 {attrs{"gen_ai.request.model": "gemini-2.5-pro", "gen_ai.system": "google.vertex.chat"}, "gemini-2.5-pro", "gemini-2.5-pro", "gcp.vertex_ai"},
		"a capitalised system of OpenLLMetry":                 {attrs{"gen_ai.request.model": "gpt-4o", "gen_ai.system": "OpenAI"}, "gpt-4o", "gpt-4o", "openai"},
		"a framework is no provider":                          {attrs{"gen_ai.request.model": "gpt-4o", "gen_ai.system": "langchain", "langsmith.metadata.ls_provider": "openai"}, "gpt-4o", "gpt-4o", "openai"},
		"the host goes before the family":                     {attrs{"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.provider": "azure", "llm.system": "openai"}, "gpt-4o", "", "azure.ai.openai"},
		"a tool has no provider, whatever its framework says": {attrs{"openinference.span.kind": "TOOL", "llm.system": "openai"}, "", "", ""},
		"Genkit's plugin and model":                           {attrs{"genkit:metadata:subtype": "model", "genkit:name": "googleai/gemini-2.5-flash"}, "gemini-2.5-flash", "gemini-2.5-flash", "gcp.gemini"},
		"Genkit's flow has a name and no model":               {attrs{"genkit:metadata:subtype": "flow", "genkit:name": "menu/suggest"}, "", "", ""},
		"the request's model in the parameters":               {attrs{"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o-2024", "llm.invocation_parameters": `{"model":"gpt-4o"}`}, "gpt-4o-2024", "gpt-4o", ""},
		"MLflow's model and provider":                         {attrs{"mlflow.spanType": `"LLM"`, "mlflow.llm.model": `"gpt-4o"`, "mlflow.llm.provider": `"openai"`}, "gpt-4o", "", "openai"},
		"Haystack's model in the output":                      {attrs{"haystack.component.type": "OpenAIGenerator", "haystack.component.output": `{"replies":["hi"],"meta":[{"model":"gpt-4o","usage":{"prompt_tokens":3}}]}`}, "gpt-4o", "gpt-4o", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := m.Detail(span(t, "x", test.attrs), nil)
			if d.Model != test.model || d.RequestModel != test.request || d.Provider != test.provider {
				t.Errorf("got %q, asked for %q, of %q; want %q, %q, %q", d.Model, d.RequestModel, d.Provider, test.model, test.request, test.provider)
			}
		})
	}
}
