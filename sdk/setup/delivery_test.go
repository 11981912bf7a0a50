package setup_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

// run records an execution of n steps.
func run(ctx context.Context, n int) {
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		for i := range n {
			xray.Value(ctx, fmt.Sprintf("step %03d", i), func() int { return i })
		}
		return nil
	})
}

func loss(t *testing.T, err error) *xray.LossError {
	t.Helper()
	var l *xray.LossError
	if !errors.As(err, &l) {
		t.Fatalf("got %v, want a LossError", err)
	}
	return l
}

func TestEverythingArrivesOnceShutdownReturns(t *testing.T) {
	r := newReceiver(t)
	c := client(t, r)
	run(c.Context(t.Context()), 100)
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(r.names()); got != 101 {
		t.Errorf("%d spans arrived, want 101", got)
	}
}

func TestProjectAndKeyTravelAsHeaders(t *testing.T) {
	r := newReceiver(t)
	c, err := xray.New(xray.Config{Endpoint: r.URL, ProjectID: "shop", APIKey: "xray_secret"}, setup.Exporter())
	if err != nil {
		t.Fatal(err)
	}
	run(c.Context(t.Context()), 1)
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := r.seen()[0].header
	if h.Get("X-Xray-Project") != "shop" || h.Get("Authorization") != "Bearer xray_secret" || r.seen()[0].path != "/v1/traces" {
		t.Errorf("sent %v to %s", h, r.seen()[0].path)
	}
}

func TestTemporaryFailuresAreRetriedUntilTheyPass(t *testing.T) {
	for _, status := range []int{429, 502, 503, 504} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			var n atomic.Int32
			r := newReceiver(t).answering(func(w http.ResponseWriter, _ []*tracepb.Span) bool {
				if n.Add(1) <= 3 {
					w.Header().Set("Retry-After", "0")
					w.WriteHeader(status)
					return false
				}
				return true
			})
			c := client(t, r)
			run(c.Context(t.Context()), 3)
			if err := c.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := len(r.names()); got != 4 {
				t.Errorf("%d spans arrived, want 4", got)
			}
		})
	}
}

func TestAServerThatStartsLateGetsEverything(t *testing.T) {
	r := newReceiver(t)
	addr := r.Listener.Addr().String()
	r.Close() // refused from now on
	c, err := xray.New(xray.Config{Endpoint: "http://" + addr}, setup.Exporter(
		setup.WithBatch(1<<20, 512, time.Millisecond), setup.WithRetry(time.Millisecond, 10*time.Millisecond, time.Minute)))
	if err != nil {
		t.Fatal(err)
	}
	run(c.Context(t.Context()), 3)
	late := listen(t, addr)
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(late.names()); got != 4 {
		t.Errorf("%d spans arrived, want 4", got)
	}
}

