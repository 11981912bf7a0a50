package semconv_test

import (
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/semconv"
)

func TestErrorsAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	raised := attrs{"exception.type": "ValueError", "exception.message": "no such user"}
	toolMessage := `{"output":{"lc":1,"type":"constructor","id":["langchain_core","messages","ToolMessage"],"kwargs":{"status":"error","content":"Error: no city","tool_call_id":"c1"}}}`
	for name, test := range map[string]struct {
		span semconv.Span
		want xray.Status
		text string
	}{
		"status error with a message":                      {withStatus(span(t, "x", nil), ptrace.StatusCodeError, "boom"), xray.StatusError, "boom"},
		"status error with only an exception":              {withEvent(t, withStatus(span(t, "x", nil), ptrace.StatusCodeError, ""), "exception", raised), xray.StatusError, "ValueError: no such user"},
		"the last exception counts":                        {withEvent(t, withEvent(t, withStatus(span(t, "x", nil), ptrace.StatusCodeError, ""), "exception", attrs{"exception.message": "first"}), "exception", raised), xray.StatusError, "ValueError: no such user"},
		"an exception without a type":                      {withEvent(t, withStatus(span(t, "x", nil), ptrace.StatusCodeError, ""), "exception", attrs{"exception.message": "boom"}), xray.StatusError, "boom"},
		"older AI SDKs name the exception":                 {withEvent(t, withStatus(span(t, "x", nil), ptrace.StatusCodeError, ""), "exception", attrs{"exception.name": "AI_APICallError", "exception.message": "boom"}), xray.StatusError, "AI_APICallError: boom"},
		"only an HTTP status":                              {withStatus(span(t, "x", attrs{"http.response.status_code": 503, "error.type": "503"}), ptrace.StatusCodeError, ""), xray.StatusError, "HTTP 503 Service Unavailable"},
		"only an error type":                               {withStatus(span(t, "x", attrs{"error.type": "timeout"}), ptrace.StatusCodeError, ""), xray.StatusError, "timeout"},
		"nothing but the status":                           {withStatus(span(t, "x", nil), ptrace.StatusCodeError, ""), xray.StatusError, ""},
		"a handled exception under an unset status":        {withEvent(t, span(t, "x", nil), "exception", raised), xray.StatusOK, ""},
		"LangSmith's exception under status ok":            {withEvent(t, withStatus(span(t, "x", attrs{"langsmith.span.kind": "llm"}), ptrace.StatusCodeOk, ""), "exception", raised), xray.StatusError, "ValueError: no such user"},
		"Langfuse's level":                                 {span(t, "x", attrs{"langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "quota exceeded"}), xray.StatusError, "quota exceeded"},
		"Langfuse's warning is none":                       {span(t, "x", attrs{"langfuse.observation.level": "WARNING", "langfuse.observation.status_message": "slow"}), xray.StatusOK, ""},
		"Genkit's state":                                   {span(t, "x", attrs{"genkit:state": "error", "genkit:isFailureSource": true}), xray.StatusError, ""},
		"Genkit's success":                                 {span(t, "x", attrs{"genkit:state": "success"}), xray.StatusOK, ""},
		"Logfire's level":                                  {span(t, "x", attrs{"logfire.level_num": 17}), xray.StatusError, ""},
		"Logfire's warning is none":                        {span(t, "x", attrs{"logfire.level_num": 13}), xray.StatusOK, ""},
		"Mastra's message":                                 {withStatus(span(t, "x", attrs{"error.type": "AGENT_FAILED", "error.message": "no model"}), ptrace.StatusCodeError, ""), xray.StatusError, "no model"},
		"an error type under an unset status":              {span(t, "x", attrs{"error.type": "RateLimitError"}), xray.StatusError, "RateLimitError"},
		"AI SDK's finish reason":                           {span(t, "x", attrs{"ai.operationId": "ai.generateText.doGenerate", "ai.response.finishReason": "error"}), xray.StatusError, ""},
		"a truncated answer is no error":                   {span(t, "x", llm(attrs{"gen_ai.response.finish_reasons": []any{"length"}})), xray.StatusOK, ""},
		"LangChain's failed tool in a calm parent":         {span(t, "x", attrs{"openinference.span.kind": "TOOL", "output.value": toolMessage}), xray.StatusError, "Error: no city"},
		"the same text in a chain is data":                 {span(t, "x", attrs{"openinference.span.kind": "CHAIN", "output.value": toolMessage}), xray.StatusOK, ""},
		"MCP's failed tool":                                {span(t, "x", attrs{"mcp.method.name": "tools/call", "gen_ai.tool.call.result": `{"content":[{"type":"text","text":"no such file"}],"isError":true}`}), xray.StatusError, "no such file"},
		"LiveKit's failed tool":                            {span(t, "x", attrs{"lk.function_tool.name": "f", "lk.function_tool.is_error": true}), xray.StatusError, ""},
		"a calm span":                                      {withStatus(span(t, "x", nil), ptrace.StatusCodeOk, ""), xray.StatusOK, ""},
		"a span that was sent when it started":             {unended(t), xray.StatusRunning, ""},
		"text that is no UTF-8 and holds a NUL is cleaned": {withStatus(span(t, "x", nil), ptrace.StatusCodeError, "a\x00b\xff"), xray.StatusError, "a\uFFFDb\uFFFD"},
	} {
		t.Run(name, func(t *testing.T) {
			step := m.Step(test.span)
			if step.Status != test.want || step.Error != test.text {
				t.Errorf("got %s %q, want %s %q", step.Status, step.Error, test.want, test.text)
			}
		})
	}
}

func unended(t *testing.T) semconv.Span {
	s := span(t, "x", nil)
	s.Span.SetEndTimestamp(0)
	return s
}

func TestErrorTextIsShort(t *testing.T) {
	t.Parallel()
	step := mapper(t).Step(withStatus(span(t, "x", nil), ptrace.StatusCodeError, strings.Repeat("ž", 2000)))
	if len(step.Error) > 1024 || !strings.HasSuffix(step.Error, "ž…") {
		t.Errorf("%d bytes, ending %q", len(step.Error), step.Error[max(0, len(step.Error)-8):])
	}
}
