package receiver_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/mask"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
)

// rules are those of project 7, which the test's keys belong to.
func rules(t testing.TB, all ...xray.MaskRule) *mask.Book {
	t.Helper()
	b := mask.NewBook(nil)
	if err := refresh(t, b, all); err != nil {
		t.Fatal(err)
	}
	return b
}

// refresh makes them the rules of project 7 and returns what is wrong with them.
func refresh(t testing.TB, b *mask.Book, all []xray.MaskRule) error {
	broken, err := b.Refresh(t.Context(), func(context.Context) ([]xray.MaskedProject, error) {
		return []xray.MaskedProject{{ID: 7, Settings: xray.MaskSettings{Rules: all}, Key: []byte("key")}}, nil
	})
	return errors.Join(broken, err)
}

var secrecy = []xray.MaskRule{
	{Preset: xray.MaskEmail, Action: xray.MaskReplace},
	{Preset: xray.MaskCard, Action: xray.MaskHash},
	{Name: "planted", Pattern: `SECRET[0-9]+`, Action: xray.MaskReplace},
	{Name: "field", Fields: []string{"password"}, Action: xray.MaskReplace},
	{Name: "gone", Fields: []string{"gone"}, Action: xray.MaskRemove},
}

const planted = "SECRET4711"

// plant puts the secret everywhere that OTLP has room for a text.
func plant(td ptrace.Traces) {
	rs := td.ResourceSpans().AppendEmpty()
	rs.SetSchemaUrl("https://x/" + planted)
	plantAttributes(rs.Resource().Attributes())
	ss := rs.ScopeSpans().AppendEmpty()
	ss.SetSchemaUrl("https://x/" + planted)
	ss.Scope().SetName("scope " + planted)
	ss.Scope().SetVersion(planted)
	plantAttributes(ss.Scope().Attributes())
	s := ss.Spans().AppendEmpty()
	s.SetTraceID(pcommon.TraceID{1})
	s.SetSpanID(pcommon.SpanID{2})
	s.SetName("step " + planted)
	s.TraceState().FromRaw("k=" + planted)
	s.Status().SetMessage("failed for " + planted)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(noon))
	plantAttributes(s.Attributes())
	e := s.Events().AppendEmpty()
	e.SetName("event " + planted)
	plantAttributes(e.Attributes())
	l := s.Links().AppendEmpty()
	l.SetTraceID(pcommon.TraceID{3})
	l.TraceState().FromRaw("l=" + planted)
	plantAttributes(l.Attributes())
}

func plantAttributes(a pcommon.Map) {
	a.PutStr("text", "a "+planted+" b")
	a.PutStr("json", `{"a":["SECRET\u0034711",{"b":"{\"c\":\"`+planted+`\"}"}]}`)
	a.PutStr(planted, "in the name")
	a.PutStr("db.password", "SECRE"+"T")
	a.PutInt("number", 4111111111111111)
	a.PutDouble("double", 4111111111111111)
	a.PutEmptyBytes("bytes").FromRaw([]byte("\xff" + planted + "\xfe"))
	a.PutStr("gone", "SECRET")
	list := a.PutEmptySlice("list")
	list.AppendEmpty().SetStr(planted)
	inner := list.AppendEmpty().SetEmptyMap()
	inner.PutStr("x", planted)
	inner.PutStr("password", "SECRET")
	inner.PutStr("gone", "SECRET")
	a.PutStr("harmless", "stays")
	a.PutInt("count", 12)
	a.PutBool("yes", true)
}

// hidden fails if anything that was planted is in data.
func hidden(t testing.TB, data []byte) {
	t.Helper()
	for _, secret := range []string{"SECRET", "4111111111111111", `SECRET\u0034`} {
		if at := bytes.Index(data, []byte(secret)); at >= 0 {
			t.Fatalf("%q is in what is stored: %q", secret, data[max(0, at-60):min(len(data), at+60)])
		}
	}
	double := binary.LittleEndian.AppendUint64(nil, math.Float64bits(4111111111111111))
	if bytes.Contains(data, protowire.AppendVarint(nil, 4111111111111111)) || bytes.Contains(data, double) {
		t.Fatal("the card number is stored as a number")
	}
}