func TestShutdownSaysWhatAServerRefused(t *testing.T) {
	r := newReceiver(t).answering(func(w http.ResponseWriter, _ []*tracepb.Span) bool {
		http.Error(w, "no such key", http.StatusUnauthorized)
		return false
	})
	c := client(t, r)
	run(c.Context(t.Context()), 3)
	err := c.Shutdown(t.Context())
	if l := loss(t, err); l.Failed != 4 || l.Delivered != 0 {
		t.Errorf("lost %+v, want 4 failed", l)
	}
	for _, want := range []string{"4 of 4 spans", "401", "XRAY_API_KEY", "no such key"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if len(r.seen()) > 4 {
		t.Errorf("%d requests with a wrong key: a 401 must not be split or retried", len(r.seen()))
	}
}

func TestShutdownSaysWhatAServerRejectedInPart(t *testing.T) {
	r := newReceiver(t).answering(func(w http.ResponseWriter, spans []*tracepb.Span) bool {
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(partial(1, "one span has no name"))
		return true
	})
	c := client(t, r, setup.WithBatch(1<<20, 512, time.Hour))
	run(c.Context(t.Context()), 9)
	err := c.Shutdown(t.Context())
	if l := loss(t, err); l.Rejected != 1 || l.Delivered != 9 || !strings.Contains(err.Error(), "one span has no name") {
		t.Errorf("got %v, want 1 rejected and 9 delivered", err)
	}
}

func TestShutdownEndsInTimeWhenTheServerHangs(t *testing.T) {
	release := make(chan struct{})
	r := newReceiver(t).answering(func(http.ResponseWriter, []*tracepb.Span) bool { <-release; return false })
	t.Cleanup(func() { close(release) })
	c := client(t, r)
	run(c.Context(t.Context()), 3)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if l := loss(t, c.Shutdown(ctx)); l.Waiting != 4 {
		t.Errorf("lost %+v, want 4 waiting", l)
	}
}

func TestOneHugeSpanDoesNotTakeItsBatchDown(t *testing.T) {
	r := newReceiver(t).answering(func(w http.ResponseWriter, spans []*tracepb.Span) bool {
		for _, s := range spans {
			for _, a := range s.Attributes {
				if len(a.Value.GetStringValue()) > 5<<20 {
					http.Error(w, "too large", http.StatusRequestEntityTooLarge)
					return false
				}
			}
		}
		return true
	})
	c := client(t, r, setup.WithBatch(1<<20, 512, time.Hour))
	ctx := c.Context(t.Context())
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		for i := range 20 {
			if i == 7 {
				big := attribute.String("blob", strings.Repeat("x", 10<<20))
				xray.Value(ctx, "huge", func() int { return i }, xray.WithAttributes(big))
				continue
			}
			xray.Value(ctx, "small", func() int { return i })
		}
		return nil
	})
	err := c.Shutdown(t.Context())
	if l := loss(t, err); l.Failed != 1 || l.Delivered != 20 {
		t.Errorf("got %v, want exactly the huge span lost", err)
	}
	for _, q := range r.seen() {
		if q.bytes > 5<<20 && q.spans > 1 {
			t.Errorf("a request of %d bytes has %d spans: the huge one must go alone", q.bytes, q.spans)
		}
	}
}

func TestOneSpanThatTheServerCannotReadIsLostAlone(t *testing.T) {
	r := newReceiver(t).answering(func(w http.ResponseWriter, spans []*tracepb.Span) bool {
		if slices.ContainsFunc(spans, func(s *tracepb.Span) bool { return s.Name == "step 013" }) {
			http.Error(w, "bad span", http.StatusBadRequest)
			return false
		}
		return true
	})
	c := client(t, r, setup.WithBatch(1<<20, 512, time.Hour))
	run(c.Context(t.Context()), 40)
	if l := loss(t, c.Shutdown(t.Context())); l.Failed != 1 || l.Delivered != 40 {
		t.Errorf("lost %+v, want only step 013", l)
	}
}

func TestAFullQueueBlocksOnceThenDropsAndCounts(t *testing.T) {
	release := make(chan struct{})
	r := newReceiver(t).answering(func(http.ResponseWriter, []*tracepb.Span) bool { <-release; return true })
	c := client(t, r, setup.WithQueue(3_000, 20*time.Millisecond), setup.WithBatch(500, 1, 0))
	ctx := c.Context(t.Context())
	run(ctx, 200)
	close(release)
	err := c.Shutdown(t.Context())
	l := loss(t, err)
	if l.Dropped == 0 || l.Dropped+l.Delivered != 201 || int(l.Delivered) != len(r.names()) {
		t.Errorf("got %v; %d arrived", err, len(r.names()))
	}
}

func TestTheReceiptCountsSpansOfOthersAndDroppedOnes(t *testing.T) {
	r := newReceiver(t)
	c := client(t, r)
	_ = xray.Track(c.Context(t.Context()), "run", func(ctx context.Context) error {
		other := xray.CurrentStep(ctx).Span().TracerProvider().Tracer("someone else")
		_, s := other.Start(ctx, "GET /")
		s.End()
		xray.Value(ctx, "step", func() int { return 1 })
		return nil
	})
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.spans {
		if s.Name != "run" {
			continue
		}
		got := map[string]int64{}
		for _, a := range s.Attributes {
			got[a.Key] = a.Value.GetIntValue()
		}
		if got["xray.receipt.started"] != 3 || got["xray.receipt.ended"] != 3 || got["xray.receipt.dropped"] != 0 {
			t.Errorf("receipt %v, want 3 started and ended", got)
		}
	}
}

func TestFlushWaitsForWhatHasEnded(t *testing.T) {
	r := newReceiver(t)
	c := client(t, r, setup.WithBatch(1<<20, 512, time.Hour))
	run(c.Context(t.Context()), 5)
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(r.names()); got != 6 {
		t.Errorf("%d spans arrived, want 6", got)
	}
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
}
