package receiver_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/plog"
	"google.golang.org/grpc/metadata"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/receiver"
)

func withKey(t testing.TB) context.Context {
	return metadata.AppendToOutgoingContext(t.Context(), "x-api-key", ingestKey)
}

func counted(t testing.TB, registry *prometheus.Registry, signal, fate string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "xray_receiver_records_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if labels["signal"] == signal && labels["fate"] == fate {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// The openai instrumentation puts all text into log records, 19 of them, sent
// before their spans and named by the event.name attribute.
func TestMessagesInLogRecordsFindTheirSpans(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	f := tracetest.Load(t, "openai-otel")
	for _, r := range f.Requests {
		if err := r.Send(t.Context(), t, h.target); err != nil {
			t.Fatal(err)
		}
	}
	steps := map[xray.SpanID]bool{}
	for _, s := range h.sink.steps() {
		steps[s.SpanID] = true
	}
	records := 0
	for _, seg := range h.sink.segments(xray.SignalLogs) {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(seg.Data)
		if err != nil {
			t.Fatal(err)
		}
		if ld.LogRecordCount() != seg.Records || len(seg.Logs) != seg.Records {
			t.Errorf("a segment says %d records and %d references, and has %d", seg.Records, len(seg.Logs), ld.LogRecordCount())
		}
		for i, ref := range seg.Logs {
			records++
			if ref.Ordinal != i || !steps[ref.SpanID] {
				t.Errorf("record %d says ordinal %d of span %s", i, ref.Ordinal, ref.SpanID)
			}
		}
	}
	if records != 19 {
		t.Errorf("%d records kept, want 19", records)
	}
	details, err := h.codec.Details(all(h.sink.segments(xray.SignalTraces)), all(h.sink.segments(xray.SignalLogs)))
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	for _, d := range details {
		for _, e := range d.Events {
			if e.Body != nil {
				events++
			}
		}
		if d.ModelCall && d.Type == xray.TypeLLM && d.InputKind != xray.PayloadMessages {
			t.Errorf("step %s %q has no messages from its log records: %q", d.SpanID, d.Name, d.InputKind)
		}
	}
	if events == 0 {
		t.Error("no log record became an event of its step")
	}
}

func TestOnlyLogRecordsThatCompleteAStepAreKept(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	h := open(t, receiver.Options{Registerer: registry})
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	add := func(span byte, eventName, attribute string) {
		r := records.AppendEmpty()
		if span != 0 {
			r.SetTraceID([16]byte{1})
			r.SetSpanID([8]byte{span})
		}
		r.SetEventName(eventName)
		if attribute != "" {
			r.Attributes().PutStr("event.name", attribute)
		}
		r.Body().SetStr("text")
	}
	add(1, "gen_ai.client.inference.operation.details", "")
	add(0, "gen_ai.user.message", "") // of no span
	add(2, "", "gen_ai.choice")
	add(3, "", "")               // an ordinary log line
	add(4, "http.request", "")   // another event
	add(5, "exception", "")      // the new home of exceptions
	add(6, "session.start", "x") // neither
	body, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	if err != nil {
		t.Fatal(err)
	}
	text, err := (&plog.JSONMarshaler{}).MarshalLogs(ld)
	if err != nil {
		t.Fatal(err)
	}
	for kind, body := range map[string][]byte{protobufType: body, jsonType: text} {
		if rec := h.post(t, "/v1/logs", body, "Content-Type", kind); rec.Code != http.StatusOK {
			t.Errorf("%s answered %d %q", kind, rec.Code, rec.Body)
		}
	}
	segments := h.sink.segments(xray.SignalLogs)
	if len(segments) != 1 { // JSON and protobuf are one request
		t.Fatalf("%d segments", len(segments))
	}
	var kept []byte
	for _, ref := range segments[0].Logs {
		kept = append(kept, ref.SpanID[0])
	}
	if string(kept) != "\x01\x02\x05" {
		t.Errorf("kept the records of spans %v", kept)
	}
	if a, i := counted(t, registry, "logs", "accepted"), counted(t, registry, "logs", "ignored"); a != 6 || i != 8 {
		t.Errorf("counted %v accepted and %v ignored, both requests together", a, i)
	}
}
