// Package setup connects the X-Ray SDK to a server: it builds a TracerProvider,
// a queue and an OTLP/HTTP exporter in one call.
//
//	client, err := setup.Start(ctx)
//	if err != nil { … }
//	defer func() {
//		if err := client.Shutdown(context.Background()); err != nil {
//			log.Print(err) // says what was not delivered
//		}
//	}()
//
// It needs no configuration: spans go to http://localhost:4318. Settings come
// from xray.Config, then XRAY_ENDPOINT, XRAY_API_KEY and XRAY_PROJECT, then
// OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS,
// _TIMEOUT, _COMPRESSION, _CERTIFICATE, their _TRACES_ forms,
// OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER).
//
// It sends traces only. Programs that have OpenTelemetry set up already do not
// need this package: see xray.WithTracerProvider.
package setup

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/xraytrace/xray/sdk"
)

// Start makes a client that sends to X-Ray and makes its provider
// OpenTelemetry's global one (with W3C propagation), so that instrumentation
// libraries such as otelhttp record into the same executions.
func Start(ctx context.Context, opts ...Option) (*xray.Client, error) {
	return New(ctx, xray.Config{}, opts...)
}

// New is [Start] with a Config; xray options go through [WithClient].
func New(ctx context.Context, cfg xray.Config, opts ...Option) (*xray.Client, error) {
	s := defaults(opts)
	c, err := xray.New(cfg, append(s.client, xray.WithBackend(func(cfg xray.Config) (xray.Backend, error) {
		b, err := newBackend(ctx, cfg, s)
		if err != nil {
			return nil, err
		}
		otel.SetTracerProvider(b.provider)
		otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
		return b, nil
	}))...)
	return c, err
}

// Exporter connects xray.New to a server and leaves OpenTelemetry's globals
// alone:
//
//	client, err := xray.New(xray.Config{ProjectID: "shop"}, setup.Exporter())
//
// Options of the client belong into xray.New itself; [WithClient] here is an
// error, since it would come too late to have an effect.
func Exporter(opts ...Option) xray.Option {
	return xray.WithBackend(func(cfg xray.Config) (xray.Backend, error) {
		s := defaults(opts)
		if len(s.client) > 0 {
			return nil, errors.New("xray: setup.Exporter cannot take setup.WithClient: give those options to xray.New")
		}
		return newBackend(context.Background(), cfg, s)
	})
}

// backend is the xray.Backend of this package.
type backend struct {
	provider *sdktrace.TracerProvider
	queue    *queue
	tally    *tally
	uiURL    string
}

func newBackend(ctx context.Context, cfg xray.Config, s settings) (*backend, error) {
	b := &backend{tally: newTally()}
	exporter, err := b.connect(ctx, cfg, s)
	if err != nil {
		return nil, err
	}
	res, err := describe(ctx, s)
	if err != nil {
		return nil, err
	}
	b.queue = newQueue(exporter, b.tally, s)
	provider := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(res),
		sdktrace.WithSpanProcessor(b.tally),
		sdktrace.WithSpanProcessor(b.queue),
	}
	if s.sampler != nil { // else OTEL_TRACES_SAMPLER, else all
		provider = append(provider, sdktrace.WithSampler(s.sampler))
	}
	b.provider = sdktrace.NewTracerProvider(provider...)
	return b, nil
}

// connect makes the exporter to a server or a file, or takes the one given.
func (b *backend) connect(ctx context.Context, cfg xray.Config, s settings) (sdktrace.SpanExporter, error) {
	if s.exporter != nil || s.file != "" {
		if cfg.ProjectID != "" || cfg.APIKey != "" || cfg.Endpoint != "" {
			return nil, errors.New("xray: Config names a server, but WithExporter or WithLocal sends elsewhere: leave ProjectID, APIKey and Endpoint empty")
		}
	}
	switch {
	case s.exporter != nil:
		return s.exporter, nil
	case s.file != "":
		return otlptrace.New(ctx, &fileClient{path: s.file})
	}
	t, err := resolve(cfg)
	if err != nil {
		return nil, err
	}
	b.uiURL = t.uiURL()
	return otlptrace.New(ctx, newHTTPClient(t, s))
}

// describe makes the resource: what the program calls itself, by options and
// OTEL_SERVICE_NAME / OTEL_RESOURCE_ATTRIBUTES.
func describe(ctx context.Context, s settings) (*resource.Resource, error) {
	own, err := resource.New(ctx, resource.WithAttributes(s.resource...))
	if err != nil {
		return nil, fmt.Errorf("xray: resource attributes: %w", err)
	}
	res, err := resource.Merge(resource.Default(), own)
	if err != nil {
		return nil, fmt.Errorf("xray: resource attributes: %w", err)
	}
	return res, nil
}

func (b *backend) TracerProvider() trace.TracerProvider { return b.provider }
func (b *backend) UIURL() string                        { return b.uiURL }
func (b *backend) Tally(id trace.TraceID) xray.Tally    { return b.tally.of(id) }
func (b *backend) Flush(ctx context.Context) error      { return b.queue.ForceFlush(ctx) }
func (b *backend) Shutdown(ctx context.Context) error   { return b.provider.Shutdown(ctx) }
