package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"pgregory.net/rapid"

	"github.com/xraytrace/xray/internal/tracetest"
)

// TestAnythingOTLPExpressesSurvives sends made-up traces with every type,
// extreme and oddity, by protobuf and by JSON, and reads them in every way that
// the API has.
func TestAnythingOTLPExpressesSurvives(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	generate := rapid.Custom(tracetest.Generate)
	for seed := range 60 {
		td := generate.Example(seed)
		ids := renumber(td, uint64(seed+1))
		req := ptraceotlp.NewExportRequestFromTraces(td)
		kind, marshal := "application/x-protobuf", req.MarshalProto
		if seed%2 == 1 {
			kind, marshal = "application/json", req.MarshalJSON
		}
		body, err := marshal()
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(srv.HTTP+"/v1/traces", kind, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("seed %d as %s: answered %s", seed, kind, resp.Status)
		}
		if td.SpanCount() == 0 {
			continue
		}
		trace := traceNumber(uint64(seed + 1)).String()
		status, raw := srv.call("GET", "/api/executions/"+trace+"/otlp", "")
		if status != http.StatusOK {
			t.Fatalf("seed %d: export answered %d %s", seed, status, raw)
		}
		out, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(raw)
		if err != nil {
			t.Fatalf("seed %d: export is no OTLP JSON: %v", seed, err)
		}
		tracetest.RequireEqual(t, tracetest.SpanSet(t, td), tracetest.SpanSet(t, out))
		for _, path := range append(ids, "", "/steps") {
			if status, raw := srv.call("GET", "/api/executions/"+trace+path, ""); status != http.StatusOK {
				t.Errorf("seed %d: %s answered %d %s", seed, path, status, raw)
			}
		}
	}
	if status, raw := srv.call("GET", "/api/executions?limit=500", ""); status != http.StatusOK {
		t.Errorf("the list answered %d %s", status, raw)
	}
}

// TestWhatIsNotQuiteOTLPIsShownAllTheSame sends what protobuf libraries refuse
// and other clients send: the segment keeps it, and every page opens.
func TestWhatIsNotQuiteOTLPIsShownAllTheSame(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "bad \xff service\x00")
	ss := rs.ScopeSpans().AppendEmpty()
	for _, name := range []string{"bad \xff name", "nul \x00 name", strings.Repeat("long ", 100_000)} {
		s := ss.Spans().AppendEmpty()
		s.SetName(name)
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Status().SetMessage(name)
		for key, value := range map[string]string{
			name: name, "session.id": name, "user.id": name, "gen_ai.request.model": name, "gen_ai.provider.name": name,
			"xray.input": name, "xray.output": `{"a":"\u0000"}`, "xray.execution.outcome": `{"a":"\u0000","b":"\ud800"}`,
			"xray.metadata": `{"\u0000":1}`, "xray.tags": name, "xray.execution.name": name,
		} {
			s.Attributes().PutStr(key, value)
		}
		deep := s.Attributes().PutEmpty("deep")
		for range 400 {
			deep = deep.SetEmptySlice().AppendEmpty()
		}
		e := s.Events().AppendEmpty()
		e.SetName("exception")
		e.Attributes().PutStr("exception.message", name)
	}
	paths := append(renumber(td, 77), "", "/steps", "/otlp")
	body, err := ptraceotlp.NewExportRequestFromTraces(td).MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(srv.HTTP+"/v1/traces", "application/x-protobuf", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("answered %s", resp.Status)
	}
	srv.settled(traceNumber(77).String())
	for _, path := range paths {
		status, raw := srv.call("GET", "/api/executions/"+traceNumber(77).String()+path, "")
		if status != http.StatusOK || !json.Valid(raw) || !utf8.Valid(raw) {
			t.Errorf("%s answered %d %.300s", path, status, raw)
		}
	}
	for _, q := range []string{"", "?limit=1", "?status=error"} {
		if status, raw := srv.call("GET", "/api/executions"+q, ""); status != http.StatusOK || !json.Valid(raw) {
			t.Errorf("the list %q answered %d %.300s", q, status, raw)
		}
	}
}

// renumber makes one trace of td with ids that no other has, and returns the
// paths of its steps.
func renumber(td ptrace.Traces, trace uint64) (paths []string) {
	n := uint64(0)
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				n++
				var id pcommon.SpanID
				binary.BigEndian.PutUint64(id[:], trace<<32|n)
				s.SetTraceID(traceNumber(trace))
				s.SetSpanID(id)
				paths = append(paths, fmt.Sprintf("/steps/%s", id))
			}
		}
	}
	return paths
}

func traceNumber(n uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}
