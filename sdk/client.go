package xray

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// Config says where executions belong and go. The zero value is a good one:
// localhost, project "default". Fields left empty are read from XRAY_PROJECT,
// XRAY_API_KEY and XRAY_ENDPOINT by the exporter that package setup connects;
// without an exporter nobody would read ProjectID, APIKey and Endpoint, so
// [New] then refuses them.
type Config struct {
	ProjectID     string // the project's name on the server
	APIKey        string // needed by a server that is not in local mode
	Endpoint      string // base URL, e.g. https://xray.example.com:4318
	AutoReasoning Switch // whether executions are explained without being asked
}

// Switch is on, off, or left to the project's settings (the zero value).
type Switch uint8

// The positions of a [Switch].
const (
	Auto Switch = iota
	On
	Off
)

// Client makes executions and steps. Calls find it in their context (see
// [Client.Context]); else they use the client that [New] made last; else one
// on OpenTelemetry's global TracerProvider. A nil *Client records nothing.
type Client struct {
	tracer   trace.Tracer
	backend  Backend
	auto     Switch
	disabled bool
	live     bool
	mask     Mask
	limit    int // bytes of one JSON attribute
	uiURL    string
	project  string
}

// DefaultPayloadLimit is how many bytes of JSON one input, output or other
// payload may take before it is shortened.
const DefaultPayloadLimit = 256 << 10

// ErrNoExporter is returned by [New] for a Config that names a server while
// nothing is connected that could send to it.
var ErrNoExporter = errors.New("xray: Config has a ProjectID, APIKey or Endpoint but no exporter is connected that would use it; " +
	"add the option setup.Exporter() from github.com/xraytrace/xray/sdk/setup, or leave these fields empty to use your own TracerProvider")

// Option changes what [New] makes.
type Option func(*settings)

type settings struct {
	client   *Client
	provider trace.TracerProvider
	connect  func(Config) (Backend, error)
}

// New makes a client and the default one of this process, as slog.SetDefault
// does for logs: the one made last serves every call whose context carries
// none. A library that wants its own client passes it by [Client.Context].
//
// With XRAY_DISABLED=1 in the environment it returns a client that records
// nothing and connects to nothing.
func New(cfg Config, opts ...Option) (*Client, error) {
	s := settings{client: &Client{
		auto:     cfg.AutoReasoning,
		limit:    DefaultPayloadLimit,
		disabled: disabledByEnv(),
		uiURL:    strings.TrimSuffix(os.Getenv("XRAY_UI_URL"), "/"),
		project:  cmp.Or(cfg.ProjectID, os.Getenv("XRAY_PROJECT")),
	}}
	for _, o := range opts {
		o(&s)
	}
	c := s.client
	if !c.disabled {
		if err := s.join(cfg); err != nil {
			return nil, err
		}
	}
	defaultClient.Store(c)
	return c, nil
}

// join gives the client the tracer that its options ask for.
func (s *settings) join(cfg Config) error {
	c, provider := s.client, s.provider
	if s.connect != nil && provider != nil {
		return errors.New("xray: WithTracerProvider and an exporter were both given; an existing provider has its own exporter")
	}
	if s.connect != nil {
		b, err := s.connect(cfg)
		if err != nil {
			return err
		}
		c.backend, provider = b, b.TracerProvider()
		if c.uiURL == "" {
			c.uiURL = b.UIURL()
		}
	} else if cfg.ProjectID != "" || cfg.APIKey != "" || cfg.Endpoint != "" {
		return ErrNoExporter
	}
	if provider == nil {
		provider = otel.GetTracerProvider()
	}
	c.tracer = provider.Tracer(ScopeName, trace.WithInstrumentationVersion(Version))
	return nil
}

// WithTracerProvider records through a provider that the program has already.
// Its exporter decides where spans go.
func WithTracerProvider(tp trace.TracerProvider) Option {
	return func(s *settings) { s.provider = tp }
}

// WithBackend connects the provider and exporter that connect makes from the
// client's Config. Programs use setup.Exporter, which is such an option.
func WithBackend(connect func(Config) (Backend, error)) Option {
	return func(s *settings) { s.connect = connect }
}

// WithPayloadLimit sets how many bytes of JSON one payload may take; see
// [DefaultPayloadLimit].
func WithPayloadLimit(bytes int) Option {
	return func(s *settings) { s.client.limit = max(bytes, 64) }
}

// WithUIURL sets the base of [Execution.URL], e.g. https://xray.example.com.
// Without it: XRAY_UI_URL, else what the exporter's endpoint suggests.
func WithUIURL(base string) Option {
	return func(s *settings) { s.client.uiURL = strings.TrimSuffix(base, "/") }
}

// Context returns a context whose calls use this client.
func (c *Client) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, &scope{client: c})
}

// Flush waits until everything that has ended so far is delivered or given
// up. Its error is that of [Client.Shutdown].
func (c *Client) Flush(ctx context.Context) error {
	if c == nil || c.backend == nil {
		return nil
	}
	return c.backend.Flush(ctx)
}

// Shutdown delivers what is waiting, stops, and returns a [*LossError] if
// anything recorded since the start was not delivered. It blocks until then
// or until ctx ends; without a deadline in ctx it gives up after five seconds
// in which the server could not be reached. A client on another provider
// (see [WithTracerProvider]) has nothing to shut down: that is its owner's.
func (c *Client) Shutdown(ctx context.Context) error {
	if c == nil || c.backend == nil {
		return nil
	}
	return c.backend.Shutdown(ctx)
}

// defaultClient is the one piece of state in this package; ADR 006 says why.
var defaultClient atomic.Pointer[Client]

func disabledByEnv() bool {
	on, _ := strconv.ParseBool(os.Getenv("XRAY_DISABLED"))
	return on
}

// current returns the default client, making one on the global provider the
// first time that there is none.
func current() *Client {
	if c := defaultClient.Load(); c != nil {
		return c
	}
	c := &Client{
		tracer:   otel.GetTracerProvider().Tracer(ScopeName, trace.WithInstrumentationVersion(Version)),
		limit:    DefaultPayloadLimit,
		disabled: disabledByEnv(),
		uiURL:    strings.TrimSuffix(os.Getenv("XRAY_UI_URL"), "/"),
	}
	defaultClient.CompareAndSwap(nil, c)
	return defaultClient.Load()
}

// scope is what a context carries: one value, so that a step costs one look-up.
type scope struct {
	client    *Client
	execution *Execution // nil outside of one
	step      *OpenStep  // the innermost open step; the execution's own at its top
}

type scopeKey struct{}

func scopeOf(ctx context.Context) scope {
	if s, ok := ctx.Value(scopeKey{}).(*scope); ok {
		return *s
	}
	return scope{client: current()}
}
