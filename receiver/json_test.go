package receiver_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver"
)

const (
	traceHex = "0af7651916cd43dd8448eb211c80319c"
	spanHex  = "b7ad6b7169203331"
)

// oneSpan wraps the fields of a span into an OTLP JSON request.
func oneSpan(fields string) string {
	return `{"resourceSpans":[{"scopeSpans":[{"spans":[` + fields + `]}]}]}`
}

func ids() string { return fmt.Sprintf(`"traceId":%q,"spanId":%q`, traceHex, spanHex) }

func TestJSONIsReadInEveryFormThatOTLPAllows(t *testing.T) {
	t.Parallel()
	attribute := func(value string) string { return `{` + ids() + `,"attributes":[{"key":"k","value":` + value + `}]}` }
	first := func(s ptrace.Span) any { v, _ := s.Attributes().Get("k"); return v.AsRaw() }
	tests := map[string]struct {
		span string
		read func(ptrace.Span) any
		want any
	}{
		"64-bit integers as strings":           {attribute(`{"intValue":"9223372036854775807"}`), first, int64(math.MaxInt64)},
		"64-bit integers as numbers":           {attribute(`{"intValue":9223372036854775807}`), first, int64(math.MaxInt64)},
		"the least integer":                    {attribute(`{"intValue":-9223372036854775808}`), first, int64(math.MinInt64)},
		"integers in scientific notation":      {attribute(`{"intValue":1.2e3}`), first, int64(1200)},
		"integers with a fraction of zero":     {attribute(`{"intValue":5.0}`), first, int64(5)},
		"base64 bytes":                         {attribute(`{"bytesValue":"+/8="}`), first, []byte{0xfb, 0xff}},
		"base64 bytes in the URL alphabet":     {attribute(`{"bytesValue":"-_8="}`), first, []byte{0xfb, 0xff}},
		"base64 bytes without padding":         {attribute(`{"bytesValue":"+/8"}`), first, []byte{0xfb, 0xff}},
		"base64 bytes with escaped slashes":    {attribute(`{"bytesValue":"+\/8="}`), first, []byte{0xfb, 0xff}},
		"infinity as a string":                 {attribute(`{"doubleValue":"-Infinity"}`), first, math.Inf(-1)},
		"a double as a string":                 {attribute(`{"doubleValue":"1.5"}`), first, 1.5},
		"a double without a fraction":          {attribute(`{"doubleValue":2}`), first, 2.0},
		"an attribute without a value":         {attribute(`{}`), first, nil},
		"an attribute whose value is null":     {attribute(`null`), first, nil},
		"NUL in a text":                        {attribute(`{"stringValue":"a\u0000b"}`), first, "a\x00b"},
		"snake case field names":               {`{"trace_id":"` + traceHex + `","span_id":"` + spanHex + `","start_time_unix_nano":"7"}`, start, uint64(7)},
		"upper case hex":                       {`{"traceId":"` + strings.ToUpper(traceHex) + `","spanId":"` + strings.ToUpper(spanHex) + `"}`, trace, traceHex},
		"times as strings":                     {`{` + ids() + `,"startTimeUnixNano":"1700000000000000001"}`, start, uint64(1700000000000000001)},
		"times as numbers":                     {`{` + ids() + `,"startTimeUnixNano":1700000000000000001}`, start, uint64(1700000000000000001)},
		"times in scientific notation":         {`{` + ids() + `,"startTimeUnixNano":1.7e18}`, start, uint64(1700000000000000000)},
		"a time that is null":                  {`{` + ids() + `,"startTimeUnixNano":null}`, start, uint64(0)},
		"the latest time":                      {`{` + ids() + `,"startTimeUnixNano":"18446744073709551615"}`, start, uint64(math.MaxUint64)},
		"an enum as number":                    {`{` + ids() + `,"kind":3}`, kind, ptrace.SpanKindClient},
		"an enum by name":                      {`{` + ids() + `,"kind":"SPAN_KIND_CLIENT"}`, kind, ptrace.SpanKindClient},
		"an enum that is null":                 {`{` + ids() + `,"kind":null}`, kind, ptrace.SpanKindUnspecified},
		"a status code by name":                {`{` + ids() + `,"status":{"code":"STATUS_CODE_ERROR"}}`, code, ptrace.StatusCodeError},
		"a status that is null":                {`{` + ids() + `,"status":null}`, code, ptrace.StatusCodeUnset},
		"unknown fields":                       {`{` + ids() + `,"newThing":{"deep":[1,{"x":null}]},"name":"n"}`, name, "n"},
		"an unknown field without a name":      {`{` + ids() + `,"":{"x":1},"name":"n"}`, name, "n"},
		"a name that is null":                  {`{` + ids() + `,"name":null}`, name, ""},
		"a missing parent":                     {`{` + ids() + `}`, parent, ""},
		"an empty parent":                      {`{` + ids() + `,"parentSpanId":""}`, parent, ""},
		"a parent of 16 zeros":                 {`{` + ids() + `,"parentSpanId":"0000000000000000"}`, parent, ""},
		"a parent that is null":                {`{` + ids() + `,"parentSpanId":null}`, parent, ""},
		"dropped counts of zero":               {`{` + ids() + `,"droppedAttributesCount":0,"name":"n"}`, name, "n"},
		"a link whose trace state is null":     {`{` + ids() + `,"links":[{` + ids() + `,"traceState":null}],"name":"n"}`, name, "n"},
		"null among attributes":                {`{` + ids() + `,"attributes":[null],"name":"n"}`, name, "n"},
		"a name with an escaped surrogate":     {`{` + ids() + `,"name":"\ud83d\ude00"}`, name, "😀"},
		"blanks and line ends between members": {"{ " + ids() + " ,\r\n\t\"name\" : \"n\" }", name, "n"},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{})
			if rec := h.post(t, "/v1/traces", []byte(oneSpan(tt.span)), "Content-Type", "application/json"); rec.Code != http.StatusOK || rec.Body.String() != "{}" {
				t.Fatalf("answered %d %s", rec.Code, rec.Body)
			}
			got := tt.read(h.onlySpan(t))
			if fmt.Sprintf("%T %#v", got, got) != fmt.Sprintf("%T %#v", tt.want, tt.want) {
				t.Errorf("read %#v, want %#v", got, tt.want)
			}
		})
	}
}

