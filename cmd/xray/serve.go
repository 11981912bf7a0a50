package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/alert"
	"github.com/xraytrace/xray/internal/auth"
	"github.com/xraytrace/xray/internal/limit"
	"github.com/xraytrace/xray/internal/web"
	"github.com/xraytrace/xray/receiver"
	"github.com/xraytrace/xray/receiver/semconv"
	"github.com/xraytrace/xray/store"
)

type serveCommand struct {
	databaseFlags
	modelFlags
	outletFlags
	loginFlags
	reachFlags
	factsFlags
	AutoReasoning bool   `env:"XRAY_AUTO_REASONING" default:"true" negatable:"" help:"Have the model explain every execution; otherwise only when somebody asks. A project's own policy goes before it."`
	Listen        string `env:"XRAY_LISTEN" default:":8080" help:"Web UI, API and OTLP/HTTP. An empty host is loopback, unless a master key is set."`
	OTLPHTTP      string `name:"otlp-http" env:"XRAY_OTLP_HTTP" default:":4318" help:"OTLP over HTTP."`
	OTLPGRPC      string `name:"otlp-grpc" env:"XRAY_OTLP_GRPC" default:":4317" help:"OTLP over gRPC."`
	MaxBody       int64  `name:"otlp-max-body" env:"XRAY_OTLP_MAX_BODY" default:"20" help:"Largest OTLP request, in MiB, packed and unpacked; a larger one is refused with 413."`
	MaxInFlight   int64  `name:"otlp-max-in-flight" env:"XRAY_OTLP_MAX_IN_FLIGHT" default:"96" help:"Memory that requests may hold until they are stored, in MiB, all together; beyond it clients are asked to come back (429). At least four times the largest request."`
	DebugListen   string `name:"debug-listen" env:"XRAY_DEBUG_LISTEN" help:"Go profiles of this process, as in localhost:6060. None by default."`
	MasterKey     string `name:"master-api-key" env:"XRAY_MASTER_API_KEY" help:"An admin key for every project. With it every request needs a key."`
}

// Run starts everything, waits for a signal or for a part that fails, and
// stops everything in reverse: intake first, the database last.
func (c *serveCommand) Run(ctx context.Context, log *slog.Logger) (err error) {
	tuneMemory()
	if err := c.reachFlags.check(); err != nil {
		return err
	}
	if err := c.loginFlags.check(c.PublicURL); err != nil {
		return err
	}
	bound, err := c.bind()
	if err != nil {
		return err
	}
	if err := serveDebug(ctx, c.DebugListen, log); err != nil {
		bound.close()
		return err
	}
	defer bound.close() // no harm for those that a server has closed before
	health := &web.Health{}
	front, err := newFront(bound, c.reachFlags, health, log)
	if err != nil {
		return err
	}
	front.start()
	defer func() { err = errors.Join(err, front.stop()) }()

	db, err := c.start(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	if err := store.Migrate(ctx, db.url); err != nil {
		return err
	}
	if bound.local, err = c.isLocal(ctx, db, bound); err != nil {
		return err
	}
	book, err := newPriceBook()
	if err != nil {
		return err
	}
	mapper := semconv.New(book)
	options := c.storeOptions(receiver.Codec{Mapper: mapper}, log)
	out, err := c.outlet(bound.local, cmp.Or(c.PublicURL, c.urlOf(bound.ui)))
	if err != nil {
		return err
	}
	if options.SecretKeys, err = c.keys(); err != nil {
		return err
	}
	options.Outlet, options.Judge = out, alert.Judge{}
	s, err := store.Open(ctx, db.url, options)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := fillPriceBook(ctx, s, book); err != nil {
		log.Warn("prices that were brought cannot be read; those built in hold", "error", err)
	}
	people := c.loginFlags.service(s, c.PublicURL)
	setup, err := c.setupLink(ctx, people, bound)
	if err != nil {
		return err
	}
	gate := auth.NewGate(s, auth.Options{Local: bound.local, MasterKey: c.MasterKey, People: people})

	limiter := limit.NewBook(s, xray.NewToken(), time.Now)
	if err := limiter.Refresh(ctx); err != nil {
		log.Warn("limits cannot be read; there are none until they can", "error", err)
	}
	masking := newMasking(s, log)
	if err := masking.refresh(ctx); err != nil {
		log.Warn("masking rules cannot be read; nothing is taken until they can", "error", err)
	}
	explainer, err := c.explainer(s, book, masking.book, log)
	if err != nil {
		return err
	}
	serving, cancel := front.untilDrained(ctx)
	defer cancel()
	work, ctx := errgroup.WithContext(serving)
	front.open(parts{
		local: bound.local, login: c.loginFlags, limits: c.limits(), limiter: limiter, store: s, gate: gate, people: people, mapper: mapper, explainer: explainer, masking: masking, book: book, outlet: out, log: log, stopping: ctx.Done(),
	})
	work.Go(func() error { return s.Settle(ctx) })
	work.Go(func() error { return s.AdoptScores(ctx) })
	work.Go(func() error { return s.RunJobs(ctx, explainer) })
	work.Go(func() error { return s.WatchAlerts(ctx) })
	work.Go(func() error { return s.IndexAttributes(ctx) })
	work.Go(func() error { return followPrices(ctx, s, book, log) })
	work.Go(func() error { return masking.follow(ctx) })
	work.Go(func() error { return gate.KeepUses(ctx) })
	work.Go(func() error { return limiter.Follow(ctx, log) })
	work.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case err := <-front.failed:
			return err
		case <-db.done:
			return xray.Errorf(xray.CodeUnavailable, "X-Ray's own PostgreSQL has gone and does not come back: see the log above")
		}
	})
	select {
	case <-s.Working():
		health.SetReady(s.Ping)
		c.welcome(bound, db, explainer.Model(), setup)
	case <-ctx.Done():
	}
	err = work.Wait()
	log.Info("stopping")
	health.SetStopping() // also if a part has failed
	return errors.Join(ignoreCanceled(err), front.stop())
}

