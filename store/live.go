package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// Change tells a subscriber what happened to an execution of its project.
type Change = xray.Change

const (
	changesChannel = "xray_changes"
	// A notification is "PROJECT IDS": the trace ids in base64 one after the
	// other, or "gap", or "!" and the id of a deleted execution. PostgreSQL
	// takes up to 8,000 bytes; beyond maxNotices of them a commit says "gap",
	// because nobody draws that many changes at once.
	idsPerNotice  = 350
	maxNotices    = 3
	encodedID     = 22 // bytes of a trace id in base64 without padding
	noticeGap     = "gap"
	noticeDeleted = "!"  // no letter of that base64, which has the minus
	subscriberLag = 2048 // changes that may wait for one subscriber
)

// notify announces changed executions; subscribers hear it after the commit.
func notify(ctx context.Context, tx pgx.Tx, changed []traceKey) error {
	byProject := make(map[int32][]xray.TraceID)
	for _, k := range changed {
		byProject[k.project] = append(byProject[k.project], k.trace)
	}
	for project, traces := range byProject {
		for _, notice := range notices(traces) {
			if err := sendNotice(ctx, tx, project, notice); err != nil {
				return err
			}
		}
	}
	return nil
}

func notices(traces []xray.TraceID) []string {
	if len(traces) > idsPerNotice*maxNotices {
		return []string{noticeGap}
	}
	var all []string
	for start := 0; start < len(traces); start += idsPerNotice {
		var b strings.Builder
		for _, t := range traces[start:min(start+idsPerNotice, len(traces))] {
			b.WriteString(base64.RawURLEncoding.EncodeToString(t[:]))
		}
		all = append(all, b.String())
	}
	return all
}

func sendNotice(ctx context.Context, tx pgx.Tx, project int32, notice string) error {
	_, err := tx.Exec(ctx, "SELECT pg_notify($1, $2)", changesChannel, strconv.Itoa(int(project))+" "+notice)
	if err != nil {
		return fmt.Errorf("announce changes: %w", err)
	}
	return nil
}

// parseNotice is the inverse; a notice that it does not understand is a gap.
func parseNotice(payload string) (project int32, changes []Change) {
	head, body, _ := strings.Cut(payload, " ")
	n, err := strconv.ParseInt(head, 10, 32)
	if err != nil {
		return 0, nil
	}
	body, deleted := strings.CutPrefix(body, noticeDeleted)
	if len(body)%encodedID != 0 {
		return int32(n), []Change{{Gap: true}}
	}
	for ; body != ""; body = body[encodedID:] {
		c := Change{Deleted: deleted}
		if _, err := base64.RawURLEncoding.Decode(c.TraceID[:], []byte(body[:encodedID])); err != nil {
			return int32(n), []Change{{Gap: true}}
		}
		changes = append(changes, c)
	}
	return int32(n), changes
}

// Subscribe announces every change of a project's executions from now on, by
// whatever process it was made. It returns when the database tells us of
// changes, or after a moment if it is away. The channel is closed by cancel and by Close. A
// subscriber that lags behind, or whose process lost the database for a while,
// receives a Gap instead of what it missed.
func (s *Store) Subscribe(project int32) (changes <-chan Change, cancel func()) {
	return s.live.subscribe(project)
}

// hub holds one LISTEN connection for all subscribers of this process.
type hub struct {
	config *pgx.ConnConfig
	log    *slog.Logger

	mu     sync.Mutex
	subs   map[*subscriber]struct{}
	closed bool
	stop   context.CancelFunc // nil before the first subscriber
	done   sync.WaitGroup

	listening chan struct{} // closed when the first LISTEN has succeeded
}

// subscribePatience is how long a first subscriber waits for the LISTEN.
const subscribePatience = 2 * time.Second

type subscriber struct {
	project int32
	ch      chan Change // only the hub sends, holding mu
	lost    bool        // the last thing in ch is a Gap
	waiting bool        // subscribe has not returned: it can have missed nothing
}

func newHub(config *pgx.ConnConfig, log *slog.Logger) *hub {
	return &hub{config: config, log: log, subs: make(map[*subscriber]struct{}), listening: make(chan struct{})}
}

func (h *hub) subscribe(project int32) (<-chan Change, func()) {
	sub, ok := h.add(project)
	if !ok {
		return sub.ch, func() {}
	}
	select {
	case <-h.listening:
	case <-time.After(subscribePatience):
	}
	h.mu.Lock()
	sub.waiting = false
	h.mu.Unlock()
	return sub.ch, func() { h.drop(sub) }
}

func (h *hub) add(project int32) (sub *subscriber, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sub = &subscriber{project: project, ch: make(chan Change, subscriberLag+1), waiting: true}
	if h.closed {
		close(sub.ch)
		return sub, false
	}
	if h.stop == nil {
		ctx, cancel := context.WithCancel(context.Background())
		h.stop = cancel
		h.done.Go(func() { h.run(ctx) })
	}
	h.subs[sub] = struct{}{}
	return sub, true
}

func (h *hub) drop(sub *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.subs[sub]; there {
		delete(h.subs, sub)
		close(sub.ch)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	if h.stop != nil {
		h.stop()
	}
	for sub := range h.subs {
		delete(h.subs, sub)
		close(sub.ch)
	}
	h.mu.Unlock()
	h.done.Wait()
}

// run listens until ctx ends and comes back after lost connections.
func (h *hub) run(ctx context.Context) {
	const minWait, maxWait = 100 * time.Millisecond, 5 * time.Second
	wait := minWait
	for ctx.Err() == nil {
		heard, err := h.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		if heard {
			wait = minWait
		}
		h.log.Warn("live changes are interrupted", "error", err, "retry", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		wait = min(2*wait, maxWait)
	}
}

// listen returns whether it got as far as listening, and why it ended.
func (h *hub) listen(ctx context.Context) (bool, error) {
	conn, err := pgx.ConnectConfig(ctx, h.config)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+changesChannel); err != nil {
		return false, err
	}
	h.heard()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true, err
		}
		project, changes := parseNotice(n.Payload)
		h.send(project, changes)
	}
}

// heard is called when a LISTEN has succeeded. What happened before that
// moment nobody told us, so everybody gets a Gap but those who are still
// waiting for it.
func (h *hub) heard() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for sub := range h.subs {
		if !sub.waiting {
			sub.send(Change{Gap: true})
		}
	}
	select {
	case <-h.listening:
	default:
		close(h.listening)
	}
}

func (h *hub) send(project int32, changes []Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for sub := range h.subs {
		if sub.project != project {
			continue
		}
		for _, c := range changes {
			sub.send(c)
		}
	}
}

// send never blocks. One place in the channel is kept for a Gap: when all
// others are taken, the Gap stands for what does not fit.
func (s *subscriber) send(c Change) {
	switch {
	case len(s.ch) < cap(s.ch)-1:
		s.lost = false
		s.ch <- c
	case !s.lost:
		s.lost = true
		s.ch <- Change{Gap: true}
	}
}
