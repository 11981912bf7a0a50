package semconv

import "github.com/xraytrace/xray"

// The prompt template a call was made from: one table for each of its parts.

func newPromptNameTable() *table {
	return &table{concept: "Prompt template, name", sources: []source{
		{by: Langfuse, key: "langfuse.observation.prompt.name"},
		{by: Langfuse, key: "langfuse.prompt.name"},
		{by: GenAI, key: "gen_ai.prompt.name"},
		{by: OI, key: "prompt.id"},
		{by: Traceloop, key: "traceloop.prompt.key"},
		{by: MLflow, key: "mlflow.linkedPrompts", in: "name"},
		{by: AISDK, key: "ai.telemetry.metadata.langfusePrompt", in: "name"},
	}}
}

func newPromptVersionTable() *table {
	return &table{concept: "Prompt template, version", sources: []source{
		{by: Langfuse, key: "langfuse.observation.prompt.version"},
		{by: Langfuse, key: "langfuse.prompt.version"},
		{by: GenAI, key: "gen_ai.prompt.version"},
		{by: OI, key: "llm.prompt_template.version"},
		{by: Traceloop, key: "traceloop.prompt.version"},
		{by: Traceloop, key: "traceloop.prompt.version_name"},
		{by: MLflow, key: "mlflow.linkedPrompts", in: "version"},
		{by: AISDK, key: "ai.telemetry.metadata.langfusePrompt", in: "version"},
	}}
}

func newPromptTextTable() *table {
	return &table{concept: "Prompt template, text", sources: []source{
		{by: OI, key: "llm.prompt_template.template"},
		{by: Traceloop, key: "traceloop.prompt.template"},
	}}
}

func newPromptVariablesTable() *table {
	return &table{concept: "Prompt template, variables", sources: []source{
		{by: OI, key: "llm.prompt_template.variables"},
		{by: Traceloop, key: "traceloop.prompt.template_variables"},
		{by: LiveKit, key: "gen_ai.prompt.variable"},
	}}
}

// promptTemplate is nil when the span names none.
func (f *found) promptTemplate() *xray.PromptTemplate {
	p := xray.PromptTemplate{
		Name:     clean(f.text(f.v.promptName)),
		Version:  clean(f.text(f.v.promptVersion)),
		Template: clean(f.text(f.v.promptText)),
	}
	for _, id := range f.v.promptVariables.ids {
		if f.has[id] && !isBlank(f.values[id]) {
			p.Variables = jsonOf(f.values[id])
			break
		}
	}
	if p.Name == "" && p.Version == "" && p.Template == "" && p.Variables == nil {
		return nil
	}
	return &p
}
