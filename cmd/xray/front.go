package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"

	"github.com/xraytrace/xray/internal/account"
	"github.com/xraytrace/xray/internal/api"
	"github.com/xraytrace/xray/internal/auth"
	"github.com/xraytrace/xray/internal/limit"
	"github.com/xraytrace/xray/internal/mcp"
	"github.com/xraytrace/xray/internal/web"
	"github.com/xraytrace/xray/reasoner"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/prices"
	"github.com/xraytrace/xray/receiver/semconv"
	"github.com/xraytrace/xray/store"
	"github.com/xraytrace/xray/ui"
)

// drainTimeout is how long requests under way may take to end at a stop.
const drainTimeout = 20 * time.Second

// front is the three servers that the world talks to. HTTP answers from the
// first moment, with 503 until the rest has started; gRPC connections wait.
type front struct {
	bound    bound
	reach    reachFlags
	cert     *certificate // nil without TLS
	health   *web.Health
	log      *slog.Logger
	ui, otlp web.Switch
	servers  []*http.Server
	grpc     *grpc.Server
	failed   chan error // a server that ended by itself
	serving  sync.WaitGroup
}

func newFront(b bound, reach reachFlags, health *web.Health, log *slog.Logger) (*front, error) {
	f := &front{bound: b, reach: reach, health: health, log: log, failed: make(chan error, 8)}
	if reach.TLSCert != "" {
		var err error
		if f.cert, err = newCertificate(reach.TLSCert, reach.TLSKey, log); err != nil {
			return nil, err
		}
	}
	starting := web.Starting(health)
	f.ui.Set(starting)
	f.otlp.Set(starting)
	return f, nil
}

func (f *front) start() {
	f.serveHTTP(web.Under(f.reach.basePath(), &f.ui), f.bound.ui)
	f.serveHTTP(&f.otlp, f.bound.http)
}

func (f *front) serveHTTP(h http.Handler, listeners []net.Listener) {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute, // of a whole request: a slow sender cannot hold memory for ever
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(f.log.Handler(), slog.LevelDebug),
	}
	if f.cert != nil {
		server.TLSConfig = f.cert.config()
	}
	f.servers = append(f.servers, server)
	for _, l := range listeners {
		f.run(func() error {
			if f.cert == nil {
				return server.Serve(l)
			}
			return server.ServeTLS(l, "", "")
		})
	}
}

func (f *front) run(serve func() error) {
	f.serving.Go(func() {
		if err := serve(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			f.failed <- fmt.Errorf("serve: %w", err)
		}
	})
}

// parts are what the front talks to once it is open.
type parts struct {
	local     bool // nobody has to sign in
	login     loginFlags
	people    *account.Service
	limits    receiver.Options
	limiter   *limit.Book
	store     *store.Store
	gate      *auth.Gate
	mapper    *semconv.Mapper
	explainer *reasoner.Explainer
	masking   masking
	outlet    outlet
	book      *prices.Book
	log       *slog.Logger
	stopping  <-chan struct{}
}

// open puts the real handlers in place and starts gRPC.
func (f *front) open(p parts) {
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newBacklogMetrics(p.store))
	limits := p.limits
	limits.Logger, limits.Registerer, limits.Masking, limits.Limits = p.log, metrics, p.masking.book, p.limiter
	in := receiver.New(p.store, p.gate, p.mapper, limits)

	f.otlp.Set(f.otlpEngine(p, in))
	f.ui.Set(f.uiEngine(p, in, metrics))
	f.grpc = in.GRPC()
	for _, l := range f.bound.grpc {
		if f.cert != nil {
			l = tls.NewListener(l, f.cert.config())
		}
		f.run(func() error { return f.grpc.Serve(l) })
	}
}

func (f *front) otlpEngine(p parts, in *receiver.Receiver) *gin.Engine {
	engine := web.NewEngine(web.Options{Logger: f.log, LoopbackOnly: p.local, Origin: f.reach.PublicURL, TrustedProxies: f.reach.TrustedProxies})
	f.health.Register(engine)
	in.Routes(engine)
	return engine
}

func (f *front) uiEngine(p parts, in *receiver.Receiver, metrics *prometheus.Registry) *gin.Engine {
	engine := f.otlpEngine(p, in)
	engine.GET("/metrics", gin.WrapH(promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})))
	(&api.Server{
		Reader:     p.store,
		Asker:      p.store,
		Explain:    p.explainer,
		Analyst:    reasoner.NewAnalyst(p.store),
		Statistics: p.store,
		Settings:   p.store,
		Search:     p.store,
		Views:      p.store,
		Feedback:   p.store,
		Budgets:    p.store,
		Masking:    p.masking,
		Hooks:      p.store,
		HookOutlet: p.outlet,
		Retentions: p.store,
		Prices:     priceDesk{p.store, p.book},
		Keys:       p.store,
		Alerts:     p.store,
		Limits:     limiting{p.store, p.limiter},
		Audit:      p.store,
		Importer:   in,
		Demo:       demoLoader{in},
		Live:       p.store,
		Auth:       p.gate,
		Accounts:   p.people,
		Projects:   p.store,
		Logger:     p.log,
		Stopping:   p.stopping,
		About: api.About{
			Version:   version,
			PublicURL: f.reach.PublicURL, PlainLogin: p.login.PlainLogin,
			OTLPHTTP: f.reach.urlOf(f.bound.http),
			OTLPGRPC: f.reach.urlOf(f.bound.grpc),
			Model:    p.explainer.Model(), DefaultModel: p.explainer.DefaultModel(), Endpoints: p.explainer.Endpoints(),
			HeartBeat: api.DefaultHeartBeat,
		},
	}).Register(engine)
	engine.Any("/mcp", gin.WrapH((&mcp.Server{
		Reader: p.store, Analyst: reasoner.NewAnalyst(p.store), Explain: p.explainer, Auth: p.gate, Logger: p.log, Version: version,
	}).Handler()))
	web.RegisterUI(engine, ui.Dist(), f.reach.basePath())
	return engine
}

// untilDrained gives a context that ends some time after ctx does. Until then
// every request is still answered, while /readyz says no and HTTP/1.1 clients
// are told that their connection ends: a load balancer goes elsewhere before
// connections are closed under it.
func (f *front) untilDrained(ctx context.Context) (context.Context, context.CancelFunc) {
	drained, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := context.AfterFunc(ctx, func() {
		f.health.SetStopping()
		for _, s := range f.servers {
			s.SetKeepAlivesEnabled(false)
		}
		time.AfterFunc(f.reach.Drain, cancel)
	})
	return drained, func() { unwatch(); cancel() }
}

// stop takes no more requests, lets those under way end, and returns when all
// servers have. A second call does nothing.
func (f *front) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	var errs []error
	for _, s := range f.servers {
		errs = append(errs, s.Shutdown(ctx))
	}
	if f.grpc != nil {
		stopped := context.AfterFunc(ctx, f.grpc.Stop) // cuts what GracefulStop waits for
		f.grpc.GracefulStop()
		stopped()
	}
	f.serving.Wait()
	return errors.Join(errs...)
}
