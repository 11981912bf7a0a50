package receiver_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/receiver"
)

const smallLimit = 64 << 10

func TestBodiesOverTheLimitAreTooLarge(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 4<<20)
	noise := bytes.Repeat([]byte("0123456789abcdef"), smallLimit/16+1)
	tests := map[string]struct {
		body   []byte
		header []string
		want   int
	}{
		"plain":                            {noise, nil, 413},
		"just within the limit":            {noise[:smallLimit], nil, 400}, // read whole, and no protobuf
		"a gzip bomb":                      {gzipped(t, zeros), []string{"Content-Encoding", "gzip"}, 413},
		"a zstd bomb":                      {zstded(t, zeros), []string{"Content-Encoding", "zstd"}, 413},
		"a deflate bomb":                   {zlibbed(t, zeros), []string{"Content-Encoding", "deflate"}, 413},
		"a bomb in a bomb":                 {gzipped(t, gzipped(t, zeros)), []string{"Content-Encoding", "gzip"}, 400},
		"a zstd frame with a giant window": {giantWindow, []string{"Content-Encoding", "zstd"}, 400},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{MaxBody: smallLimit})
			header := append([]string{"Content-Type", protobufType}, tt.header...)
			if rec := h.post(t, "/v1/traces", tt.body, header...); rec.Code != tt.want {
				t.Errorf("answered %d %q, want %d", rec.Code, rec.Body, tt.want)
			}
			// The same without a declared length.
			req := httptest.NewRequest(http.MethodPost, "/v1/traces", io.MultiReader(bytes.NewReader(tt.body)))
			req.ContentLength = -1
			req.Header.Set("X-Api-Key", ingestKey)
			for i := 0; i < len(header); i += 2 {
				req.Header.Set(header[i], header[i+1])
			}
			if rec := h.do(req); rec.Code != tt.want {
				t.Errorf("without a length: answered %d %q, want %d", rec.Code, rec.Body, tt.want)
			}
		})
	}
}

// giantWindow is a zstd frame header that asks for a window of 1 GiB.
var giantWindow = []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00}

func TestGRPCMessagesOverTheLimitAreTooLarge(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{MaxBody: smallLimit})
	for name, opts := range map[string][]grpc.CallOption{
		"plain": nil, "a gzip bomb": {grpc.UseCompressor("gzip")}, "a zstd bomb": {grpc.UseCompressor("zstd")},
	} {
		err := h.export(t, h.target, make([]byte, 4<<20), opts...)
		if status.Code(err) != codes.ResourceExhausted || retryDelay(err) != 0 {
			t.Errorf("%s answered %v, retry after %v", name, err, retryDelay(err))
		}
	}
}

// Two bytes on the wire can become hundreds in memory: an empty attribute, an
// empty event. What decoding takes is counted before it is done.
func TestAMessageThatGrowsWhenDecodedIsRefusedBeforeThat(t *testing.T) {
	t.Parallel()
	const ids = "\x0a\x100123456789abcdef\x12\x0801234567"
	span := func(filler string) []byte {
		body := ids + strings.Repeat(filler, 1<<20/len(filler))
		return nestedIn(3, []byte(body))
	}
	h := open(t, receiver.Options{MaxBody: 4 << 20, MaxInFlightBytes: 1})
	for what, body := range map[string][]byte{
		"attributes": span("\x4a\x00"), "events": span("\x5a\x00"), "links": span("\x6a\x00"),
		"values": span("\x4a\x06\x12\x04\x2a\x02\x0a\x00"),
	} {
		rec := h.post(t, "/v1/traces", body, "Content-Type", protobufType)
		if rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("a million empty %s: answered %d %q", what, rec.Code, rec.Body)
		}
	}
	jsonBomb := `{"resourceSpans":[` + strings.Repeat(`{},`, 1<<20) + `{}]}`
	if rec := h.post(t, "/v1/traces", []byte(jsonBomb), "Content-Type", jsonType); rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a million empty resources in JSON: answered %d %q", rec.Code, rec.Body)
	}
	empty := strings.Repeat("\x0a\x00", 1<<20)
	if rec := h.post(t, "/v1/traces", []byte(empty), "Content-Type", protobufType); rec.Code != http.StatusOK {
		t.Errorf("a million empty resources, which hold nothing: answered %d %q", rec.Code, rec.Body)
	}
}

