package store

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/xraytrace/xray"
)

const (
	// maxGroup is how many bytes one transaction takes: enough that its commit
	// costs little per span, small enough that nobody waits long.
	maxGroup = 8 << 20
	// Within busyFor of the last transaction a writer gathers for gatherTime,
	// unless enoughGathered bytes wait or are being stored. 64 clients that send
	// little take an eighth less CPU by it.
	busyFor        = 50 * time.Millisecond
	gatherTime     = 4 * time.Millisecond
	enoughGathered = 1 << 20
	// stepCost is about what a decoded step weighs in memory, beside its bytes.
	stepCost = 512
	// busyRetry is what clients are asked to wait for when too much waits: the
	// writers empty a full queue in about this time.
	busyRetry = time.Second
	// writeTimeout bounds one transaction, so that a database that hangs makes
	// callers fail instead of wait for ever.
	writeTimeout = 30 * time.Second
)

// Append stores a batch and returns nil once it is committed, or was before:
// a batch whose hash is known changes nothing. Append owns b from the call on.
//
// Errors: CodeInvalid, the database refuses these very values; CodeLimit, too
// much waits already; CodeUnavailable, the database is away. After any error,
// and after ctx ends, the batch may still have been stored; sending it again is
// safe.
func (s *Store) Append(ctx context.Context, b xray.Batch) error {
	r, err := s.ingest.prepare(b)
	if err != nil || len(r.segments) == 0 {
		return err
	}
	if err := s.ingest.enqueue(r); err != nil {
		return err
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for the commit: %w", ctx.Err())
	}
}

// request is a batch on its way into the database.
type request struct {
	project  int32
	hash     [16]byte
	segments []rawSegment
	bytes    int64
	done     chan error // receives once; has room, so that nobody need be there
}

// writer commits what waits, in groups: a few goroutines take all that has
// gathered while they were busy and store it in one transaction. More of them
// make smaller groups that wait for each other's traces: with one instead of two
// on two processors, PostgreSQL took a tenth less for large requests and a third
// less for small ones.
type writer struct {
	*Store
	pool       *pgxpool.Pool
	ids        *idMaker // nil until the first write has fetched this process's number
	idsMu      sync.Mutex
	partitions partitions
	plans      plans
	stop       context.CancelFunc
	done       sync.WaitGroup

	mu      sync.Mutex
	ready   sync.Cond // something waits, or closed
	waiting []*request
	bytes   int64 // of what waits or is being stored
	closed  bool

	stored atomic.Int64 // when the last transaction ended, in nanoseconds of the wall clock
}

func newWriter(pool *pgxpool.Pool, s *Store) *writer {
	ctx, cancel := context.WithCancel(context.Background())
	w := &writer{Store: s, pool: pool, stop: cancel}
	w.ready.L = &w.mu
	for range s.opts.Writers {
		w.done.Go(func() { w.run(ctx) })
	}
	return w
}

// close stores what waits and stops.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.ready.Broadcast()
	w.mu.Unlock()
	w.done.Wait()
	w.stop()
	w.pool.Close()
}

func (w *writer) enqueue(r *request) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		e := xray.Errorf(xray.CodeUnavailable, "the server is stopping; send it again in a moment")
		e.RetryAfter = busyRetry
		return e
	}
	// A single request larger than the bound may pass when nothing else waits.
	if w.bytes > 0 && w.bytes+r.bytes > w.opts.MaxWaiting {
		e := xray.Errorf(xray.CodeLimit, "more arrives than the database takes; send it again in a moment")
		e.RetryAfter = busyRetry
		return e
	}
	w.bytes += r.bytes
	w.waiting = append(w.waiting, r)
	w.ready.Signal()
	return nil
}

func (w *writer) run(ctx context.Context) {
	for {
		group := w.take()
		if group == nil {
			return
		}
		w.storeGroup(ctx, group)
	}
}

// take waits for requests and takes as many as fit into a group, at least one.
// It returns nil when the writer is closed and empty.
func (w *writer) take() []*request {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.await()
	if len(w.waiting) > 0 && w.gathers() {
		w.mu.Unlock()
		time.Sleep(gatherTime)
		w.mu.Lock()
		w.await() // another writer may have taken all
	}
	if len(w.waiting) == 0 {
		return nil
	}
	n, size := 0, int64(0)
	for n < len(w.waiting) && (n == 0 || size+w.waiting[n].bytes <= maxGroup) {
		size += w.waiting[n].bytes
		n++
	}
	group := w.waiting[:n:n]
	w.waiting = w.waiting[n:]
	if len(w.waiting) == 0 {
		w.waiting = nil
	} else {
		w.ready.Signal()
	}
	return group
}

// await waits until there are requests, or none will come. It is called with mu.
func (w *writer) await() {
	for len(w.waiting) == 0 && !w.closed {
		w.ready.Wait()
	}
}

// gathers reports whether a moment should be given to others: the store is busy
// and little waits, so that what a transaction costs by itself is shared by more
// spans. An idle store goes on at once.
func (w *writer) gathers() bool {
	return !w.closed && w.bytes < enoughGathered && !w.restedFor(busyFor)
}

// restedFor reports whether nothing was stored for so long.
func (w *writer) restedFor(d time.Duration) bool {
	return time.Since(time.Unix(0, w.stored.Load())) > d
}

// finish tells a caller how it ended.
func (w *writer) finish(r *request, err error) {
	w.mu.Lock()
	w.bytes -= r.bytes
	w.mu.Unlock()
	r.done <- err
}

// storeGroup stores a group and tells every caller. A group that the database
// refuses is stored one by one, so that a poisoned request fails alone.
func (w *writer) storeGroup(ctx context.Context, group []*request) {
	err := w.storeWithRetry(ctx, group)
	if err != nil && len(group) > 1 && classify(err) != faultOutage {
		w.log.Warn("a group of requests failed; storing them one by one", "requests", len(group), "error", err)
		for _, r := range group {
			w.finish(r, w.verdict(w.storeWithRetry(ctx, []*request{r})))
		}
		return
	}
	err = w.verdict(err)
	for _, r := range group {
		w.finish(r, err)
	}
}

// storeWithRetry tries again what may be right at the next try. That is safe
// even when a commit's answer was lost: the request hashes know.
func (w *writer) storeWithRetry(ctx context.Context, group []*request) error {
	const attempts = 4
	for attempt := 1; ; attempt++ {
		err := w.storeOnce(ctx, group)
		if err == nil || attempt == attempts {
			return err
		}
		switch classify(err) {
		case faultNoTable:
			w.partitions.forget()
		case faultRace:
		case faultOutage:
			if attempt > 1 { // once, for a connection that had gone stale
				return err
			}
		default:
			return err
		}
	}
}

func (w *writer) storeOnce(ctx context.Context, group []*request) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	done, err := w.write(ctx, group)
	if err != nil {
		return err
	}
	w.recent.touched(done.unsettled)
	w.logged.Store(true)
	if done.facts {
		w.wakeFacts()
	}
	w.stored.Store(time.Now().UnixNano())
	w.plans.note(ctx, w, done.executions)
	return nil
}

// verdict is what the caller is told.
func (w *writer) verdict(err error) error {
	if err == nil {
		return nil
	}
	if classify(err) == faultData {
		w.log.Error("the database refused a request", "error", err)
		return fmt.Errorf("%w: %w", xray.Errorf(xray.CodeInvalid, "the request holds values that cannot be stored"), err)
	}
	return unavailable(err)
}
