// Package store keeps what clients sent in PostgreSQL and reads it back:
// segments (the OTLP bytes, the truth), steps and executions (an index over
// them), and what was found out about them (facts, reasonings, jobs).
//
// It deliberately knows no OTLP: whatever needs to look into the bytes goes
// through a [Codec]. It knows neither HTTP nor models, and it decides no
// permissions: every call names the project it is for.
package store

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/xraytrace/xray"
)

// Options tune a [Store]. The zero value of every field but Codec is usable.
type Options struct {
	Codec  Codec            // needed by reads of payloads and by deletion; the rest works without
	Logger *slog.Logger     // nil: silent
	Clock  func() time.Time // nil: time.Now

	Writers    int   // transactions that store at the same time; default half the processors, 1 to 4
	MaxWaiting int64 // bytes that may wait for their commit before Append says CodeLimit; default 64 MiB
	MaxConns   int32 // connections for everything but ingest, at least 4; default 20

	SettleQuiet    time.Duration // no span for this long after the root ended: settled; default 2 s
	SettleRootless time.Duration // no span for this long and no root: settled; default 60 s
	SettleAbandon  time.Duration // no span for this long and an announced step never ended: settled; default 15 min
	SettleEvery    time.Duration // how often Settle looks; default 250 ms

	// Policy holds for projects that have set none; default all.
	Policy xray.ReasoningPolicy
	// Concurrency is how many calls to a model, and explanations that make such,
	// a project may have under way at once, in all processes together, if it has
	// not set another number; 0 means any.
	Concurrency int

	// Endpoints are the base URLs of models that RunJobs' explainer may ask; "" is
	// the server's own. nil: that one alone. Jobs that ask another are left to
	// processes that may.
	Endpoints []string
	// FactsOnly: none. Where no other process has the model either, settled
	// executions are explained from facts, many at a time; only what somebody asks
	// for is a job.
	FactsOnly bool

	// FactsShare is how much of one processor may go into finding facts in the
	// background when nothing arrives, a fifth of it while spans do; default 0.5.
	// Below zero: facts are found when somebody looks.
	FactsShare float64

	// JobBacklog is how many explanations may wait before settling asks for no
	// more by itself: then an execution keeps the headline that its structure
	// gives, and a model explains it when somebody asks. Default 1000.
	JobBacklog  int
	JobWorkers  int           // explanations made at the same time by RunJobs, for each endpoint; default 4
	JobTimeout  time.Duration // for one explanation; default 5 min
	JobAttempts int           // default 5
	JobBackoff  time.Duration // base of the exponential, fully jittered wait between attempts; default 2 s

	// Outlet tells hooks what happens. Without one nobody is told: events wait for
	// a process that has one.
	Outlet      Outlet
	HookBackoff time.Duration // before the first retry of a delivery; default 2 s
	// Judge decides what alerts' windows mean; WatchAlerts and PreviewAlert need it
	// and Outlet.
	Judge      Judge
	AlertEvery time.Duration // how often WatchAlerts looks for ripe windows; default 1 s
	// SecretKeys of 32 bytes seal what has to be read again: the first seals, any
	// may open. None: one that the database keeps.
	SecretKeys [][]byte
}

func (o Options) withDefaults() Options {
	orDefault(&o.Writers, min(max(runtime.NumCPU()/2, 1), 4))
	orDefault(&o.MaxWaiting, 64<<20)
	orDefault(&o.MaxConns, 20)
	orDefault(&o.SettleQuiet, 2*time.Second)
	orDefault(&o.SettleRootless, time.Minute)
	orDefault(&o.SettleAbandon, 15*time.Minute)
	orDefault(&o.SettleEvery, 250*time.Millisecond)
	orDefault(&o.Policy, xray.PolicyAll)
	if o.FactsOnly {
		o.Endpoints = nil
	} else if o.Endpoints == nil {
		o.Endpoints = []string{""}
	}
	orDefault(&o.FactsShare, 0.5)
	orDefault(&o.JobBacklog, 1000)
	orDefault(&o.JobWorkers, 4)
	orDefault(&o.JobTimeout, 5*time.Minute)
	orDefault(&o.JobAttempts, 5)
	orDefault(&o.JobBackoff, 2*time.Second)
	orDefault(&o.HookBackoff, 2*time.Second)
	orDefault(&o.AlertEvery, time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

func orDefault[T comparable](v *T, def T) {
	if zero := *new(T); *v == zero {
		*v = def
	}
}

// Store is a database full of executions. It is safe for concurrent use, and
// several processes may have one on the same database.
type Store struct {
	opts   Options
	log    *slog.Logger
	clock  func() time.Time
	pool   *pgxpool.Pool // settling, jobs, settings: whatever is not for one project
	reads  *reads        // for one project
	ingest *writer       // has a pool of its own, so that reads cannot starve it
	zip    *zipper
	jobs   *river.Client[pgx.Tx] // inserts only; RunJobs makes the one that works
	recent *recent
	haste  haste
	logged atomic.Bool   // rollup_log may hold something
	facts  chan struct{} // receives when executions were noted in unexplained
	begun  chan struct{} // closed when RunJobs first works
	once   sync.Once     // closes it
	worker atomic.Int32  // this process's number while it holds the lock that says that it lives; else 0
	plain  pace          // of explanations of executions without payloads
	live   *hub
	// What hooks are told of.
	interests interests
	kept      atomic.Pointer[[]byte] // the key that the database keeps
	// What is in no run of the index of attributes yet.
	unindexed   unindexed
	directories directories
}

// Open connects to a database that [Migrate] has brought to this version, and
// starts the writers. It does not wait for the database: a server that is away
// makes calls fail with CodeUnavailable until it is back.
func Open(ctx context.Context, databaseURL string, opts Options) (*Store, error) {
	opts = opts.withDefaults()
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w", err)
	}
	zip, err := newZipper()
	if err != nil {
		return nil, err
	}
	config.MaxConns = max(opts.MaxConns/2, 2)
	reads, err := openReads(ctx, config, opts.Logger)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		reads.pool.Close()
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: riverSchema, Logger: opts.Logger})
	if err != nil {
		pool.Close()
		reads.pool.Close()
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	ingestConfig := config.Copy()
	ingestConfig.MaxConns = int32(opts.Writers)
	ingestPool, err := pgxpool.NewWithConfig(ctx, ingestConfig)
	if err != nil {
		pool.Close()
		reads.pool.Close()
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	s := &Store{
		opts: opts, log: opts.Logger, clock: opts.Clock, pool: pool, reads: reads, jobs: jobs,
		zip: zip, recent: newRecent(), facts: make(chan struct{}, 1), begun: make(chan struct{}), live: newHub(config.ConnConfig, opts.Logger),
	}
	s.ingest = newWriter(ingestPool, s)
	return s, nil
}

// Close stops taking batches, stores those that wait, ends subscriptions and
// closes the connections. Settle and RunJobs must have returned before.
func (s *Store) Close() {
	s.ingest.close()
	s.live.close()
	s.reads.pool.Close()
	s.pool.Close()
}

// Ping reports whether the database answers and has been migrated.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.pool.QueryRow(ctx, "SELECT 1 FROM projects LIMIT 1").Scan(&one); err != nil {
		return unavailable(fmt.Errorf("ping: %w", err))
	}
	return nil
}