// storeOptions fit the jobs to who explains: facts take a processor, and half
// of them stay free for receiving; a model takes patience, and is owed every
// execution.
func (c *serveCommand) storeOptions(codec store.Codec, log *slog.Logger) store.Options {
	o := store.Options{
		Codec: codec, Logger: log, JobWorkers: max(1, runtime.NumCPU()/2), JobBacklog: 1_000_000, Concurrency: 8,
		FactsOnly: !c.modelFlags.configured(), Endpoints: c.modelFlags.places(),
	}
	o.FactsShare = c.share()
	if !c.AutoReasoning {
		o.Policy = xray.PolicyOnDemand
	}
	if !o.FactsOnly {
		o.JobWorkers = 8
	}
	return o
}

// limits bound what the receiver holds in memory.
func (c *serveCommand) limits() receiver.Options {
	return receiver.Options{MaxBody: c.MaxBody << 20, MaxInFlightBytes: c.MaxInFlight << 20}
}

// ignoreCanceled drops the error that only says that we were asked to stop.
func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// bound are the open ports.
type bound struct {
	ui, http, grpc []net.Listener
	loopback       bool // nobody but this machine can connect
	local          bool // nobody has to sign in, and no key is needed; known once the database is there
}

func (b bound) close() {
	for _, ls := range [][]net.Listener{b.ui, b.http, b.grpc} {
		for _, l := range ls {
			l.Close()
		}
	}
}

// bind opens the ports before anything else, so that a taken one is found at
// once.
func (c *serveCommand) bind() (b bound, err error) {
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	open := c.MasterKey != ""
	b.loopback = true
	for _, p := range []struct {
		flag, value string
		into        *[]net.Listener
	}{{"listen", c.Listen, &b.ui}, {"otlp-http", c.OTLPHTTP, &b.http}, {"otlp-grpc", c.OTLPGRPC, &b.grpc}} {
		a, err := parseAddress(p.flag, p.value)
		if err != nil {
			return b, err
		}
		if *p.into, err = a.listen(open); err != nil {
			return b, err
		}
		b.loopback = b.loopback && a.loopback(open)
	}
	return b, nil
}

func (c *serveCommand) welcome(b bound, db database, model, setup string) {
	keys := "no key needed: only this machine can connect"
	if !b.local {
		keys = "people sign in, programs need a key"
	}
	explains := "from computed facts (set OPENAI_API_KEY or OPENAI_BASE_URL for a model's prose)"
	if model != "" {
		explains = "with the model " + model
	}
	fmt.Fprintf(os.Stdout, `X-Ray %s is ready.
  Web UI     %s
  OTLP/HTTP  %s
  OTLP/gRPC  %s
  Data       %s
  Access     %s
  Explains   %s
`, version, c.urlOf(b.ui), c.urlOf(b.http), c.urlOf(b.grpc), db.about, keys, explains)
	if setup != "" {
		fmt.Fprintf(os.Stdout, "\nNobody can sign in yet. This link makes the first owner, once, within a day:\n  %s\n", setup)
	}
}
