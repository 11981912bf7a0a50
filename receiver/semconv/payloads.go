package semconv

// Where inputs and outputs stand. Sources that need more than classify have a
// reader of their own in io.go.

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
