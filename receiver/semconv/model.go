package semconv

import "strings"

// responseModelTable is where the model that answered stands.
func newResponseModelTable() *table {
	return &table{concept: "Model of the response", sources: []source{
		{by: Langfuse, key: "langfuse.observation.model.name"},
		{by: MLflow, key: "mlflow.llm.model"},
		{by: GenAI, key: "gen_ai.response.model"},
		{by: OI, key: "llm.response.model_name"},
		{by: OI, key: "llm.model_name"}, // of plain calls the response's, of streams the request's
		{by: OI, key: "embedding.model_name"},
		{by: OI, key: "reranker.model_name"},
		{by: AISDK, key: "ai.response.model"},
		{by: Traceloop, key: "llm.response.model"},
		{by: OpenLIT, key: "gen_ai.response.model_name"},
	}}
}

func newRequestModelTable() *table {
	return &table{concept: "Model of the request", sources: []source{
		{by: GenAI, key: "gen_ai.request.model"},
		{by: OI, key: "llm.request.model_name"},
		{by: OI, key: "llm.invocation_parameters", in: "model"},
		{by: OI, key: "llm.invocation_parameters", in: "model_name"},
		{by: AISDK, key: "ai.model.id"},
		{by: LangSmith, key: "langsmith.metadata.ls_model_name"},
		{by: Traceloop, key: "llm.request.model"},
		{by: Genkit, key: "genkit:name"},
		{by: Logfire, key: "model_name"},
		{by: Logfire, key: "request_data", in: "model"},
		{by: ADK, key: "gcp.vertex.agent.llm_request", in: "model"},
		{by: Haystack, key: "haystack.component.output", in: "meta.model"},
		{by: OI, key: "metadata", in: "ls_model_name"},
	}}
}

func newProviderTable() *table {
	return &table{concept: "Provider", sources: []source{
		{by: MLflow, key: "mlflow.llm.provider"},
		{by: GenAI, key: "gen_ai.provider.name"},
		{by: OI, key: "llm.provider"},
		{by: GenAIOld, key: "gen_ai.system"},
		{by: OI, key: "llm.system"},
		{by: AISDK, key: "ai.model.provider"},
		{by: LangSmith, key: "langsmith.metadata.ls_provider"},
		{by: Traceloop, key: "llm.vendor"},
		{by: Genkit, key: "genkit:name"},
		{by: OI, key: "metadata", in: "ls_provider"},
	}}
}

// models returns the model that answered and the one that was asked for; both
// may be "".
func (f *found) models() (response, request string) {
	response = f.text(f.v.responseModel)
	for i, id := range f.v.requestModel.ids {
		if !f.has[id] {
			continue
		}
		s := f.v.requestModel.sources[i]
		name := f.textOf(id, s.in)
		if s.by == Genkit {
			_, name = f.genkitModel(name)
		}
		if name != "" {
			return cleanColumn(response), cleanColumn(name)
		}
	}
	return cleanColumn(response), ""
}

func (f *found) provider() string {
	for i, id := range f.v.provider.ids {
		if !f.has[id] {
			continue
		}
		s := f.v.provider.sources[i]
		name := f.textOf(id, s.in)
		if s.by == Genkit {
			name, _ = f.genkitModel(name)
		}
		if p := providerName(name); p != "" {
			return cleanColumn(p)
		}
	}
	return ""
}

// genkitModel splits plugin/model. genkit:name is the name of every action;
// it is a model's only where the action is one.
func (f *found) genkitModel(name string) (plugin, model string) {
	switch f.text(f.v.genkitSubtype) {
	case "model", "background-model", "embedder", "reranker":
	default:
		return "", ""
	}
	plugin, model, ok := strings.Cut(name, "/")
	if !ok {
		return "", name
	}
	return plugin, model
}

// providerNames are OpenTelemetry's current names for what older versions and
// products write. "" is no provider: a framework's name in its place.
var providerNames = map[string]string{
	"az.ai.openai": "azure.ai.openai", "azure": "azure.ai.openai", "azure_openai": "azure.ai.openai",
	"azure-openai": "azure.ai.openai", "azureopenai": "azure.ai.openai", "az.ai.inference": "azure.ai.inference",
	"vertex_ai": "gcp.vertex_ai", "vertexai": "gcp.vertex_ai", "google_vertexai": "gcp.vertex_ai",
	"google-vertex": "gcp.vertex_ai", "vertex": "gcp.vertex_ai", "google.vertex": "gcp.vertex_ai",
	"gemini": "gcp.gemini", "googleai": "gcp.gemini", "google_genai": "gcp.gemini", "google-genai": "gcp.gemini",
	"google.generative-ai": "gcp.gemini", "google_ai_studio": "gcp.gemini", "google-gla": "gcp.gemini",
	"google": "gcp.gen_ai", "xai": "x_ai", "mistral": "mistral_ai", "mistralai": "mistral_ai",
	"bedrock": "aws.bedrock", "aws": "aws.bedrock", "aws_bedrock": "aws.bedrock", "amazon": "aws.bedrock",
	"amazon-bedrock": "aws.bedrock", "amazon_bedrock": "aws.bedrock", "moonshot": "moonshot_ai",
	"watsonx": "ibm.watsonx.ai", "google-vertexai": "gcp.vertex_ai",
	"langchain": "", "langgraph": "", "llamaindex": "", "llama_index": "", "crewai": "", "haystack": "",
	"mastra": "", "genkit": "", "pydantic-ai": "", "_other": "", "other": "", "unknown": "",
}

// providerName normalises a provider's name. The AI SDK adds the kind of API
// (openai.chat, anthropic.messages), which is cut off where what is left is a
// name of its own.
func providerName(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if known, ok := providerNames[name]; ok {
		return known
	}
	for _, dotted := range []string{"google.vertex", "google.generative-ai"} {
		if strings.HasPrefix(name, dotted) {
			return providerNames[dotted]
		}
	}
	head, tail, ok := strings.Cut(name, ".")
	if !ok {
		return name
	}
	switch tail {
	case "chat", "responses", "completion", "completions", "embedding", "embeddings",
		"messages", "image", "speech", "transcription", "reranking":
		if known, ok := providerNames[head]; ok {
			return known
		}
		return head
	}
	return name
}
