package semconv

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
)

// newFailureTable is where products say that a step failed, whatever the
// span's status says.
func newFailureTable() *table {
	return &table{concept: "Failure, beside the span's status", sources: []source{
		{by: Langfuse, key: "langfuse.observation.level"},
		{by: Genkit, key: "genkit:state"},
		{by: Logfire, key: "logfire.level_num"},
		{by: LiveKit, key: "lk.function_tool.is_error"},
		{by: AISDK, key: "ai.response.finishReason"},
		{by: OTel, key: "error.type"},
	}}
}

// newErrorTextTable is where the words for it stand, after the status message.
func newErrorTextTable() *table {
	return &table{concept: "Error text, beside status message and exception event", sources: []source{
		{by: Langfuse, key: "langfuse.observation.status_message"},
		{by: Mastra, key: "error.message"},
		{by: OTel, key: "exception.message"},
		{by: Genkit, key: "genkit:error"},
	}}
}

const (
	maxErrorText       = 1024 // bytes (xray.Step.Error)
	logfireErrorLevel  = 17   // Logfire's numbers are OpenTelemetry's severities
	mcpErrorResult     = `"isError":true`
	langChainToolError = `"status":"error"`
)

// outcome says whether the step failed as its client means it, and why.
func (f *found) outcome(span ptrace.Span, step *xray.Step) (xray.Status, string) {
	failed, word := f.failed(span, step)
	if !failed {
		if span.EndTimestamp() == 0 && span.StartTimestamp() != 0 {
			return xray.StatusRunning, "" // Genkit and others send a span when it starts, too
		}
		return xray.StatusOK, ""
	}
	for _, text := range []string{
		span.Status().Message(), f.text(f.v.errorText), exceptionText(span), word, httpStatus(f), f.text(f.v.errorType),
	} {
		if text = strings.TrimSpace(text); text != "" {
			return xray.StatusError, cutBytes(cleanColumn(text), maxErrorText)
		}
	}
	return xray.StatusError, ""
}

// failed decides; word is text that only the deciding source has.
func (f *found) failed(span ptrace.Span, step *xray.Step) (failed bool, word string) {
	if span.Status().Code() == ptrace.StatusCodeError {
		return true, ""
	}
	if len(f.used) == 0 {
		return false, ""
	}
	for i, id := range f.v.failure.ids {
		if f.has[id] && saysFailed(f.v.failure.sources[i], f.values[id]) {
			return true, ""
		}
	}
	// LangSmith leaves the status OK beside the exception. Elsewhere an
	// exception under an OK or unset status was handled.
	if f.is(f.v.langsmithKind) && hasException(span) {
		return true, ""
	}
	if step.Type == xray.TypeTool {
		return f.toolFailed()
	}
	return false, ""
}

func saysFailed(s source, v pcommon.Value) bool {
	switch s.key {
	case "logfire.level_num":
		n, ok := numberOf(v)
		return ok && n >= logfireErrorLevel
	case "lk.function_tool.is_error":
		b, ok := boolOf(v)
		return ok && b
	case "error.type":
		return strings.TrimSpace(plainText(v)) != ""
	}
	return strings.EqualFold(strings.TrimSpace(plainText(v)), "error")
}

// toolFailed finds tools that report their failure as a result, in a calm
// parent: LangChain's ToolMessage with status "error", MCP's isError. Both are
// searched as text; parsing every tool's output would be too dear here.
func (f *found) toolFailed() (bool, string) {
	for _, id := range f.v.toolResult.ids {
		if !f.has[id] || f.values[id].Type() != pcommon.ValueTypeStr {
			continue
		}
		s := f.values[id].Str()
		if strings.Contains(s, mcpErrorResult) ||
			strings.Contains(s, langChainToolError) && strings.Contains(s, "ToolMessage") {
			return true, textOfToolError(s)
		}
	}
	return false, ""
}

func textOfToolError(s string) string {
	raw := jsonOfText(s)
	if m, ok := toolMessageIn(raw); ok {
		return textOfJSON(m.content)
	}
	content := asObject(raw)["content"] // MCP
	if parts, ok := asArray(content); ok && len(parts) > 0 {
		return pickText(asObject(parts[0]), "text")
	}
	return textOfJSON(content)
}

func hasException(span ptrace.Span) bool {
	for _, e := range span.Events().All() {
		if e.Name() == "exception" {
			return true
		}
	}
	return false
}

// exceptionText is the last exception's type and message.
func exceptionText(span ptrace.Span) string {
	text := ""
	for _, e := range span.Events().All() {
		if e.Name() != "exception" {
			continue
		}
		kind, message := attribute(e.Attributes(), "exception.type"), attribute(e.Attributes(), "exception.message")
		if kind == "" {
			kind = attribute(e.Attributes(), "exception.name") // older AI SDKs
		}
		switch {
		case message == "":
			text = kind
		case kind == "" || strings.HasPrefix(message, kind):
			text = message
		default:
			text = kind + ": " + message
		}
	}
	return text
}

func attribute(m pcommon.Map, key string) string {
	v, ok := m.Get(key)
	if !ok {
		return ""
	}
	return strings.TrimSpace(plainText(v))
}

func httpStatus(f *found) string {
	if n, _, ok := f.number(f.v.httpStatus); ok && n >= 400 {
		return strings.TrimSpace("HTTP " + strconv.Itoa(int(n)) + " " + http.StatusText(int(n)))
	}
	return ""
}

// cutBytes shortens text to at most n bytes, at a character's border.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	const ellipsis = "…"
	end := n - len(ellipsis)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + ellipsis
}

// cut shortens text to at most n characters.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
