package receiver_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"pgregory.net/rapid"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
)

// Whatever the traces, protobuf and JSON are stored alike, and what comes out
// is what went in.
func TestGeneratedTracesComeOutAsTheyWentIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		td := tracetest.Generate(rt)
		want := tracetest.SpanSet(t, td)
		for _, kind := range []string{protobufType, jsonType} {
			h := quick()
			rec := h.post(t, "/v1/traces", encode(t, td, kind), "Content-Type", kind)
			if rec.Code != http.StatusOK {
				rt.Fatalf("%s answered %d %q", kind, rec.Code, rec.Body)
			}
			if n := len(h.sink.steps()); n != td.SpanCount() {
				rt.Fatalf("%s: %d steps of %d spans", kind, n, td.SpanCount())
			}
			settled(t, h, rec)
			tracetest.RequireEqual(t, want, h.out(t))
		}
	})
}

func encode(t testing.TB, td ptrace.Traces, kind string) []byte {
	t.Helper()
	req := ptraceotlp.NewExportRequestFromTraces(td)
	marshal := req.MarshalProto
	if kind == jsonType {
		marshal = req.MarshalJSON
	}
	body, err := marshal()
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// quick is a house without doors: requests are handed to the handler.
func quick(opts ...receiver.Options) *house {
	gin.SetMode(gin.ReleaseMode)
	mapper := semconv.New(nil)
	h := &house{sink: &memory{}, codec: receiver.Codec{Mapper: mapper}}
	h.receiver = receiver.New(h.sink, gate{}, mapper, append(opts, receiver.Options{MaxBody: 1 << 20})[0])
	return h
}

// settled checks what must hold after any request: an answer that OTLP knows,
// and segments that say the truth about themselves.
func settled(t *testing.T, h *house, rec *httptest.ResponseRecorder) {
	t.Helper()
	switch rec.Code {
	case 200, 400, 401, 403, 404, 405, 413, 415:
	default:
		t.Fatalf("answered %d %q", rec.Code, rec.Body)
	}
	truthful(t, h)
}

// truthful checks that stored segments decode, whole, to what they say of
// themselves; also that the receiver, which decodes only what steps are made
// of, mapped them alike.
func truthful(t *testing.T, h *house) {
	t.Helper()
	traces := h.sink.segments(xray.SignalTraces)
	for _, seg := range traces {
		steps, err := h.codec.Steps(0, seg.Data)
		if err != nil || len(steps) != seg.Records || len(seg.Steps) != seg.Records {
			t.Fatalf("segment of %d records with %d steps decodes to %d, error %v", seg.Records, len(seg.Steps), len(steps), err)
		}
		if !reflect.DeepEqual(steps, seg.Steps) {
			t.Fatalf("the receiver mapped\n%+v\nand the whole spans map to\n%+v", seg.Steps, steps)
		}
		for _, s := range seg.Steps {
			if s.TraceID.IsZero() || s.SpanID.IsZero() {
				t.Fatalf("stored a step without ids: %+v", s)
			}
		}
	}
	var doc bytes.Buffer
	if err := h.codec.JSON(&doc, inTurn(all(traces))); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(doc.Bytes()) {
		t.Fatalf("our JSON is none: %q", doc.String())
	}
	if _, err := h.codec.Details(all(traces), all(h.sink.segments(xray.SignalLogs))); err != nil {
		t.Fatal(err)
	}
}

// acceptedByReference counts the usable spans that pdata finds in a body.
func acceptedByReference(body []byte, kind string) (spans int, ok bool) {
	req := ptraceotlp.NewExportRequest()
	decode := req.UnmarshalProto
	if kind == jsonType {
		decode = req.UnmarshalJSON
	}
	if decode(body) != nil {
		return 0, false
	}
	for _, rs := range req.Traces().ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				if !s.TraceID().IsEmpty() && !s.SpanID().IsEmpty() {
					spans++
				}
			}
		}
	}
	return spans, true
}

func FuzzTraces(f *testing.F) {
	for _, fixture := range tracetest.Fixtures(f) {
		if r := fixture.Requests[0]; r.Signal() == "traces" && len(r.Body) < 2_000 { // small seeds mutate faster
			f.Add(r.Plain(f))
			f.Add(encode(f, r.Traces(f), jsonType))
		}
	}
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range []string{protobufType, jsonType} {
			h := quick()
			rec := h.post(t, "/v1/traces", body, "Content-Type", kind)
			settled(t, h, rec)
			want, ok := acceptedByReference(body, kind)
			if ok && rec.Code == http.StatusOK && len(h.sink.steps()) != want && kind == protobufType {
				t.Fatalf("stored %d spans, pdata finds %d usable", len(h.sink.steps()), want)
			}
		}
	})
}

func FuzzLogs(f *testing.F) {
	r := tracetest.Load(f, "openai-otel").Requests[0]
	f.Add(r.Plain(f))
	f.Add([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"` + traceHex + `","spanId":"` + spanHex + `","eventName":"gen_ai.choice"}]}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range []string{protobufType, jsonType} {
			h := quick()
			settled(t, h, h.post(t, "/v1/logs", body, "Content-Type", kind))
		}
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add(protobufType, "gzip", "Basic "+ingestKey, ingestKey, "shop")
	f.Add(jsonType+"; charset=utf-8", "zstd", "Bearer "+ingestKey, "", "")
	f.Add("", "deflate", basic("a:b"), adminKey, "\x00")
	body := sample(f)
	f.Fuzz(func(t *testing.T, kind, encoding, authorization, key, project string) {
		h := quick()
		req := httptest.NewRequest(http.MethodPost, "/v1/traces", bytes.NewReader(body))
		req.Header = http.Header{
			"Content-Type": {kind}, "Content-Encoding": {encoding}, "Authorization": {authorization},
			"X-Api-Key": {key}, "X-Xray-Project": {project},
		}
		settled(t, h, h.do(req))
	})
}
