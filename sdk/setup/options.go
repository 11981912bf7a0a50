package setup

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/xraytrace/xray/sdk"
)

// Option changes how spans are queued and sent.
type Option func(*settings)

type settings struct {
	client   []xray.Option
	resource []attribute.KeyValue
	sampler  sdktrace.Sampler
	exporter sdktrace.SpanExporter
	file     string
	http     *http.Client

	queueBytes int
	blockFor   time.Duration
	batchBytes int
	batchSpans int
	delay      time.Duration
	grace      time.Duration
	retry      retry
}

func defaults(opts []Option) settings {
	s := settings{
		queueBytes: 64 << 20,
		blockFor:   2 * time.Second,
		batchBytes: 4 << 20, // well under the server's limit of 20 MB
		batchSpans: 512,
		delay:      500 * time.Millisecond,
		grace:      5 * time.Second,
		retry:      retry{first: 250 * time.Millisecond, longest: 10 * time.Second, total: 5 * time.Minute},
	}
	for _, o := range opts {
		o(&s)
	}
	return s
}

// WithClient hands options to xray.New: setup.WithClient(xray.WithLive()).
func WithClient(opts ...xray.Option) Option {
	return func(s *settings) { s.client = append(s.client, opts...) }
}

// WithService names the program and its version; OTEL_SERVICE_NAME does too.
func WithService(name, version string) Option {
	return func(s *settings) {
		s.resource = append(s.resource, attribute.String("service.name", name))
		if version != "" {
			s.resource = append(s.resource, attribute.String("service.version", version))
		}
	}
}

// WithResource adds resource attributes, e.g. deployment.environment.name.
func WithResource(attrs ...attribute.KeyValue) Option {
	return func(s *settings) { s.resource = append(s.resource, attrs...) }
}

// WithSampler records only what the sampler chooses.
func WithSampler(sampler sdktrace.Sampler) Option {
	return func(s *settings) { s.sampler = sampler }
}

// WithExporter sends through another exporter, with this package's queue.
func WithExporter(e sdktrace.SpanExporter) Option {
	return func(s *settings) { s.exporter = e }
}

// WithLocal writes to a file instead of a server: one OTLP JSON document per
// line, appended, as `xray import` reads it.
func WithLocal(path string) Option {
	return func(s *settings) { s.file = path }
}

// WithHTTPClient sends with another HTTP client, e.g. one with its own proxy.
// Its Timeout bounds each attempt.
func WithHTTPClient(c *http.Client) Option {
	return func(s *settings) { s.http = c }
}

// WithQueue bounds what waits in memory (64 MiB by default, about what the
// spans take on the wire) and how long the end of a step may block when the
// queue is full (2 s). When that time has passed once, spans are dropped and
// counted at once until there is room again: a server that is away slows the
// program down by blockFor per outage, not per step.
func WithQueue(bytes int, blockFor time.Duration) Option {
	return func(s *settings) { s.queueBytes, s.blockFor = bytes, blockFor }
}

// WithBatch sets when a batch is sent: at so many bytes or spans, or when its
// first span has waited for delay. Defaults: 4 MiB, 512, 500 ms. A span that is
// larger goes alone.
func WithBatch(bytes, spans int, delay time.Duration) Option {
	return func(s *settings) { s.batchBytes, s.batchSpans, s.delay = bytes, spans, delay }
}

// WithRetry sets the pauses between attempts (the first, doubling up to the
// longest, each with jitter) and how long a batch is tried in all. Defaults:
// 250 ms, 10 s, 5 min. A Retry-After of the server goes before them.
func WithRetry(first, longest, total time.Duration) Option {
	return func(s *settings) { s.retry = retry{first, longest, total} }
}

// WithGrace sets how long Shutdown tries when its context has no deadline;
// 5 s by default.
func WithGrace(d time.Duration) Option {
	return func(s *settings) { s.grace = d }
}
