package semconv_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/semconv"
)

// checkMapped holds for every span whatsoever.
func checkMapped(t *testing.T, m *semconv.Mapper, s semconv.Span, logs []plog.LogRecord) {
	t.Helper()
	step, d := m.Step(s), m.Detail(s, logs)
	same := d.Step
	same.HasPayload = step.HasPayload // log records may add to it
	if !reflect.DeepEqual(step, same) {
		t.Errorf("Step and Detail disagree:\n%+v\n%+v", step, d.Step)
	}
	for name, n := range tokenMap(step.Tokens) {
		if n < 0 {
			t.Errorf("%d %s tokens", n, name)
		}
	}
	if step.CostUSD != nil && (*step.CostUSD < 0 || math.IsNaN(*step.CostUSD) || math.IsInf(*step.CostUSD, 0)) {
		t.Errorf("a cost of %v", *step.CostUSD)
	}
	columns := []string{step.Name, step.Service, step.Model, step.Provider, step.Error}
	raws := []json.RawMessage{d.Input, d.Output, d.Attributes, d.Resource, d.Scope.Attributes, d.Parameters}
	if h := step.Hints; h != nil {
		columns = append(columns, h.ExecutionID, h.Name, h.SessionID, h.UserID, h.Environment, h.Release)
		raws = append(raws, h.FinalOutcome)
		for _, v := range h.Metadata {
			raws = append(raws, v)
		}
	}
	for _, text := range columns {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Errorf("%q cannot go into a column", text)
		}
	}
	for _, e := range d.Events {
		raws = append(raws, e.Attributes, e.Body)
	}
	for _, raw := range raws {
		if raw != nil && (!json.Valid(raw) || !utf8.Valid(raw)) {
			t.Errorf("no valid JSON: %q", raw)
		}
	}
	checkKind(t, d.InputKind, d.Input)
	checkKind(t, d.OutputKind, d.Output)
	if _, err := json.Marshal([]any{d.Tool, d.Prompt, d.Items, d.Payload()}); err != nil {
		t.Error(err)
	}
}

func checkKind(t *testing.T, kind xray.PayloadKind, raw json.RawMessage) {
	t.Helper()
	var into any
	switch kind {
	case xray.PayloadMessages:
		into = &[]xray.Message{}
	case xray.PayloadDocuments:
		into = &[]xray.Document{}
	case xray.PayloadText:
		into = new(string)
	case xray.PayloadJSON:
		into = new(json.RawMessage) // 1e999 is JSON, if no float64
	default:
		if raw != nil {
			t.Errorf("a payload of no kind: %s", raw)
		}
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Errorf("this is no %s: %v: %s", kind, err, raw)
	}
}

// FuzzRequest maps whatever decodes as an OTLP request.
func FuzzRequest(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(fixtures, "*", "0001-traces.pb"))
	if err != nil || len(files) == 0 {
		f.Fatal("no recorded requests", err)
	}
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil && len(body) < 64<<10 {
			f.Add(body)
		}
	}
	m := mapper(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		traces, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
		if err != nil {
			return
		}
		for _, s := range spansOf(traces) {
			checkMapped(t, m, s, nil)
		}
	})
}

// FuzzAttributes puts arbitrary texts and numbers under the keys that the
// mapper knows: what no client would send, and some day one will.
func FuzzAttributes(f *testing.F) {
	m := mapper(f)
	keys := m.Keys()
	for i, text := range []string{
		`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}`,
		`[[{"lc":1,"id":["HumanMessage"],"kwargs":{"content":"hi"}}]]`,
		`{"choices":[{"message":null,"delta":{"content":7}}]}`, `{"output":[{"type":"reasoning","summary":[{}]}],"id":1}`,
		`{"contents":[{"parts":[{"functionCall":null}]}],"config":{"systemInstruction":[]}}`, `{"usage":{"inputTokens":-1}}`,
		`[{"node":{"id_":1},"score":"x"}]`, `{"input":{"output":{"input":{"output":{"input":[]}}}}}`, "\"\\ud800\"", "[1e999]", "\x00\xff", `"`, `{"a":1}{"a":2}`, `-1`, `"ERROR"`,
	} {
		f.Add(uint16(i*17), uint16(i*31), text, text, 0.5)
	}
	f.Fuzz(func(t *testing.T, first, second uint16, a, b string, n float64) {
		s := emptySpan(a)
		for i := range uint16(6) {
			s.Span.Attributes().PutStr(keys[int(first+i*i)%len(keys)], a)
			s.Span.Attributes().PutStr(keys[int(second+i*7)%len(keys)], b)
		}
		s.Span.Attributes().PutDouble(keys[int(first^second)%len(keys)], n)
		_ = s.Span.Attributes().PutEmpty(keys[int(second)%len(keys)]).FromRaw([]any{a, n, map[string]any{b: a}})
		s.Span.Status().SetMessage(b)
		record := plog.NewLogRecord()
		record.SetEventName("gen_ai.choice")
		record.Body().SetStr(a)
		event := s.Span.Events().AppendEmpty()
		event.SetName("exception")
		event.Attributes().PutStr("exception.message", a)
		s.Span.SetSpanID(pcommon.SpanID{1})
		checkMapped(t, m, s, []plog.LogRecord{record})
	})
}

func TestRecordedClientsKeepWhatHoldsForEverySpan(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for _, folder := range folders(t) {
		recorded := record(t, folder)
		for i, s := range recorded.spans {
			if i < 200 {
				checkMapped(t, m, s, recorded.logs[xray.SpanID(s.Span.SpanID())])
			}
		}
	}
}