// nestedIn wraps content into that many messages: fields 1, 2, 2 from outside.
func nestedIn(levels int, content []byte) []byte {
	for _, tag := range []byte{0x12, 0x12, 0x0a}[:levels] {
		var length []byte
		for n := len(content); ; n >>= 7 {
			if n < 0x80 {
				length = append(length, byte(n))
				break
			}
			length = append(length, byte(n)|0x80)
		}
		content = append(append([]byte{tag}, length...), content...)
	}
	return content
}

// A full receiver refuses at once, says when to come back, and recovers.
func TestAFullReceiverRefusesAndRecovers(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{MaxBody: smallLimit, MaxDecompressed: smallLimit, MaxInFlightBytes: 1})
	entered, leave := make(chan struct{}), make(chan struct{})
	h.sink.fail = func(context.Context) error {
		entered <- struct{}{}
		<-leave
		return nil
	}
	body := paddedSpan(smallLimit - 1000) // leaves room to decode
	var held sync.WaitGroup
	const fit = 3 // the limit is four bodies, and mapping a fourth would take a fifth
	for range fit {
		held.Go(func() {
			if rec := h.post(t, "/v1/traces", body, "Content-Type", protobufType); rec.Code != http.StatusOK {
				t.Errorf("a held request was answered %d", rec.Code)
				entered <- struct{}{}
			}
		})
		<-entered
	}
	rec := h.post(t, "/v1/traces", body, "Content-Type", protobufType)
	if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") == "" {
		t.Errorf("a full receiver answered %d, Retry-After %q", rec.Code, rec.Header().Get("Retry-After"))
	}
	if err := h.export(t, h.target, body); status.Code(err) != codes.ResourceExhausted || retryDelay(err) == 0 {
		t.Errorf("a full receiver answered %v over gRPC, retry after %v", err, retryDelay(err))
	}
	close(leave)
	held.Wait()
	h.sink.fail = nil
	if rec := h.post(t, "/v1/traces", body, "Content-Type", protobufType); rec.Code != http.StatusOK {
		t.Errorf("afterwards it answered %d", rec.Code)
	}
}

// paddedSpan is a request of one span of about size bytes.
func paddedSpan(size int) []byte {
	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1})
	s.SetSpanID([8]byte{1})
	s.SetName(strings.Repeat("n", size-100))
	body, _ := (&ptrace.ProtoMarshaler{}).MarshalTraces(td) // never fails
	return body
}

func TestNothingStaysInFlight(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	h := open(t, receiver.Options{Registerer: registry})
	h.sink.fail = func(context.Context) error { return nil }
	bodies := [][]byte{sample(t), []byte("nonsense"), gzipped(t, sample(t)), nil, sample(t)[:50]}
	var sent sync.WaitGroup
	for range 8 {
		sent.Go(func() {
			for _, b := range bodies {
				for _, header := range [][]string{{"Content-Type", protobufType}, {"Content-Type", protobufType, "Content-Encoding", "gzip"}, {"Content-Type", jsonType}} {
					h.post(t, "/v1/traces", b, header...)
				}
				_ = h.export(t, h.target, b) // most are refused, as they should be
			}
		})
	}
	sent.Wait()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "xray_receiver_in_flight_bytes" {
			if v := f.GetMetric()[0].GetGauge().GetValue(); v != 0 {
				t.Errorf("%v bytes still in flight", v)
			}
			return
		}
	}
	t.Error("no gauge of bytes in flight")
}

