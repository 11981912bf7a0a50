package semconv

import (
	"strings"

	"github.com/xraytrace/xray"
)

// kind is one source of the step's type and the meaning of its words. The
// products' own words go before gen_ai.operation.name, because LangSmith
// writes "embeddings" there on retrievers and "chat" on prompts. A word that
// says nothing (span, unknown) leaves the question to the next source.
type kind struct {
	by    Convention
	key   string
	words map[string]xray.StepType
	// read is for values that are no closed list; it is asked after words.
	read func(word string) xray.StepType
	// means is the type when the key is there, whatever it says.
	means xray.StepType
}

var kinds = []kind{
	{by: XRay, key: "xray.step.type", words: map[string]xray.StepType{
		"llm": xray.TypeLLM, "embedding": xray.TypeEmbedding, "retriever": xray.TypeRetriever,
		"reranker": xray.TypeReranker, "tool": xray.TypeTool, "agent": xray.TypeAgent,
		"chain": xray.TypeChain, "guardrail": xray.TypeGuardrail, "evaluator": xray.TypeEvaluator,
		"prompt": xray.TypePrompt, "parser": xray.TypeParser, "memory": xray.TypeMemory,
		"function": xray.TypeFunction, "http": xray.TypeHTTP, "db": xray.TypeDB,
		"rpc": xray.TypeRPC, "messaging": xray.TypeMessaging,
	}},
	{by: OI, key: "openinference.span.kind", words: map[string]xray.StepType{
		"llm": xray.TypeLLM, "embedding": xray.TypeEmbedding, "chain": xray.TypeChain,
		"retriever": xray.TypeRetriever, "reranker": xray.TypeReranker, "tool": xray.TypeTool,
		"agent": xray.TypeAgent, "guardrail": xray.TypeGuardrail, "evaluator": xray.TypeEvaluator,
		"prompt": xray.TypePrompt,
	}},
	{by: Langfuse, key: "langfuse.observation.type", words: map[string]xray.StepType{
		"generation": xray.TypeLLM, "embedding": xray.TypeEmbedding, "agent": xray.TypeAgent,
		"tool": xray.TypeTool, "chain": xray.TypeChain, "retriever": xray.TypeRetriever,
		"evaluator": xray.TypeEvaluator, "guardrail": xray.TypeGuardrail,
	}},
	{by: MLflow, key: "mlflow.spanType", words: map[string]xray.StepType{
		"llm": xray.TypeLLM, "chat_model": xray.TypeLLM, "chain": xray.TypeChain,
		"agent": xray.TypeAgent, "tool": xray.TypeTool, "retriever": xray.TypeRetriever,
		"embedding": xray.TypeEmbedding, "reranker": xray.TypeReranker, "parser": xray.TypeParser,
		"memory": xray.TypeMemory, "workflow": xray.TypeChain, "task": xray.TypeChain,
		"guardrail": xray.TypeGuardrail, "evaluator": xray.TypeEvaluator,
	}},
	{by: Traceloop, key: "traceloop.span.kind", words: map[string]xray.StepType{
		"workflow": xray.TypeChain, "task": xray.TypeChain, "agent": xray.TypeAgent, "tool": xray.TypeTool,
	}},
	{by: AISDK, key: "ai.operationId", words: map[string]xray.StepType{
		"ai.toolcall": xray.TypeTool,
	}, read: aiOperation},
	{by: Mastra, key: "mastra.span.type", words: map[string]xray.StepType{
		// A generation holds steps, which hold inferences; only the last is a
		// call to the model, the others repeat its tokens. Older exporters
		// have no inferences: their model_generation says so with the
		// operation name chat, which is asked below.
		"agent_run": xray.TypeAgent, "model_step": xray.TypeChain,
		"model_inference": xray.TypeLLM, "llm_generation": xray.TypeLLM, "model_chunk": xray.TypeSpan,
		"llm_chunk": xray.TypeSpan, "tool_call": xray.TypeTool, "mcp_tool_call": xray.TypeTool,
		"client_tool_call": xray.TypeTool, "provider_tool_call": xray.TypeTool, "workflow_run": xray.TypeChain,
		"processor_run": xray.TypeChain, "scorer_run": xray.TypeEvaluator, "scorer_step": xray.TypeEvaluator,
		"rag_ingestion": xray.TypeChain, "rag_embedding": xray.TypeEmbedding, "rag_retrieval": xray.TypeRetriever,
		"rag_vector_operation": xray.TypeRetriever,
		"memory_operation":     xray.TypeMemory, "generic": xray.TypeSpan,
	}, read: mastraWorkflow},
	{by: Genkit, key: "genkit:metadata:subtype", words: map[string]xray.StepType{
		"model": xray.TypeLLM, "background-model": xray.TypeLLM, "tool": xray.TypeTool,
		"tool.v2": xray.TypeTool, "flow": xray.TypeChain, "agent": xray.TypeAgent,
		"embedder": xray.TypeEmbedding, "retriever": xray.TypeRetriever, "reranker": xray.TypeReranker,
		"evaluator": xray.TypeEvaluator, "prompt": xray.TypePrompt, "executable-prompt": xray.TypePrompt,
		"util": xray.TypeChain, "indexer": xray.TypeChain,
	}},
	{by: Genkit, key: "genkit:type", words: map[string]xray.StepType{
		"flowstep": xray.TypeChain, "flow": xray.TypeChain, "util": xray.TypeChain,
	}},
	{by: LangSmith, key: "langsmith.span.kind", words: map[string]xray.StepType{
		"llm": xray.TypeLLM, "chain": xray.TypeChain, "tool": xray.TypeTool,
		"retriever": xray.TypeRetriever, "embedding": xray.TypeEmbedding,
		"prompt": xray.TypePrompt, "parser": xray.TypeParser,
	}},
	{by: Haystack, key: "haystack.component.type", read: haystackComponent},
	{by: Haystack, key: "haystack.agent.max_steps", means: xray.TypeAgent},
	{by: Haystack, key: "haystack.pipeline.input_data", means: xray.TypeChain},
	{by: Haystack, key: "haystack.pipeline.max_runs_per_component", means: xray.TypeChain},
	{by: GenAI, key: "gen_ai.operation.name", words: map[string]xray.StepType{
		"chat": xray.TypeLLM, "generate_content": xray.TypeLLM, "text_completion": xray.TypeLLM,
		"completion": xray.TypeLLM, "generate": xray.TypeLLM, "fetch_response": xray.TypeLLM,
		"responses": xray.TypeLLM, "message": xray.TypeLLM, "messages": xray.TypeLLM,
		"image_generation": xray.TypeLLM, "audio": xray.TypeLLM, "speech": xray.TypeLLM,
		"embeddings": xray.TypeEmbedding, "embedding": xray.TypeEmbedding,
		"retrieval": xray.TypeRetriever, "retrieve": xray.TypeRetriever,
		"rerank": xray.TypeReranker, "execute_tool": xray.TypeTool,
		"create_agent": xray.TypeAgent, "invoke_agent": xray.TypeAgent, "agent": xray.TypeAgent,
		"invoke_workflow": xray.TypeChain, "plan": xray.TypeChain, "agent_step": xray.TypeChain,
		"workflow_step": xray.TypeChain, "workflow": xray.TypeChain, "chain": xray.TypeChain,
		"task": xray.TypeChain, "step": xray.TypeChain, "framework": xray.TypeChain,
		"model_generation": xray.TypeChain, "model_step": xray.TypeChain,
		"model_chunk": xray.TypeSpan, "vectordb": xray.TypeDB, "execute_task": xray.TypeChain,
		"image": xray.TypeLLM, "mcp_tool_call": xray.TypeTool, "mcp_resource_read": xray.TypeRetriever,
		"mcp_request": xray.TypeRPC, "mcp_response": xray.TypeRPC, "memory": xray.TypeMemory,
		"evaluate": xray.TypeEvaluator, "guardrail": xray.TypeGuardrail, "apply_guardrail": xray.TypeGuardrail,
		"search_memory": xray.TypeMemory, "create_memory": xray.TypeMemory, "update_memory": xray.TypeMemory,
		"upsert_memory": xray.TypeMemory, "delete_memory": xray.TypeMemory,
		"create_memory_store": xray.TypeMemory, "delete_memory_store": xray.TypeMemory,
	}},
	{by: Traceloop, key: "llm.request.type", words: map[string]xray.StepType{
		"chat": xray.TypeLLM, "completion": xray.TypeLLM,
		"embedding": xray.TypeEmbedding, "rerank": xray.TypeReranker,
	}},
	{by: MCP, key: "mcp.method.name", words: map[string]xray.StepType{
		"tools/call": xray.TypeTool, "prompts/get": xray.TypePrompt, "resources/read": xray.TypeRetriever,
	}, read: func(string) xray.StepType { return xray.TypeRPC }},
	{by: Logfire, key: "pydantic_ai.all_messages", means: xray.TypeAgent},
	{by: Logfire, key: "all_messages_events", means: xray.TypeAgent},
	{by: LiveKit, key: "lk.function_tool.name", means: xray.TypeTool},
	{by: LiveKit, key: "lk.generation_id", means: xray.TypeAgent},
	// From here on a type is inferred from what else the span carries.
	{by: OI, key: "embedding.model_name", means: xray.TypeEmbedding},
	{by: OI, key: "reranker.model_name", means: xray.TypeReranker},
	{by: OI, key: "llm.model_name", means: xray.TypeLLM},
	{by: Langfuse, key: "langfuse.observation.model.name", means: xray.TypeLLM},
	{by: GenAI, key: "gen_ai.response.model", means: xray.TypeLLM},
	{by: AISDK, key: "ai.toolCall.name", means: xray.TypeTool},
	{by: GenAI, key: "gen_ai.tool.call.id", means: xray.TypeTool},
	{by: GenAI, key: "gen_ai.tool.name", means: xray.TypeTool},
	{by: OI, key: "tool.name", means: xray.TypeTool},
	{by: GenAI, key: "gen_ai.request.model", means: xray.TypeLLM},
	{by: Traceloop, key: "db.vector.query.top_k", means: xray.TypeRetriever},
	{by: OTel, key: "db.system.name", means: xray.TypeDB},
	{by: OTel, key: "db.system", means: xray.TypeDB},
	{by: OTel, key: "messaging.system", means: xray.TypeMessaging},
	{by: OTel, key: "rpc.system.name", means: xray.TypeRPC},
	{by: OTel, key: "rpc.system", means: xray.TypeRPC},
	{by: OTel, key: "http.request.method", means: xray.TypeHTTP},
	{by: OTel, key: "http.method", means: xray.TypeHTTP},
	{by: OTel, key: "faas.trigger", means: xray.TypeFunction},
	{by: OTel, key: "faas.invoked_name", means: xray.TypeFunction},
	// A step of our SDK without a word about its kind.
	{by: XRay, key: "xray.input", means: xray.TypeFunction},
	{by: XRay, key: "xray.output", means: xray.TypeFunction},
	{by: XRay, key: "xray.reasoning", means: xray.TypeFunction},
	{by: XRay, key: "xray.items.kept", means: xray.TypeFunction},
	{by: XRay, key: "xray.items.dropped", means: xray.TypeFunction},
	{by: XRay, key: "xray.criteria", means: xray.TypeFunction},
	{by: XRay, key: "xray.truncated", means: xray.TypeFunction},
	// A span that only speaks for the execution holds its steps.
	{by: XRay, key: "xray.execution.id", means: xray.TypeChain},
	{by: XRay, key: "xray.execution.name", means: xray.TypeChain},
	{by: XRay, key: "xray.execution.outcome", means: xray.TypeChain},
}

