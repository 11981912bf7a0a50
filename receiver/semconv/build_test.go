package semconv_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray/receiver/semconv"
)

// attrs is what a hand-made span carries, in Go values.
type attrs map[string]any

// span makes a span with attributes; parent 03 unless it is made a root.
func span(t testing.TB, name string, a attrs) semconv.Span {
	t.Helper()
	s := emptySpan(name)
	s.Resource.Attributes().Remove("service.version")
	for key, value := range a {
		if err := s.Span.Attributes().PutEmpty(key).FromRaw(value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func root(s semconv.Span) semconv.Span {
	s.Span.SetParentSpanID(pcommon.SpanID{})
	return s
}

func withStatus(s semconv.Span, code ptrace.StatusCode, message string) semconv.Span {
	s.Span.Status().SetCode(code)
	s.Span.Status().SetMessage(message)
	return s
}

func withEvent(t testing.TB, s semconv.Span, name string, a attrs) semconv.Span {
	t.Helper()
	e := s.Span.Events().AppendEmpty()
	e.SetName(name)
	for key, value := range a {
		if err := e.Attributes().PutEmpty(key).FromRaw(value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func logRecord(t testing.TB, eventName, nameAttribute string, body any, a attrs) plog.LogRecord {
	t.Helper()
	r := plog.NewLogRecord()
	r.SetEventName(eventName)
	if nameAttribute != "" {
		r.Attributes().PutStr("event.name", nameAttribute)
	}
	for key, value := range a {
		if err := r.Attributes().PutEmpty(key).FromRaw(value); err != nil {
			t.Fatal(err)
		}
	}
	if body != nil {
		if err := r.Body().FromRaw(body); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// talk writes messages on one line, so that a test shows a conversation as
// people would note it: "user: hi | assistant: call f({"a":1}) #c1".
func talk(t testing.TB, raw json.RawMessage) string {
	t.Helper()
	var messages []struct {
		Role, Name string
		Parts      []struct {
			Type, Content, ID, Name string
			Arguments, Response     json.RawMessage
			MimeType                string `json:"mime_type"`
			URI                     string
		}
		FinishReason string `json:"finish_reason"`
	}
	if err := json.Unmarshal(raw, &messages); err != nil {
		t.Fatalf("not messages: %s", raw)
	}
	var lines []string
	for _, m := range messages {
		line := m.Role + ":"
		for _, p := range m.Parts {
			switch p.Type {
			case "text":
				line += " " + p.Content
			case "tool_call":
				line += " call " + p.Name + "(" + string(p.Arguments) + ") #" + p.ID
			case "tool_call_response":
				line += " result " + string(p.Response) + " #" + p.ID
			case "blob":
				line += " [" + p.MimeType + " " + p.Content + "]"
			case "uri":
				line += " [" + p.URI + "]"
			default:
				line += " [" + p.Type + " " + p.Content + "]"
			}
		}
		if m.FinishReason != "" {
			line += " (" + m.FinishReason + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, " | ")
}