func TestABrokenSpanDoesNotTakeItsBatchWithIt(t *testing.T) {
	t.Parallel()
	const ids = "\x0a\x100123456789abcdef\x12\x0801234567"
	bodies := map[string]string{
		"a name of the wrong wire type": ids + "\x28\x01",
		"a short span id":               "\x0a\x100123456789abcdef\x12\x010",
		"a link with a short id":        ids + "\x6a\x03\x0a\x01x",
		"no ids":                        "",
	}
	good := tracetest.Micro(2)
	for what, bad := range bodies {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{})
			data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(good)
			if err != nil {
				t.Fatal(err)
			}
			rec := h.post(t, "/v1/traces", append(nestedIn(3, []byte(bad)), data...), "Content-Type", protobufType)
			if rec.Code != http.StatusOK || rec.Body.Len() == 0 {
				t.Errorf("answered %d %q", rec.Code, rec.Body)
			}
			tracetest.RequireEqual(t, tracetest.SpanSet(t, good), h.out(t))
		})
	}
}

func TestWhatIsSentTwiceHashesAlikeHoweverItTravels(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	body := sample(t)
	h.post(t, "/v1/traces", body, "Content-Type", protobufType)
	h.post(t, "/v1/traces", gzipped(t, body), "Content-Type", protobufType, "Content-Encoding", "gzip")
	if err := h.export(t, h.target, body); err != nil {
		t.Fatal(err)
	}
	if n := len(h.sink.batches); n != 1 {
		t.Errorf("one request, sent three times, is %d batches", n)
	}
	h.post(t, "/v1/traces", body, "Content-Type", protobufType, "X-Api-Key", adminKey, "X-Xray-Project", "other")
	if n := len(h.sink.batches); n != 2 {
		t.Errorf("the same request of another project makes %d batches in all", n)
	}
	if b := h.sink.batches[0]; b.ProjectID != 7 || !b.Received.Equal(noon) || h.sink.batches[1].ProjectID != 8 {
		t.Errorf("batches of projects %d and %d, received %v", b.ProjectID, h.sink.batches[1].ProjectID, b.Received)
	}
}

func TestMetricsOfOtherSignalsAreTakenAndCounted(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	h := open(t, receiver.Options{Registerer: registry})
	if rec := h.post(t, "/v1/metrics", []byte("whatever"), "Content-Type", protobufType); rec.Code != http.StatusOK {
		t.Errorf("HTTP answered %d", rec.Code)
	}
	body, answer := []byte("whatever"), []byte(nil)
	const path = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
	to := h.target
	err := to.GRPC.Invoke(withKey(t), path, &body, &answer, tracetest.RawCodec())
	if err != nil {
		t.Errorf("gRPC answered %v", err)
	}
	if n := counted(t, registry, "metrics", "ignored"); n != 2 {
		t.Errorf("counted %v", n)
	}
	if got := len(h.sink.segments(xray.SignalTraces)); got != 0 {
		t.Errorf("stored %d segments", got)
	}
}

// pdata overflows Go's stack on such a body, which ends the process.
func TestABodyOfNothingButNestingIsRefused(t *testing.T) {
	t.Parallel()
	var b []byte // built from inside out, so backwards
	wrap := func(tag byte) {
		n := len(b)
		var length []byte
		for ; n >= 0x80; n >>= 7 {
			length = append(length, byte(n)|0x80)
		}
		length = append(length, byte(n))
		slices.Reverse(length)
		b = append(append(b, length...), tag)
	}
	for len(b) < 19<<20 {
		wrap(0x0a) // values of an array
		wrap(0x2a) // an array
	}
	for _, tag := range []byte{0x12, 0x4a} { // value of an attribute, attribute of a span
		wrap(tag)
	}
	b = append(b, "76543210\x08\x12fedcba9876543210\x10\x0a"...)
	for _, tag := range []byte{0x12, 0x12, 0x0a} {
		wrap(tag)
	}
	slices.Reverse(b)
	h := open(t, receiver.Options{})
	rec := h.post(t, "/v1/traces", b, "Content-Type", protobufType)
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "nested deeper than 500") {
		t.Errorf("answered %d %q", rec.Code, rec.Body)
	}
}
