package semconv

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

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

// maxExecutionID is the longest client id, in characters (docs/attributes.md).
const maxExecutionID = 256

// hints collects what the span says about its execution; nil if nothing, as
// for most spans.
func (f *found) hints(s Span, step *xray.Step) *xray.ExecutionHints {
	if f.hint {
		h := f.ownHints(step)
		attributes := s.Resource.Attributes()
		h.Environment = firstOf(h.Environment, attributes, f.v.environment)
		h.Release = firstOf(h.Release, attributes, f.v.release)
		if saysNothing(h) { // the keys were there and empty
			return nil
		}
		return h
	}
	if !entersProcess(s.Span) {
		return nil
	}
	attributes := s.Resource.Attributes()
	environment := firstOf("", attributes, f.v.environment)
	release := firstOf("", attributes, f.v.release)
	if environment == "" && release == "" {
		return nil
	}
	return &xray.ExecutionHints{Environment: environment, Release: release}
}

func saysNothing(h *xray.ExecutionHints) bool {
	return h.ExecutionID == "" && h.Name == "" && h.SessionID == "" && h.UserID == "" && h.Environment == "" &&
		h.Release == "" && h.Tags == nil && h.Metadata == nil && h.FinalOutcome == nil && h.Receipt == nil && h.AutoReasoning == nil
}

func (f *found) ownHints(step *xray.Step) *xray.ExecutionHints {
	h := &xray.ExecutionHints{
		Name:        f.executionName(step.ParentID.IsZero()),
		SessionID:   cleanColumn(f.text(f.v.session)),
		UserID:      cleanColumn(f.text(f.v.user)),
		Environment: cleanColumn(f.text(f.v.environment)),
		Release:     cleanColumn(f.text(f.v.release)),
		Tags:        f.list(f.v.tags),
		Metadata:    f.metadata(),
	}
	f.identity(h)
	return h
}

func (f *found) identity(h *xray.ExecutionHints) {
	x := f.v.execution
	if !f.is(x) {
		return
	}
	value := func(i int) (pcommon.Value, bool) { return f.values[x.ids[i]], f.has[x.ids[i]] }
	if v, ok := value(0); ok {
		h.ExecutionID = cut(cleanColumn(plainText(v)), maxExecutionID)
	}
	if v, ok := value(1); ok {
		h.FinalOutcome = strictJSON(v)
	}
	if v, ok := value(2); ok {
		if wish, said := boolOf(v); said {
			h.AutoReasoning = &wish
		}
	}
	var counts [4]int64
	receipt := false
	for i := range counts {
		if v, ok := value(3 + i); ok {
			if n, isNumber := numberOf(v); isNumber && n >= 0 && n <= maxTokens {
				counts[i], receipt = int64(n), true
			}
		}
	}
	if receipt {
		h.Receipt = &xray.Receipt{Started: counts[0], Ended: counts[1], Dropped: counts[2], Cut: counts[3]}
	}
}

func (f *found) executionName(root bool) string {
	name := f.text(f.v.name)
	if name == "" && root {
		name = f.text(f.v.rootName)
	}
	return cleanColumn(name)
}

// metadata unites the metadata sources. Text stays text unless it holds a JSON
// object or array: Langfuse writes nested values so.
func (f *found) metadata() map[string]json.RawMessage {
	var all map[string]json.RawMessage
	add := func(key string, value json.RawMessage) {
		if all == nil {
			all = map[string]json.RawMessage{}
		}
		key = clean(key)
		if _, taken := all[key]; !taken && len(value) > 0 && !isPlumbing(key) {
			all[key] = value
		}
	}
	for i, id := range f.v.metadata.ids {
		if !f.has[id] {
			continue
		}
		if strings.HasSuffix(f.v.metadata.sources[i].key, "*") {
			f.each(id, func(rest string, v pcommon.Value) { add(rest, jsonOf(v)) })
			continue
		}
		for key, value := range f.object(id) {
			add(key, value)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// plumbing is what frameworks write into the metadata for themselves; it
// differs from span to span and says nothing about the run.
var plumbing = []string{"LANGSMITH_", "ls_", "langgraph_", "__pregel", "checkpoint_ns", "usage_metadata", "versions", "revision_id"}

func isPlumbing(key string) bool {
	switch key {
	case "session_id", "thread_id", "conversation_id", "user_id":
		return true // known as session and user already
	}
	for _, p := range plumbing {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// entersProcess reports the spans that speak for their resource: a root, or
// the first span of a service in a trace that came from elsewhere. Saying it
// on every span would cost an allocation each.
func entersProcess(span ptrace.Span) bool {
	const parentIsRemote = 0x300 // SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE | …IS_REMOTE
	return span.ParentSpanID().IsEmpty() ||
		span.Kind() == ptrace.SpanKindServer || span.Kind() == ptrace.SpanKindConsumer ||
		span.Flags()&parentIsRemote == parentIsRemote
}

func firstOf(said string, attributes pcommon.Map, t *table) string {
	if said != "" {
		return said
	}
	for _, s := range t.sources {
		if v, ok := attributes.Get(s.key); ok {
			if text := strings.TrimSpace(plainText(v)); text != "" {
				return cleanColumn(text)
			}
		}
	}
	return ""
}
