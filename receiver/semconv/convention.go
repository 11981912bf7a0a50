package semconv

// Convention names who writes an attribute: a specification, or a product
// that has keys of its own.
type Convention string

// The conventions, by the name that docs/conventions.md shows.
const (
	XRay      Convention = "X-Ray"
	GenAI     Convention = "OpenTelemetry GenAI"
	GenAIOld  Convention = "OpenTelemetry GenAI, deprecated"
	OTel      Convention = "OpenTelemetry"
	OI        Convention = "OpenInference"
	Traceloop Convention = "OpenLLMetry"
	AISDK     Convention = "Vercel AI SDK"
	Langfuse  Convention = "Langfuse"
	MLflow    Convention = "MLflow"
	Logfire   Convention = "Logfire, Pydantic AI"
	LangSmith Convention = "LangSmith"
	Mastra    Convention = "Mastra"
	Genkit    Convention = "Genkit"
	OpenLIT   Convention = "OpenLIT"
	Haystack  Convention = "Haystack"
	ADK       Convention = "Google ADK"
	LiveKit   Convention = "LiveKit"
	MCP       Convention = "MCP"
	Sentry    Convention = "Sentry"
)