// stored is everything that the sink was given, as bytes.
func stored(t testing.TB, m *memory) []byte {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.batches) == 0 {
		t.Fatal("nothing is stored")
	}
	var all bytes.Buffer
	for _, b := range m.batches {
		for _, seg := range b.Segments {
			all.Write(seg.Data)
			if err := json.NewEncoder(&all).Encode(seg.Steps); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all.Bytes()
}

func TestWhatIsMaskedIsStoredNowhereWhicheverWayItCame(t *testing.T) {
	t.Parallel()
	td := ptrace.NewTraces()
	plant(td)
	ld := plog.NewLogs()
	plantLogs(ld)
	logs := plogotlp.NewExportRequestFromLogs(ld)
	logsProto, err := logs.MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	logsJSON, err := logs.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	post := func(path string, body []byte, kind string) func(*house) {
		return func(h *house) {
			if rec := h.post(t, path, body, "Content-Type", kind); rec.Code != http.StatusOK {
				t.Errorf("%s answered %d %s", path, rec.Code, rec.Body)
			}
		}
	}
	for name, send := range map[string]func(*house){
		"protobuf":            post("/v1/traces", encode(t, td, protobufType), protobufType),
		"JSON":                post("/v1/traces", encode(t, td, jsonType), jsonType),
		"Langfuse's path":     post("/api/public/otel/v1/traces", encode(t, td, protobufType), protobufType),
		"LangSmith's path":    post("/otel/v1/traces", encode(t, td, protobufType), protobufType),
		"logs in protobuf":    post("/v1/logs", logsProto, protobufType),
		"logs in JSON":        post("/v1/logs", logsJSON, jsonType),
		"gRPC":                func(h *house) { sendGRPC(t, h, encode(t, td, protobufType)) },
		"without OTel at all": func(h *house) { importPlanted(t, h) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{Masking: rules(t, secrecy...)})
			send(h)
			hidden(t, stored(t, h.sink))
			truthful(t, h)
		})
	}
}

func plantLogs(ld plog.Logs) {
	rl := ld.ResourceLogs().AppendEmpty()
	plantAttributes(rl.Resource().Attributes())
	sl := rl.ScopeLogs().AppendEmpty()
	plantAttributes(sl.Scope().Attributes())
	rec := sl.LogRecords().AppendEmpty()
	rec.SetTraceID(pcommon.TraceID{1})
	rec.SetSpanID(pcommon.SpanID{2})
	rec.SetEventName("gen_ai.choice " + planted)
	rec.SetSeverityText(planted)
	plantAttributes(rec.Body().SetEmptyMap())
	plantAttributes(rec.Attributes())
}

func importPlanted(t *testing.T, h *house) {
	e := seedExecution()
	e.ExecutionID, e.Name = "run of "+planted, planted
	e.Metadata = json.RawMessage(`{"password":"SECRET","a":"` + planted + `"}`)
	e.Steps[0].Input = json.RawMessage(`{"card":4111111111111111,"gone":{"x":"SECRET"}}`)
	e.Steps[1].Reasoning, e.Steps[2].Error = planted, planted
	e.FinalOutcome = json.RawMessage(`"` + planted + `"`)
	first, id, err := h.receiver.Import(t.Context(), shop, e)
	if err != nil || id != "run of [masked:planted]" {
		t.Errorf("id %q, error %v", id, err)
	}
	again, _, err := h.receiver.Import(t.Context(), shop, e)
	if err != nil || again != first || len(h.sink.batches) != 1 {
		t.Errorf("sent again it is %s and not %s, %d batches, error %v", again, first, len(h.sink.batches), err)
	}
	e.ExecutionID = "run of SECRET4712"
	if other, _, err := h.receiver.Import(t.Context(), shop, e); err != nil || other == first {
		t.Errorf("two ids that are masked alike are one execution, error %v", err)
	}
}

// What no rule finds stays as it was, and what is sent again is known.
func TestMaskingChangesNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		td := tracetest.Generate(rt)
		want := tracetest.SpanSet(t, td)
		h := quick(receiver.Options{MaxBody: 1 << 20, Masking: rules(t, xray.MaskRule{Name: "never", Pattern: `never-there-\d{40}`, Fields: []string{"x"}, Action: xray.MaskRemove},
			xray.MaskRule{Name: "no-more", Pattern: `never-there-\d{41}`, Action: xray.MaskHash})})
		for range 2 {
			if rec := h.post(t, "/v1/traces", encode(t, td, protobufType), "Content-Type", protobufType); rec.Code != http.StatusOK {
				rt.Fatalf("answered %d %q", rec.Code, rec.Body)
			}
		}
		if len(h.sink.batches) > 1 {
			rt.Fatal("stored twice")
		}
		truthful(t, h)
		tracetest.RequireEqual(t, want, h.out(t))
	})
}

