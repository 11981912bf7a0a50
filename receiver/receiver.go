package receiver

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/semconv"
)

// Sink stores batches. Append returns nil only after the commit, and also for
// a batch whose RequestHash is already known.
type Sink interface {
	Append(ctx context.Context, b xray.Batch) error
}

// Mapper turns spans of any convention into steps; *semconv.Mapper does.
type Mapper interface {
	// Step makes the narrow row of a span. It runs for every span received.
	Step(s semconv.Span) xray.Step
	// Reads and ReadsEvent say which attributes and events Step looks at; it
	// looks at no links.
	Reads(key []byte) bool
	ReadsEvent(name []byte) bool
	// Detail makes everything of a span; logs are the records that belong to it.
	Detail(s semconv.Span, logs []plog.LogRecord) xray.StepDetail
}

// Options of a [Receiver]. Zero fields mean the defaults.
type Options struct {
	MaxBody          int64 // bytes as sent; default 20 MiB
	MaxDecompressed  int64 // bytes after decompression; default MaxBody
	MaxInFlightBytes int64 // of all requests together; default 96 MiB, at least twice the largest request
	Logger           *slog.Logger
	Clock            func() time.Time
	Registerer       prometheus.Registerer // nil: metrics are not exposed
	Masking          Masking               // nil: nothing is masked
	Limits           Limiter               // nil: none
}

const (
	defaultMaxBody  = 20 << 20
	defaultInFlight = 96 << 20
)

// Receiver takes OTLP requests and hands their spans to a [Sink]. Its methods
// may be called concurrently.
type Receiver struct {
	sink     Sink
	auth     Authenticator
	mapper   Mapper
	opts     Options
	log      *slog.Logger
	outages  outageLog
	flight   *flight
	metrics  *metrics
	slimmers sync.Pool // of *slimmer
}

// New makes a receiver. It owns no goroutines and needs no closing.
func New(sink Sink, auth Authenticator, mapper Mapper, opts Options) *Receiver {
	if opts.MaxBody <= 0 {
		opts.MaxBody = defaultMaxBody
	}
	if opts.MaxDecompressed <= 0 {
		opts.MaxDecompressed = opts.MaxBody
	}
	if opts.MaxInFlightBytes <= 0 {
		opts.MaxInFlightBytes = defaultInFlight
	}
	// Otherwise the largest request that is allowed could never be taken.
	opts.MaxInFlightBytes = max(opts.MaxInFlightBytes, 2*(opts.MaxBody+opts.MaxDecompressed))
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	if opts.Masking == nil {
		opts.Masking = noMasking{}
	}
	if opts.Limits == nil {
		opts.Limits = noLimits{}
	}
	f := &flight{limit: opts.MaxInFlightBytes}
	r := &Receiver{
		sink: sink, auth: auth, mapper: mapper, opts: opts, log: opts.Logger,
		outages: outageLog{log: opts.Logger, clock: opts.Clock},
		flight:  f, metrics: newMetrics(opts.Registerer, f),
	}
	r.slimmers.New = func() any { return &slimmer{} }
	return r
}

// signal is one of OTLP's three kinds of data.
type signal struct {
	name     string // in paths and metrics
	service  string // of gRPC
	rejected string // the JSON name of partial_success's counter
	accept   func(r *Receiver, ctx context.Context, in incoming) (partial, error)
}

var signals = []signal{
	{"traces", "opentelemetry.proto.collector.trace.v1.TraceService", "rejectedSpans", (*Receiver).acceptTraces},
	{"logs", "opentelemetry.proto.collector.logs.v1.LogsService", "rejectedLogRecords", (*Receiver).acceptLogs},
	{"metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService", "rejectedDataPoints", (*Receiver).acceptMetrics},
}

// incoming is a request as both transports hand it over: authenticated,
// unpacked, its memory accounted for.
type incoming struct {
	signal  signal
	project xray.Project
	body    []byte // never changed after this; segments may alias it
	json    bool
	lease   *lease
	visit   *visit
}

// partial is OTLP's partial_success: what was refused of an accepted request.
type partial struct {
	rejected int
	message  string
}

// acceptMetrics says yes and looks no further: some clients send metrics
// unasked, and a refusal would fill their logs.
func (r *Receiver) acceptMetrics(_ context.Context, in incoming) (partial, error) {
	r.metrics.count(in.signal, fateIgnored, 1)
	return partial{}, nil
}

// requestHash names the content of a request by half of a SHA-256. A batch
// whose hash is known is acknowledged and not stored, so a hash that can be
// made to collide would be a way to lose data; that is worth 0.3 µs of the 15
// that a small span costs in all, and 4 of an LLM call's 70. It covers the
// protobuf form, so a request hashes the same however it was compressed, and
// of a masked request what is kept: nobody can try values against the hash.
func requestHash(project int32, kind xray.Signal, body []byte) [16]byte {
	h := sha256.New()
	var head [5]byte
	binary.BigEndian.PutUint32(head[:], uint32(project))
	head[4] = byte(kind)
	h.Write(head[:])
	h.Write(body)
	return [16]byte(h.Sum(nil))
}
