package receiver_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
)

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
	exportTraces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
)

// sample is a small protobuf request of a real client.
func sample(t testing.TB) []byte { return tracetest.Load(t, "go-late").Requests[0].Plain(t) }

// What the sink says reaches the client, as each transport says it.
func TestErrorsBecomeTheStatusesThatOTLPNames(t *testing.T) {
	t.Parallel()
	slow := xray.Errorf(xray.CodeLimit, "too much")
	slow.RetryAfter = 1500 * time.Millisecond
	tests := map[string]struct {
		err        error
		http       int
		grpc       codes.Code
		retryAfter string // header; "" for none
		retryDelay time.Duration
	}{
		"invalid":                       {xray.Errorf(xray.CodeInvalid, "m"), 400, codes.InvalidArgument, "", 0},
		"unauthorized":                  {xray.Errorf(xray.CodeUnauthorized, "m"), 401, codes.Unauthenticated, "", 0},
		"forbidden":                     {xray.Errorf(xray.CodeForbidden, "m"), 403, codes.PermissionDenied, "", 0},
		"not found":                     {xray.Errorf(xray.CodeNotFound, "m"), 404, codes.NotFound, "", 0},
		"conflict":                      {xray.Errorf(xray.CodeConflict, "m"), 409, codes.FailedPrecondition, "", 0},
		"too large":                     {xray.Errorf(xray.CodeTooLarge, "m"), 413, codes.ResourceExhausted, "", 0},
		"limit without a time":          {xray.Errorf(xray.CodeLimit, "m"), 429, codes.ResourceExhausted, "1", time.Second},
		"limit with a time":             {slow, 429, codes.ResourceExhausted, "2", 1500 * time.Millisecond},
		"unavailable":                   {xray.Errorf(xray.CodeUnavailable, "m"), 503, codes.Unavailable, "1", time.Second},
		"internal, said so":             {xray.Errorf(xray.CodeInternal, "secret"), 500, codes.Internal, "", 0},
		"anything else":                 {errors.New("secret"), 500, codes.Internal, "", 0},
		"a deadline that passed inside": {context.DeadlineExceeded, 504, codes.DeadlineExceeded, "", 0},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := open(t, receiver.Options{})
			h.sink.fail = func(context.Context) error { return tt.err }
			for _, kind := range []string{protobufType, jsonType} {
				body := sample(t)
				if kind == jsonType {
					body = []byte(oneSpan(`{` + ids() + `}`))
				}
				rec := h.post(t, "/v1/traces", body, "Content-Type", kind)
				st := rpcStatus(t, rec)
				if rec.Code != tt.http || codes.Code(st.Code) != tt.grpc || rec.Header().Get("Content-Type") != kind {
					t.Errorf("answered %d %v as %s, want %d %v as %s", rec.Code, codes.Code(st.Code), rec.Header().Get("Content-Type"), tt.http, tt.grpc, kind)
				}
				if got := rec.Header().Get("Retry-After"); got != tt.retryAfter {
					t.Errorf("Retry-After is %q, want %q", got, tt.retryAfter)
				}
				if strings.Contains(st.Message, "secret") {
					t.Errorf("internals leak: %q", st.Message)
				}
			}
			err := h.export(t, h.target, sample(t))
			if status.Code(err) != tt.grpc || retryDelay(err) != tt.retryDelay {
				t.Errorf("gRPC answered %v, retry after %v; want %v, %v", err, retryDelay(err), tt.grpc, tt.retryDelay)
			}
		})
	}
}

func rpcStatus(t testing.TB, rec *httptest.ResponseRecorder) *spb.Status {
	t.Helper()
	st := &spb.Status{}
	decode := proto.Unmarshal
	if rec.Header().Get("Content-Type") == jsonType {
		decode = protojson.Unmarshal
	}
	if err := decode(rec.Body.Bytes(), st); err != nil {
		t.Fatalf("the body is no google.rpc.Status: %v: %q", err, rec.Body)
	}
	return st
}

func (h *house) export(t testing.TB, to tracetest.Target, body []byte, opts ...grpc.CallOption) error {
	ctx := t.Context()
	if to.Key != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-api-key", to.Key)
	}
	var answer []byte
	return to.GRPC.Invoke(ctx, exportTraces, &body, &answer, append(opts, tracetest.RawCodec())...)
}

func retryDelay(err error) time.Duration {
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.RetryInfo); ok {
			return info.RetryDelay.AsDuration()
		}
	}
	return 0
}

func TestRequestsOfTheWrongShapeAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	packed := gzipped(t, sample(t))
	tests := map[string]struct {
		body   []byte
		header []string
		want   int
	}{
		"no content type":                 {sample(t), nil, 415},
		"a content type we do not read":   {sample(t), []string{"Content-Type", "text/plain"}, 415},
		"an encoding we do not read":      {sample(t), []string{"Content-Type", protobufType, "Content-Encoding", "br"}, 415},
		"two encodings at once":           {packed, []string{"Content-Type", protobufType, "Content-Encoding", "gzip, gzip"}, 415},
		"gzip that is none":               {sample(t), []string{"Content-Type", protobufType, "Content-Encoding", "gzip"}, 400},
		"gzip cut off":                    {packed[:len(packed)-9], []string{"Content-Type", protobufType, "Content-Encoding", "gzip"}, 400},
		"gzip with a wrong checksum":      {append(bytes.Clone(packed[:len(packed)-8]), make([]byte, 8)...), []string{"Content-Type", protobufType, "Content-Encoding", "gzip"}, 400},
		"zstd that is none":               {sample(t), []string{"Content-Type", protobufType, "Content-Encoding", "zstd"}, 400},
		"deflate that is none":            {[]byte("not deflate at all"), []string{"Content-Type", protobufType, "Content-Encoding", "deflate"}, 400},
		"an empty gzip body":              {nil, []string{"Content-Type", protobufType, "Content-Encoding", "gzip"}, 400},
		"protobuf that is none":           {[]byte("hello"), []string{"Content-Type", protobufType}, 400},
		"protobuf cut off":                {sample(t)[:100], []string{"Content-Type", protobufType}, 400},
		"JSON under protobuf's name":      {[]byte(oneSpan(`{` + ids() + `}`)), []string{"Content-Type", protobufType}, 400},
		"protobuf under JSON's name":      {sample(t), []string{"Content-Type", jsonType}, 400},
		"no key":                          {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", ""}, 401},
		"an unknown key":                  {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", "nonsense"}, 401},
		"a key that may only read":        {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", readKey}, 403},
		"a project that does not exist":   {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", adminKey, "X-Xray-Project", "nowhere"}, 404},
		"an unknown key says so in JSON":  {sample(t), []string{"Content-Type", "text/plain", "X-Api-Key", "nonsense"}, 401},
		"a charset does not matter":       {[]byte(oneSpan(`{` + ids() + `}`)), []string{"Content-Type", "application/json; charset=utf-8"}, 200},
		"protobuf's other name":           {sample(t), []string{"Content-Type", "application/protobuf"}, 200},
		"an empty protobuf request":       {nil, []string{"Content-Type", protobufType}, 200},
		"an empty JSON request":           {[]byte(`{}`), []string{"Content-Type", jsonType}, 200},
		"gzip under its old name":         {packed, []string{"Content-Type", protobufType, "Content-Encoding", "x-gzip"}, 200},
		"an encoding in upper case":       {packed, []string{"Content-Type", protobufType, "Content-Encoding", "GZIP"}, 200},
		"no encoding, said as identity":   {sample(t), []string{"Content-Type", protobufType, "Content-Encoding", "identity"}, 200},
		"zstd":                            {zstded(t, sample(t)), []string{"Content-Type", protobufType, "Content-Encoding", "zstd"}, 200},
		"deflate in a zlib frame":         {zlibbed(t, sample(t)), []string{"Content-Type", protobufType, "Content-Encoding", "deflate"}, 200},
		"deflate without a frame":         {deflated(t, sample(t)), []string{"Content-Type", protobufType, "Content-Encoding", "deflate"}, 200},
		"an admin key":                    {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", adminKey}, 200},
		"an admin key for some project":   {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", adminKey, "X-Xray-Project", "other"}, 200},
		"a bearer token":                  {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", "", "Authorization", "Bearer " + ingestKey}, 200},
		"a bearer token, otherwise typed": {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", "", "Authorization", "bearer  " + ingestKey + " "}, 200},
		"basic credentials":               {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", "", "Authorization", basic("pk-lf-1:" + ingestKey)}, 200},
		"basic credentials not in base64": {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", "", "Authorization", "Basic !"}, 401},
		"an unknown scheme":               {sample(t), []string{"Content-Type", protobufType, "X-Api-Key", "", "Authorization", "Digest x"}, 401},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			rec := h.post(t, "/v1/traces", tt.body, tt.header...)
			if rec.Code != tt.want {
				t.Fatalf("answered %d %q, want %d", rec.Code, rec.Body, tt.want)
			}
			if tt.want != http.StatusOK {
				if st := rpcStatus(t, rec); st.Message == "" {
					t.Error("no reason given")
				}
			}
		})
	}
}

func basic(userinfo string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userinfo))
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodHead} {
		rec := h.do(httptest.NewRequest(method, "/v1/traces", nil))
		if rec.Code != http.StatusMethodNotAllowed || rec.Header().Get("Allow") != http.MethodPost {
			t.Errorf("%s answered %d, Allow %q", method, rec.Code, rec.Header().Get("Allow"))
		}
	}
}

func TestCompatibilityPathsTakeTheirClientsCredentials(t *testing.T) {
	t.Parallel()
	for path, header := range map[string][]string{
		"/api/public/otel/v1/traces": {"X-Api-Key", "", "Authorization", basic("pk-lf-1:" + ingestKey)},
		"/otel/v1/traces":            {"X-Api-Key", ingestKey},
		"/v1/traces":                 {"X-Api-Key", ingestKey},
	} {
		h := open(t, receiver.Options{})
		rec := h.post(t, path, sample(t), append([]string{"Content-Type", protobufType}, header...)...)
		if rec.Code != http.StatusOK || len(h.sink.steps()) == 0 {
			t.Errorf("%s answered %d, stored %d steps", path, rec.Code, len(h.sink.steps()))
		}
		for _, signal := range []string{"logs", "metrics"} {
			rec := h.post(t, strings.TrimSuffix(path, "traces")+signal, nil, append([]string{"Content-Type", protobufType}, header...)...)
			if rec.Code != http.StatusOK {
				t.Errorf("%s beside %s answered %d", signal, path, rec.Code)
			}
		}
	}
}

func TestSuccessLeavesPartialSuccessOut(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	if rec := h.post(t, "/v1/traces", sample(t), "Content-Type", protobufType); rec.Body.Len() != 0 {
		t.Errorf("protobuf answer is %q", rec.Body)
	}
	rec := h.post(t, "/v1/traces", []byte(oneSpan(`{`+ids()+`}`)), "Content-Type", jsonType)
	if rec.Body.String() != "{}" || rec.Header().Get("Content-Type") != jsonType {
		t.Errorf("JSON answer is %q as %q", rec.Body, rec.Header().Get("Content-Type"))
	}
}

func TestAGRPCMessageThatDoesNotUnpackIsTheSendersFault(t *testing.T) {
	t.Parallel()
	h := open(t, receiver.Options{})
	for _, body := range [][]byte{[]byte("hello"), sample(t)[:100]} {
		if err := h.export(t, h.target, body); status.Code(err) != codes.InvalidArgument {
			t.Errorf("answered %v", err)
		}
	}
	for _, key := range []string{"", "nonsense"} {
		to := h.target
		to.Key = key
		if err := h.export(t, to, sample(t)); status.Code(err) != codes.Unauthenticated {
			t.Errorf("key %q answered %v", key, err)
		}
	}
}

func TestGRPCTakesItsCompressions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"gzip", "zstd", "deflate"} {
		h := open(t, receiver.Options{})
		if err := h.export(t, h.target, sample(t), grpc.UseCompressor(name)); err != nil || len(h.sink.steps()) == 0 {
			t.Errorf("%s: stored %d steps, error %v", name, len(h.sink.steps()), err)
		}
	}
}

func gzipped(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	return packed(t, &b, gzip.NewWriter(&b), data)
}

func zlibbed(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	return packed(t, &b, zlib.NewWriter(&b), data)
}

func zstded(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	return packed(t, &b, w, data)
}

func deflated(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	return packed(t, &b, w, data)
}

func packed(t testing.TB, b *bytes.Buffer, w io.WriteCloser, data []byte) []byte {
	t.Helper()
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// faulty is a mapper with a bug that some span brings out.
type faulty struct{ receiver.Mapper }

func (faulty) Step(semconv.Span) xray.Step { panic("a bug") }

func TestAPanicIsAnInternalErrorAndHoldsNothing(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := receiver.New(&memory{}, gate{}, faulty{semconv.New(nil)}, receiver.Options{
		Logger: slog.New(slog.NewTextHandler(&log, nil)), MaxBody: smallLimit, MaxInFlightBytes: 1,
	})
	h := &house{receiver: r, sink: &memory{}}
	for range 10 { // more than fit at once
		if rec := h.post(t, "/v1/traces", paddedSpan(smallLimit-1000), "Content-Type", protobufType); rec.Code != http.StatusInternalServerError {
			t.Fatalf("answered %d %q", rec.Code, rec.Body)
		}
	}
	to := tracetest.Target{GRPC: serveGRPC(t, r.GRPC()), Key: ingestKey}
	if err := h.export(t, to, sample(t)); status.Code(err) != codes.Internal {
		t.Errorf("gRPC answered %v", err)
	}
	if !strings.Contains(log.String(), "a bug") {
		t.Errorf("the log says nothing of it: %s", log.String())
	}
}