func TestUnknownFieldsAreNotKeptWhenThereAreRules(t *testing.T) {
	t.Parallel()
	td := ptrace.NewTraces()
	plant(td)
	span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	span.Attributes().Clear()
	body := encode(t, td, protobufType)
	// A field 77 in every message that is one: appended to the outermost two.
	unknown := protowire.AppendString(protowire.AppendTag(nil, 77, protowire.BytesType), planted)
	_, _, n := protowire.ConsumeTag(body)
	inner, _ := protowire.ConsumeBytes(body[n:])
	body = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), append(bytes.Clone(inner), unknown...))
	h := quick(receiver.Options{Masking: rules(t, secrecy...)})
	if rec := h.post(t, "/v1/traces", append(body, unknown...), "Content-Type", protobufType); rec.Code != http.StatusOK {
		t.Fatal(rec.Code, rec.Body)
	}
	hidden(t, stored(t, h.sink))
}

// Nobody may send what could not be masked, and everybody may try again.
func TestNothingIsTakenWhileRulesCannotBeRead(t *testing.T) {
	t.Parallel()
	unread := mask.NewBook(nil)
	broken := mask.NewBook(nil)
	if err := refresh(t, broken, []xray.MaskRule{{Name: "of the future"}}); err == nil {
		t.Fatal("the book takes any rule")
	}
	for name, book := range map[string]*mask.Book{"no rules were read": unread, "the project's rules are broken": broken} {
		h := open(t, receiver.Options{Masking: book})
		td := tracetest.Micro(1)
		rec := h.post(t, "/v1/traces", encode(t, td, protobufType), "Content-Type", protobufType)
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%s: traces are answered %d", name, rec.Code)
		}
		if rec := h.post(t, "/v1/logs", []byte("{}"), "Content-Type", jsonType); rec.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: logs are answered %d", name, rec.Code)
		}
		if _, _, err := h.receiver.Import(t.Context(), shop, seedExecution()); xray.ErrorCode(err) != xray.CodeUnavailable {
			t.Errorf("%s: an import gives %v", name, err)
		}
		if len(h.sink.batches) > 0 {
			t.Errorf("%s: something was stored", name)
		}
	}
	// Another project's broken rules are nobody else's trouble.
	if _, err := broken.Storing(8); err != nil {
		t.Error(err)
	}
}

func sendGRPC(t *testing.T, h *house, body []byte) {
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x-api-key", ingestKey)
	req := ptraceotlp.NewExportRequest()
	if err := req.UnmarshalProto(body); err != nil {
		t.Fatal(err)
	}
	if _, err := ptraceotlp.NewGRPCClient(h.target.GRPC).Export(ctx, req); err != nil {
		t.Error(err)
	}
}

// BenchmarkReceiveMasked is BenchmarkReceive with every preset, a pattern and a
// field to mask, none of which finds anything: what looking costs.
func BenchmarkReceiveMasked(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	all := []xray.MaskRule{{Name: "order", Pattern: `ORD-\d{8}`, Action: xray.MaskHash}, {Name: "pin", Fields: []string{"pin", "user/ssn"}, Action: xray.MaskRemove}}
	for _, p := range xray.MaskPresets() {
		all = append(all, xray.MaskRule{Preset: p, Action: xray.MaskReplace})
	}
	for name, td := range map[string]ptrace.Traces{"micro": tracetest.Micro(512), "llm": tracetest.LLM(64)} {
		for kind, book := range map[string]receiver.Masking{"no rules": rules(b), "rules": rules(b, all...)} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				engine := gin.New()
				receiver.New(nowhere{}, gate{}, semconv.New(nil), receiver.Options{Masking: book}).Routes(engine)
				body := encode(b, td, protobufType)
				b.SetBytes(int64(len(body)))
				report := tracetest.CPUPerSpan(b, td.SpanCount())
				for b.Loop() {
					req := httptest.NewRequest(http.MethodPost, "/v1/traces", bytes.NewReader(body))
					req.Header.Set("Content-Type", protobufType)
					req.Header.Set("X-Api-Key", ingestKey)
					rec := httptest.NewRecorder()
					if engine.ServeHTTP(rec, req); rec.Code != http.StatusOK {
						b.Fatal(rec.Code, rec.Body)
					}
				}
				report()
			})
		}
	}
}