func trace(s ptrace.Span) any  { return s.TraceID().String() }
func start(s ptrace.Span) any  { return uint64(s.StartTimestamp()) }
func kind(s ptrace.Span) any   { return s.Kind() }
func code(s ptrace.Span) any   { return s.Status().Code() }
func name(s ptrace.Span) any   { return s.Name() }
func parent(s ptrace.Span) any { return s.ParentSpanID().String() }

// onlySpan is the one span that was stored.
func (h *house) onlySpan(t testing.TB) ptrace.Span {
	t.Helper()
	segments := h.sink.segments(xray.SignalTraces)
	if len(segments) != 1 || segments[0].Records != 1 {
		t.Fatalf("stored %d segments", len(segments))
	}
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(segments[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	return td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
}

func TestJSONThatMeansNothingIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"nothing":                     ``,
		"no JSON":                     `resourceSpans`,
		"cut off":                     `{"resourceSpans":[{`,
		"something after the end":     `{"resourceSpans":[]} {}`,
		"a list":                      `[]`,
		"a text where a list belongs": `{"resourceSpans":"x"}`,
		"a name that is a number":     oneSpan(`{` + ids() + `,"name":5}`),
		"an integer out of range":     oneSpan(`{` + ids() + `,"startTimeUnixNano":"18446744073709551616"}`),
		"an enum of no known name":    oneSpan(`{` + ids() + `,"kind":"SPAN_KIND_ODD"}`),
		"bytes that are not base64":   oneSpan(`{` + ids() + `,"attributes":[{"key":"k","value":{"bytesValue":"!"}}]}`),
		"nested without end":          strings.Repeat(`{"resourceSpans":[`, 200_000),
		"nested 20,000 deep":          strings.Repeat(`[`, 20_000) + strings.Repeat(`]`, 20_000),
	}
	for what, body := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{})
			rec := h.post(t, "/v1/traces", []byte(body), "Content-Type", "application/json")
			if rec.Code != http.StatusBadRequest {
				t.Errorf("answered %d %.200s, want 400", rec.Code, rec.Body)
			}
			if n := len(h.sink.batches); n != 0 {
				t.Errorf("%d batches stored", n)
			}
		})
	}
}

func TestAnUnusableIDInJSONRefusesItsSpanOnly(t *testing.T) {
	t.Parallel()
	good := `{` + ids() + `,"name":"good"}`
	tests := map[string]string{
		"a trace id that is too short":   `{"traceId":"0af7","spanId":"` + spanHex + `"}`,
		"a trace id of zeros":            `{"traceId":"00000000000000000000000000000000","spanId":"` + spanHex + `"}`,
		"no trace id":                    `{"spanId":"` + spanHex + `"}`,
		"no span id":                     `{"traceId":"` + traceHex + `"}`,
		"a span id that is not hex":      `{"traceId":"` + traceHex + `","spanId":"zzzzzzzzzzzzzzzz"}`,
		"a span id that is a number":     `{"traceId":"` + traceHex + `","spanId":17}`,
		"a parent id of the wrong size":  `{` + ids() + `,"parentSpanId":"b7ad"}`,
		"a link with an id out of shape": `{` + ids() + `,"links":[{"traceId":"b7ad","spanId":"` + spanHex + `"}]}`,
	}
	for what, bad := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{})
			rec := h.post(t, "/v1/traces", []byte(oneSpan(bad+","+good)), "Content-Type", "application/json")
			if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"rejectedSpans":"1"`) {
				t.Errorf("answered %d %s", rec.Code, rec.Body)
			}
			if s := h.onlySpan(t); s.Name() != "good" {
				t.Errorf("kept %q", s.Name())
			}
		})
	}
}
