package semconv_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/semconv"
)

// hinted is what a test compares: the hints as JSON, "null" for none.
func hinted(t *testing.T, m *semconv.Mapper, s semconv.Span) string {
	t.Helper()
	h := m.Step(s).Hints
	if h == nil {
		return "null"
	}
	said := map[string]any{}
	for key, value := range map[string]string{
		"id": h.ExecutionID, "name": h.Name, "session": h.SessionID, "user": h.UserID,
		"environment": h.Environment, "release": h.Release, "outcome": string(h.FinalOutcome),
	} {
		if value != "" {
			said[key] = value
		}
	}
	if h.Tags != nil {
		said["tags"] = h.Tags
	}
	if h.Metadata != nil {
		said["metadata"] = h.Metadata
	}
	if h.Receipt != nil {
		said["receipt"] = h.Receipt
	}
	if h.AutoReasoning != nil {
		said["reason"] = *h.AutoReasoning
	}
	b, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatASpanSaysAboutItsExecution(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for name, test := range map[string]struct {
		span semconv.Span
		want string
	}{
		"nothing": {span(t, "x", attrs{"a": 1}), `null`},
		"our own root": {root(span(t, "x", attrs{"xray.execution.id": "run-7", "xray.execution.name": "movies", "xray.execution.outcome": `{"pick":"Alien"}`,
			"xray.metadata": `{"plan":"pro","n":2}`, "xray.tags": []any{"a", "b"}, "xray.auto_reasoning": false,
			"xray.receipt.started": 5, "xray.receipt.ended": 4, "xray.receipt.dropped": 1, "xray.receipt.cut": 0})),
			`{"id":"run-7","metadata":{"n":2,"plan":"pro"},"name":"movies","outcome":"{\"pick\":\"Alien\"}","reason":false,"receipt":{"started":5,"ended":4,"dropped":1,"cut":0},"tags":["a","b"]}`},
		"an outcome that is no JSON is a text":  {root(span(t, "x", attrs{"xray.execution.outcome": "done"})), `{"outcome":"\"done\""}`},
		"general names":                         {span(t, "x", attrs{"session.id": "s", "user.id": "u"}), `{"session":"s","user":"u"}`},
		"GenAI's conversation":                  {span(t, "x", attrs{"gen_ai.conversation.id": "c"}), `{"session":"c"}`},
		"a numeric session":                     {span(t, "x", attrs{"session.id": 42}), `{"session":"42"}`},
		"LangSmith's session name is a project": {span(t, "x", attrs{"langsmith.trace.session_name": "project"}), `null`},
		"LangSmith's metadata, without its environment": {span(t, "x", attrs{"langsmith.metadata.thread_id": "s", "langsmith.metadata.user_id": "u", "langsmith.metadata.LANGSMITH_TRACING": "true", "langsmith.metadata.ls_provider": "openai", "langsmith.metadata.plan": "pro"}),
			`{"metadata":{"plan":"pro"},"session":"s","user":"u"}`},
		"LangSmith's tags are text with commas": {span(t, "x", attrs{"langsmith.span.tags": "travel, demo"}), `{"tags":["travel","demo"]}`},
		"LangSmith's empty tags say nothing":    {span(t, "x", attrs{"langsmith.span.tags": ""}), `null`},
		"OpenInference's tags are JSON text":    {span(t, "x", attrs{"tag.tags": `["support","beta"]`}), `{"tags":["support","beta"]}`},
		"OpenInference's metadata names session and user": {span(t, "x", attrs{"metadata": `{"thread_id":"s","user_id":"u","langgraph_step":1,"plan":"pro"}`}),
			`{"metadata":{"plan":"pro"},"session":"s","user":"u"}`},
		"OpenLLMetry's properties":                      {span(t, "x", attrs{"traceloop.association.properties.chat_id": "s", "traceloop.association.properties.user_id": "u", "traceloop.association.properties.plan": "pro"}), `{"metadata":{"plan":"pro"},"session":"s","user":"u"}`},
		"the AI SDK's metadata keeps its types":         {span(t, "x", attrs{"ai.telemetry.metadata.sessionId": "s", "ai.telemetry.metadata.tags": []any{"a"}, "ai.telemetry.metadata.seats": 3, "ai.telemetry.metadata.trial": false}), `{"metadata":{"seats":3,"trial":false},"session":"s","tags":["a"]}`},
		"AI SDK 7's context":                            {span(t, "x", attrs{"ai.settings.context.userId": "u", "ai.settings.context.tenant": "acme"}), `{"metadata":{"tenant":"acme"},"user":"u"}`},
		"Langfuse's trace":                              {span(t, "x", attrs{"langfuse.trace.name": "n", "langfuse.trace.tags": []any{"a"}, "langfuse.trace.metadata.nested": `{"a":[1]}`, "langfuse.environment": "prod", "langfuse.release": "r1"}), `{"environment":"prod","metadata":{"nested":{"a":[1]}},"name":"n","release":"r1","tags":["a"]}`},
		"Langfuse's observation metadata is the step's": {span(t, "x", attrs{"langfuse.observation.metadata.attempt": "2"}), `null`},
		"Mastra":                              {span(t, "x", attrs{"mastra.metadata.threadId": "s", "mastra.metadata.resourceId": "u", "mastra.tags": `["a"]`}), `{"session":"s","tags":["a"],"user":"u"}`},
		"MLflow's quoted session":             {span(t, "x", attrs{"mlflow.trace.session": `"s"`, "mlflow.trace.user": `"u"`}), `{"session":"s","user":"u"}`},
		"a function's name on the root":       {root(span(t, "ai.generateText", attrs{"ai.telemetry.functionId": "weather-agent"})), `{"name":"weather-agent"}`},
		"a function's name on an inner span":  {span(t, "ai.generateText", attrs{"ai.telemetry.functionId": "weather-agent"}), `null`},
		"LangSmith's trace name is not asked": {root(span(t, "rag", attrs{"langsmith.span.kind": "llm", "langsmith.trace.name": "ChatOpenAI"})), `null`},
		"a NUL cannot go into a column":       {span(t, "x", attrs{"user.id": "u\x00"}), `{"user":"u` + "\uFFFD" + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := hinted(t, m, test.span); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTheResourceSpeaksThroughTheFirstSpanOfItsService(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	on := func(s semconv.Span) semconv.Span {
		s.Resource.Attributes().PutStr("deployment.environment.name", "prod")
		s.Resource.Attributes().PutStr("service.version", "1.2.3")
		return s
	}
	server, remote := on(span(t, "x", nil)), on(span(t, "x", nil))
	server.Span.SetKind(ptrace.SpanKindServer)
	remote.Span.SetFlags(0x300)
	all := `{"environment":"prod","release":"1.2.3"}`
	for name, test := range map[string]struct {
		span semconv.Span
		want string
	}{
		"a root":                          {on(root(span(t, "x", nil))), all},
		"a server's span":                 {server, all},
		"a span with a remote parent":     {remote, all},
		"a span that says something else": {on(span(t, "x", attrs{"user.id": "u"})), `{"environment":"prod","release":"1.2.3","user":"u"}`},
		"any other span":                  {on(span(t, "x", nil)), `null`},
	} {
		if got := hinted(t, m, test.span); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestAnExecutionIDIsCutAt256Characters(t *testing.T) {
	t.Parallel()
	h := mapper(t).Step(root(span(t, "x", attrs{"xray.execution.id": strings.Repeat("ž", 300)}))).Hints
	if h == nil || h.ExecutionID != strings.Repeat("ž", 256) {
		t.Error("the id is not cut at 256 characters")
	}
}

func TestPendingSpans(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	id := func(b byte) xray.SpanID { return xray.SpanID{b} }
	for name, test := range map[string]struct {
		attrs           attrs
		pending         bool
		forSpan, parent xray.SpanID
	}{
		"Logfire's":                      {attrs{"logfire.span_type": "pending_span", "logfire.pending_parent_id": "0900000000000000", "gen_ai.operation.name": "chat"}, true, id(3), id(9)},
		"Logfire's of a root":            {attrs{"logfire.span_type": "pending_span", "logfire.pending_parent_id": "0000000000000000"}, true, id(3), id(0)},
		"Logfire's real span":            {attrs{"logfire.span_type": "span"}, false, id(0), id(3)},
		"ours":                           {attrs{"xray.pending": true, "xray.pending.span_id": "0300000000000000", "xray.pending.parent_id": "0900000000000000"}, true, id(3), id(9)},
		"ours of a root":                 {attrs{"xray.pending": true, "xray.pending.span_id": "0300000000000000"}, true, id(3), id(0)},
		"ours without ids":               {attrs{"xray.pending": "true"}, true, id(3), id(0)},
		"ours with an id that is none":   {attrs{"xray.pending": true, "xray.pending.span_id": "no", "xray.pending.parent_id": "no"}, true, id(3), id(0)},
		"ours that says that it is none": {attrs{"xray.pending": false}, false, id(0), id(3)},
	} {
		t.Run(name, func(t *testing.T) {
			step := m.Step(span(t, "x", test.attrs))
			if step.Pending != test.pending || step.PendingFor != test.forSpan || step.ParentID != test.parent {
				t.Errorf("got %v for %s under %s", step.Pending, step.PendingFor, step.ParentID)
			}
			if step.Pending && (step.ModelCall || step.Status != xray.StatusRunning) {
				t.Errorf("a pending step counts (%v) or does not run (%s)", step.ModelCall, step.Status)
			}
		})
	}
}