func newTypeTable() *table {
	t := &table{concept: "Step type"}
	for _, k := range kinds {
		t.sources = append(t.sources, source{by: k.by, key: k.key})
	}
	return t
}

func (f *found) stepType() xray.StepType {
	for i, id := range f.v.kind.ids {
		if !f.has[id] {
			continue
		}
		k := &kinds[i]
		if k.means != "" {
			return k.means
		}
		word := strings.ToLower(f.textOf(id, ""))
		if t, ok := k.words[word]; ok {
			return t
		}
		if k.read != nil {
			if t := k.read(word); t != "" {
				return t
			}
		}
	}
	return xray.TypeSpan
}

// aiOperation reads the Vercel AI SDK's operations: the outer ones
// (ai.generateText) hold the calls to the model (….doGenerate).
func aiOperation(word string) xray.StepType {
	switch {
	case strings.HasSuffix(word, ".dogenerate"), strings.HasSuffix(word, ".dostream"):
		return xray.TypeLLM
	case strings.HasSuffix(word, ".doembed"):
		return xray.TypeEmbedding
	case strings.HasSuffix(word, ".dorerank"):
		return xray.TypeReranker
	case strings.HasPrefix(word, "ai."):
		return xray.TypeChain
	}
	return ""
}

func mastraWorkflow(word string) xray.StepType {
	if strings.HasPrefix(word, "workflow_") {
		return xray.TypeChain
	}
	return ""
}

