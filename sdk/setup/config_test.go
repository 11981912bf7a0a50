package setup_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

func TestWhereSpansGo(t *testing.T) {
	for name, c := range map[string]struct {
		env    map[string]string
		cfg    func(url string) xray.Config
		path   string
		header map[string]string
	}{
		"Config goes before everything": {
			env:  map[string]string{"XRAY_ENDPOINT": "http://localhost:1", "XRAY_API_KEY": "no", "XRAY_PROJECT": "no"},
			cfg:  func(u string) xray.Config { return xray.Config{Endpoint: u, APIKey: "yes", ProjectID: "p"} },
			path: "/v1/traces", header: map[string]string{"Authorization": "Bearer yes", "X-Xray-Project": "p"},
		},
		"XRAY_ENDPOINT goes before OTEL_": {
			env:  map[string]string{"XRAY_ENDPOINT": "URL", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:1", "XRAY_API_KEY": "k"},
			path: "/v1/traces", header: map[string]string{"Authorization": "Bearer k", "X-Xray-Project": ""},
		},
		"the general OpenTelemetry endpoint gets a path": {
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "URL/base/", "OTEL_EXPORTER_OTLP_HEADERS": "x-a=1, x-b=two%20words"},
			path: "/base/v1/traces", header: map[string]string{"X-A": "1", "X-B": "two words"},
		},
		"the one for traces is taken as it is": {
			env:  map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "URL/collect", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:1"},
			path: "/collect",
		},
		"a host without a scheme is this machine": {
			env:  map[string]string{"XRAY_ENDPOINT": "HOST"},
			path: "/v1/traces",
		},
		"no compression": {
			env:  map[string]string{"XRAY_ENDPOINT": "URL", "OTEL_EXPORTER_OTLP_COMPRESSION": "none"},
			path: "/v1/traces", header: map[string]string{"Content-Encoding": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t)
			for k, v := range c.env {
				v = strings.Replace(v, "URL", r.URL, 1)
				t.Setenv(k, strings.Replace(v, "HOST", r.Listener.Addr().String(), 1))
			}
			var cfg xray.Config
			if c.cfg != nil {
				cfg = c.cfg(r.URL)
			}
			client, err := xray.New(cfg, setup.Exporter())
			if err != nil {
				t.Fatal(err)
			}
			run(client.Context(t.Context()), 1)
			if err := client.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			q := r.seen()[0]
			if q.path != c.path {
				t.Errorf("path %s, want %s", q.path, c.path)
			}
			for k, want := range c.header {
				if got := q.header.Get(k); got != want {
					t.Errorf("%s: %q, want %q", k, got, want)
				}
			}
		})
	}
}

func TestNonsenseIsRefusedAtTheStart(t *testing.T) {
	for name, env := range map[string][2]string{
		"endpoint":    {"XRAY_ENDPOINT", "ftp://x"},
		"timeout":     {"OTEL_EXPORTER_OTLP_TIMEOUT", "soon"},
		"headers":     {"OTEL_EXPORTER_OTLP_HEADERS", "novalue"},
		"certificate": {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/does/not/exist"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(env[0], env[1])
			if _, err := xray.New(xray.Config{}, setup.Exporter()); err == nil {
				t.Errorf("%s=%s was accepted", env[0], env[1])
			}
		})
	}
}

func TestAConfigForAServerThatNobodySendsToIsRefused(t *testing.T) {
	for name, o := range map[string]setup.Option{
		"another exporter": setup.WithExporter(nothing{}),
		"a file":           setup.WithLocal(filepath.Join(t.TempDir(), "f")),
	} {
		if _, err := xray.New(xray.Config{Endpoint: "http://localhost:4318"}, setup.Exporter(o)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// nothing is an exporter that accepts all.
type nothing struct{}

func (nothing) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (nothing) Shutdown(context.Context) error                             { return nil }

func TestWithoutAServerSpansGoToAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spans.ndjson")
	c, err := xray.New(xray.Config{}, setup.Exporter(setup.WithLocal(file), setup.WithBatch(1<<20, 2, time.Millisecond)))
	if err != nil {
		t.Fatal(err)
	}
	var trace string
	_ = xray.Track(c.Context(t.Context()), "run", func(ctx context.Context) error {
		trace = xray.CurrentExecution(ctx).TraceID().String()
		xray.Value(ctx, "step", func() int { return 1 }, "line\nbreak", xray.WithAttributes(attribute.Int64("big", 1<<60)))
		return nil
	})
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	spans := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var doc struct {
			ResourceSpans []struct {
				ScopeSpans []struct {
					Spans []struct {
						TraceID, SpanID, ParentSpanID, Name string
						Kind                                int
						StartTimeUnixNano                   string
						Attributes                          []struct{ Value struct{ IntValue string } }
					}
				}
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		for _, rs := range doc.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					if s.TraceID != trace || len(s.SpanID) != 16 || s.Kind != 1 || s.StartTimeUnixNano == "" {
						t.Errorf("span %+v of trace %s", s, trace)
					}
					spans[s.Name] = s.ParentSpanID + "<" + s.SpanID
				}
			}
		}
	}
	parent, _, _ := strings.Cut(spans["step"], "<")
	if len(spans) != 2 || !strings.HasSuffix(spans["run"], "<"+parent) || parent == "" {
		t.Errorf("spans %v", spans)
	}
}

func TestAFileThatCannotBeWrittenIsKnownAtOnce(t *testing.T) {
	if _, err := xray.New(xray.Config{}, setup.Exporter(setup.WithLocal(t.TempDir()))); err == nil {
		t.Error("a directory was accepted as a file")
	}
}

func TestShutdownLeavesNoGoroutine(t *testing.T) {
	r := newReceiver(t)
	c := client(t, r)
	run(c.Context(t.Context()), 10)
	if err := errors.Join(c.Shutdown(t.Context()), c.Shutdown(t.Context())); err != nil {
		t.Fatal(err)
	}
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if strings.Contains(string(stacks), "setup.(*queue).send") {
		t.Errorf("the sender still runs:\n%s", stacks)
	}
}

func TestAPendingSpanIsOnlySentWhileItsStepRuns(t *testing.T) {
	r := newReceiver(t)
	c, err := setup.New(t.Context(), xray.Config{Endpoint: r.URL}, setup.WithBatch(1<<20, 512, time.Hour), setup.WithClient(xray.WithLive()))
	if err != nil {
		t.Fatal(err)
	}
	ctx := c.Context(t.Context())
	_ = xray.Track(ctx, "run", func(ctx context.Context) error {
		xray.Value(ctx, "quick", func() int { return 1 })
		return c.Flush(ctx) // the root is still open
	})
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.names(), " "); got != "quick run run" {
		t.Errorf("sent %q, want the pending and the real run, and only the real quick", got)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.spans {
		for _, a := range s.Attributes {
			if a.Key == "xray.receipt.started" && a.Value.GetIntValue() != 2 {
				t.Errorf("the receipt counts %d spans, want 2 without pending ones", a.Value.GetIntValue())
			}
		}
	}
}

func TestOptionsOfTheClientThatWouldBeIgnoredAreAnError(t *testing.T) {
	_, err := xray.New(xray.Config{}, setup.Exporter(setup.WithClient(xray.WithLive())))
	if err == nil || !strings.Contains(err.Error(), "xray.New") {
		t.Errorf("error %v", err)
	}
}
