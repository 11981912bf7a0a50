package semconv

// What a span says about its whole execution.

func newSessionTable() *table {
	return &table{concept: "Session or conversation", sources: []source{
		{by: OTel, key: "session.id"},
		{by: Langfuse, key: "langfuse.session.id"},
		{by: GenAI, key: "gen_ai.conversation.id"},
		{by: MLflow, key: "mlflow.trace.session"},
		{by: AISDK, key: "ai.telemetry.metadata.sessionId"},
		{by: AISDK, key: "ai.settings.context.sessionId"},
		{by: Traceloop, key: "traceloop.association.properties.session_id"},
		{by: Traceloop, key: "traceloop.association.properties.conversation_id"},
		{by: Traceloop, key: "traceloop.association.properties.chat_id"},
		{by: Traceloop, key: "traceloop.association.properties.thread_id"},
		// langsmith.trace.session_name is a project, not a session.
		{by: LangSmith, key: "langsmith.metadata.session_id"},
		{by: LangSmith, key: "langsmith.metadata.thread_id"},
		{by: LangSmith, key: "langsmith.metadata.conversation_id"},
		{by: Mastra, key: "mastra.metadata.sessionId"},
		{by: Mastra, key: "mastra.metadata.threadId"},
		{by: Genkit, key: "genkit:sessionId"},
		{by: ADK, key: "gcp.vertex.agent.session_id"},
		{by: OI, key: "metadata", in: "session_id"},
		{by: OI, key: "metadata", in: "thread_id"},
		{by: OI, key: "metadata", in: "conversation_id"},
	}}
}

func newUserTable() *table {
	return &table{concept: "User", sources: []source{
		{by: OTel, key: "user.id"},
		{by: Langfuse, key: "langfuse.user.id"},
		{by: MLflow, key: "mlflow.trace.user"},
		{by: AISDK, key: "ai.telemetry.metadata.userId"},
		{by: AISDK, key: "ai.settings.context.userId"},
		{by: Traceloop, key: "traceloop.association.properties.user_id"},
		{by: LangSmith, key: "langsmith.metadata.user_id"},
		{by: Mastra, key: "mastra.metadata.userId"},
		{by: Mastra, key: "mastra.metadata.resourceId"},
		{by: OI, key: "metadata", in: "user_id"},
		{by: GenAIOld, key: "gen_ai.user"},
		{by: OTel, key: "enduser.id"},
	}}
}

func newTagsTable() *table {
	return &table{concept: "Tags", sources: []source{
		{by: XRay, key: "xray.tags"},
		{by: Langfuse, key: "langfuse.trace.tags"},
		{by: Langfuse, key: "langfuse.tags"},
		{by: OI, key: "tag.tags"},
		{by: AISDK, key: "ai.telemetry.metadata.tags"},
		{by: Logfire, key: "logfire.tags"},
		{by: LangSmith, key: "langsmith.span.tags"},
		{by: Mastra, key: "mastra.tags"},
		{by: Traceloop, key: "traceloop.association.properties.tags"},
	}}
}

// newMetadataTable lists JSON objects and families; all that are there are
// united, the first to name a key wins.
func newMetadataTable() *table {
	return &table{concept: "Metadata", sources: []source{
		{by: XRay, key: "xray.metadata"},
		{by: Langfuse, key: "langfuse.trace.metadata.*"},
		{by: Langfuse, key: "langfuse.trace.metadata"},
		{by: Langfuse, key: "langfuse.metadata"},
		{by: OI, key: "metadata"},
		{by: AISDK, key: "ai.telemetry.metadata.*"},
		{by: AISDK, key: "ai.settings.context.*"},
		{by: MLflow, key: "mlflow.traceTag.*"},
		{by: Traceloop, key: "traceloop.association.properties.*"},
		{by: LangSmith, key: "langsmith.metadata.*"},
		{by: Mastra, key: "mastra.metadata.*"},
	}}
}

func newEnvironmentTable() *table {
	return &table{concept: "Environment (also on the resource)", sources: []source{
		{by: Langfuse, key: "langfuse.environment"},
		{by: OTel, key: "deployment.environment.name"},
		{by: OTel, key: "deployment.environment"},
	}}
}

func newReleaseTable() *table {
	return &table{concept: "Release (also on the resource)", sources: []source{
		{by: Langfuse, key: "langfuse.release"},
		{by: Langfuse, key: "langfuse.version"},
		{by: OTel, key: "service.version"},
	}}
}

// newNameTable names the execution, whichever span says it.
func newNameTable() *table {
	return &table{concept: "Execution name, on any span", sources: []source{
		{by: XRay, key: "xray.execution.name"},
		{by: Langfuse, key: "langfuse.trace.name"},
		{by: MLflow, key: "mlflow.traceName"},
	}}
}

// newRootNameTable names the execution where it stands on the root: on inner
// spans these keys name a part. langsmith.trace.name is not among them: inside
// LangChain it carries the name of an inner run.
func newRootNameTable() *table {
	return &table{concept: "Execution name, on the root span only", sources: []source{
		{by: AISDK, key: "ai.telemetry.functionId"},
		{by: Traceloop, key: "traceloop.entity.name"},
		{by: Traceloop, key: "traceloop.workflow.name"},
		{by: GenAI, key: "gen_ai.agent.name"},
		{by: GenAI, key: "gen_ai.workflow.name"},
		{by: Logfire, key: "logfire.msg"},
	}}
}

// newComponentNameTable names steps whose span name is the same for all of a
// framework's components. Everywhere else the span's name is the step's.
func newComponentNameTable() *table {
	return &table{concept: "Step name, instead of the span's", sources: []source{
		{by: Haystack, key: "haystack.component.name"},
	}}
}

// newExecutionTable is our own attributes about the execution.
func newExecutionTable() *table {
	return &table{concept: "Execution id, outcome, wishes and receipt", sources: []source{
		{by: XRay, key: "xray.execution.id"},
		{by: XRay, key: "xray.execution.outcome"},
		{by: XRay, key: "xray.auto_reasoning"},
		{by: XRay, key: "xray.receipt.started"},
		{by: XRay, key: "xray.receipt.ended"},
		{by: XRay, key: "xray.receipt.dropped"},
		{by: XRay, key: "xray.receipt.cut"},
	}}
}