// haystackComponent reads the class name of a component, which by Haystack's
// own rule says what it is.
func haystackComponent(class string) xray.StepType {
	switch {
	case strings.HasSuffix(class, "generator"):
		return xray.TypeLLM
	case strings.HasSuffix(class, "retriever"), strings.HasSuffix(class, "websearch"):
		return xray.TypeRetriever
	case strings.HasSuffix(class, "embedder"):
		return xray.TypeEmbedding
	case strings.HasSuffix(class, "ranker"):
		return xray.TypeReranker
	case strings.HasSuffix(class, "promptbuilder"):
		return xray.TypePrompt
	case strings.HasSuffix(class, "toolinvoker"):
		return xray.TypeTool
	case class == "agent":
		return xray.TypeAgent
	case strings.HasSuffix(class, "evaluator"):
		return xray.TypeEvaluator
	case strings.HasSuffix(class, "parser"), strings.HasSuffix(class, "answerbuilder"):
		return xray.TypeParser
	}
	return xray.TypeChain
}

// isModelCall says whether a step's tokens and cost count in totals. Steps
// that hold model calls and repeat their usage have another type already.
func isModelCall(t xray.StepType) bool {
	return t == xray.TypeLLM || t == xray.TypeEmbedding || t == xray.TypeReranker
}
