package setup_test

import (
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

// receiver is an OTLP/HTTP server whose answers a test decides.
type receiver struct {
	*httptest.Server

	mu       sync.Mutex
	spans    []*tracepb.Span
	requests []request
	answer   func(w http.ResponseWriter, spans []*tracepb.Span) (accepted bool)
}

type request struct {
	header http.Header
	path   string
	spans  int
	bytes  int
}

// newReceiver accepts everything; see answering.
func newReceiver(t testing.TB) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answering(f func(http.ResponseWriter, []*tracepb.Span) bool) *receiver {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
	return r
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	var body io.Reader = req.Body
	if req.Header.Get("Content-Encoding") == "gzip" {
		zr, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = zr
	}
	raw, err := io.ReadAll(body)
	var data tracepb.TracesData
	if err == nil {
		err = proto.Unmarshal(raw, &data)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var spans []*tracepb.Span
	for _, rs := range data.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			spans = append(spans, ss.Spans...)
		}
	}
	r.mu.Lock()
	r.requests = append(r.requests, request{req.Header.Clone(), req.URL.Path, len(spans), len(raw)})
	answer := r.answer
	r.mu.Unlock()
	if answer != nil && !answer(w, spans) {
		return
	}
	r.mu.Lock()
	r.spans = append(r.spans, spans...)
	r.mu.Unlock()
}

func (r *receiver) names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, s := range r.spans {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return names
}

func (r *receiver) seen() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// partial is the body of an answer that refuses n spans. It is written by hand
// since the generated type would bring gRPC into the tests' module.
func partial(n uint64, message string) []byte {
	inner := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), n)
	inner = protowire.AppendString(protowire.AppendTag(inner, 2, protowire.BytesType), message)
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), inner)
}

// client sends to r quickly: small delays, so that tests are short.
func client(t testing.TB, r *receiver, opts ...setup.Option) *xray.Client {
	t.Helper()
	quick := []setup.Option{
		setup.WithBatch(1<<20, 512, time.Millisecond),
		setup.WithRetry(time.Millisecond, 10*time.Millisecond, time.Minute),
	}
	c, err := xray.New(xray.Config{Endpoint: r.URL}, setup.Exporter(append(quick, opts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// listen starts a receiver at an address that was free before.
func listen(t testing.TB, addr string) *receiver {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{}
	r.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(r.serve)}}
	r.Start()
	t.Cleanup(r.Close)
	return r
}
