package receiver_test

import (
	"bytes"
	"context"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
)

// memory is a sink that keeps batches and knows each hash once, as the store
// does. fail, if set, is asked first.
type memory struct {
	mu      sync.Mutex
	batches []xray.Batch
	known   map[[16]byte]bool
	fail    func(context.Context) error
}

func (m *memory) Append(ctx context.Context, b xray.Batch) error {
	if m.fail != nil {
		if err := m.fail(ctx); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[b.RequestHash] {
		return nil
	}
	if m.known == nil {
		m.known = map[[16]byte]bool{}
	}
	m.known[b.RequestHash] = true
	m.batches = append(m.batches, b)
	return nil
}

// segments returns everything stored for one signal.
func (m *memory) segments(s xray.Signal) []xray.Segment {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []xray.Segment
	for _, b := range m.batches {
		for _, seg := range b.Segments {
			if seg.Signal == s {
				all = append(all, seg)
			}
		}
	}
	return all
}

func (m *memory) steps() []xray.Step {
	var all []xray.Step
	for _, seg := range m.segments(xray.SignalTraces) {
		all = append(all, seg.Steps...)
	}
	return all
}

// gate knows three keys of one project.
type gate struct{}

const (
	ingestKey = "xray_ingest"
	adminKey  = "xray_admin"
	readKey   = "xray_read"
)

func (gate) Authenticate(_ context.Context, secret, slug string) (xray.Principal, error) {
	p := xray.Principal{Project: xray.Project{ID: 7, Slug: "shop"}}
	switch secret {
	case ingestKey:
		p.Scope = xray.ScopeIngest
	case readKey:
		p.Scope = xray.ScopeRead
	case adminKey:
		p.Scope, p.AnyProject = xray.ScopeAdmin, true
		if slug == "other" {
			p.Project = xray.Project{ID: 8, Slug: "other"}
		} else if slug != "" {
			return p, xray.Errorf(xray.CodeNotFound, "no project %q", slug)
		}
	default:
		return p, xray.Errorf(xray.CodeUnauthorized, "unknown key: check X-Api-Key")
	}
	return p, nil
}

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// house is a receiver with both transports open on the loopback.
type house struct {
	sink     *memory
	receiver *receiver.Receiver
	target   tracetest.Target
	codec    receiver.Codec
}

func open(t testing.TB, opts receiver.Options) *house {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	if opts.Clock == nil {
		opts.Clock = func() time.Time { return noon }
	}
	mapper := semconv.New(nil)
	h := &house{sink: &memory{}, codec: receiver.Codec{Mapper: mapper}}
	h.receiver = receiver.New(h.sink, gate{}, mapper, opts)
	engine := gin.New()
	h.receiver.Routes(engine)
	web := httptest.NewServer(engine)
	t.Cleanup(web.Close)
	h.target = tracetest.Target{HTTP: web.URL, GRPC: serveGRPC(t, h.receiver.GRPC()), Key: ingestKey}
	return h
}

func serveGRPC(t testing.TB, srv *grpc.Server) *grpc.ClientConn {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() { _ = srv.Serve(lis) })
	conn, err := grpc.NewClient(lis.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		srv.Stop()
		served.Wait()
	})
	return conn
}

// post sends a body over HTTP; header holds name, value, name, value.
func (h *house) post(t testing.TB, path string, body []byte, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	req.Header.Set("X-Api-Key", ingestKey)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return h.do(req)
}

func (h *house) do(req *http.Request) *httptest.ResponseRecorder {
	engine := gin.New()
	h.receiver.Routes(engine)
	rec := httptest.NewRecorder()
	engine.ServeHTTP(rec, req)
	return rec
}

func all(segments []xray.Segment) []xray.Extract {
	var xs []xray.Extract
	for _, s := range segments {
		x := xray.Extract{Data: s.Data}
		for i := range s.Records {
			x.Ordinals = append(x.Ordinals, i)
		}
		xs = append(xs, x)
	}
	return xs
}

// inTurn hands extracts out one after the other, as the store does.
func inTurn(xs []xray.Extract) iter.Seq2[xray.Extract, error] {
	return func(yield func(xray.Extract, error) bool) {
		for _, x := range xs {
			if !yield(x, nil) {
				return
			}
		}
	}
}
