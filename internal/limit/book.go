// Package limit decides whether more may be taken from a project or one of its
// keys, and counts what was taken and refused. Each process decides by itself,
// without asking anybody; once a second processes tell each other what they have
// taken and make up for it. It knows no SQL and no HTTP, and limits nobody who
// has no limits.
package limit

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/xraytrace/xray"
)

// subject is what has limits: a family of keys, or with 0 a whole project.
type subject struct {
	project int32
	family  int64
}

// account is what a subject may still send.
type account struct {
	limits          xray.Limits
	requests, bytes bucket
	taken           xray.LimitUse            // by this process
	others          map[string]xray.LimitUse // by other processes, as last heard
	day             int64                    // days since 1970 that today is about
	today           int64                    // bytes that all processes have written down
	fresh           int64                    // bytes taken here that are not written down yet
}

// line is what the ingest log counts together.
type line struct {
	subject
	minute int64
	reason string
}

// Book holds the limits of all projects, and what was sent. It is safe for
// concurrent use.
type Book struct {
	store    Store
	instance string
	now      func() time.Time
	limited  atomic.Bool // whether anybody has limits
	mu       sync.Mutex
	accounts map[subject]*account
	log      map[line]*xray.IngestCount
}

// maxLines bounds the memory of the log while it cannot be written down.
const maxLines = 10_000

// NewBook makes a book without limits. instance tells this process from others.
func NewBook(store Store, instance string, now func() time.Time) *Book {
	return &Book{store: store, instance: instance, now: now, accounts: map[subject]*account{}, log: map[line]*xray.IngestCount{}}
}

func familyOf(p xray.Principal) int64 {
	if p.Key == nil {
		return 0
	}
	return p.Key.Family
}

// accountsOf are the accounts that a caller's requests are booked on: the
// project's and the key's, nil for those without limits.
func (b *Book) accountsOf(p xray.Principal) [2]*account {
	of := [2]*account{b.accounts[subject{p.Project.ID, 0}]}
	if family := familyOf(p); family != 0 {
		of[1] = b.accounts[subject{p.Project.ID, family}]
	}
	return of
}

// Enter asks whether a request may come in, before it is read. Refused: a
// reason and CodeLimit, which says when to come again.
func (b *Book) Enter(p xray.Principal) (reason string, err error) {
	if !b.limited.Load() {
		return "", nil
	}
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	accounts := b.accountsOf(p)
	var wait time.Duration
	for _, a := range accounts {
		if a == nil {
			continue
		}
		a.turn(now)
		if why, w := a.full(now); w > wait {
			reason, wait = why, w
		}
	}
	if wait > 0 {
		return reason, refusal(reason, wait)
	}
	for _, a := range accounts {
		if a != nil {
			a.requests.level--
			a.taken.Requests++
		}
	}
	return "", nil
}

// full says what bounds an account now, and for how long.
func (a *account) full(now time.Time) (reason string, wait time.Duration) {
	if rate := a.limits.RequestsPerSecond; rate > 0 {
		a.requests.fill(now, rate, a.limits.Burst(rate))
		reason, wait = xray.ReasonRequests, a.requests.wait(1, rate)
	}
	if rate := float64(a.limits.BytesPerSecond); rate > 0 {
		a.bytes.fill(now, rate, a.limits.Burst(rate))
		if w := a.bytes.wait(1, rate); w > wait {
			reason, wait = xray.ReasonBytes, w
		}
	}
	if most := a.limits.BytesPerDay; most > 0 && a.today+a.fresh >= most {
		reason, wait = xray.ReasonDay, now.UTC().Truncate(24*time.Hour).Add(24*time.Hour).Sub(now)
	}
	return reason, wait
}

// turn begins a new day.
func (a *account) turn(now time.Time) {
	if day := now.Unix() / 86400; day != a.day {
		a.day, a.today, a.fresh = day, 0, 0
	}
}

var words = map[string]string{
	xray.ReasonRequests: "more requests a second",
	xray.ReasonBytes:    "more bytes a second",
	xray.ReasonDay:      "more bytes a day",
}

func refusal(reason string, wait time.Duration) error {
	e := xray.Errorf(xray.CodeLimit, "%s than this project or key may send: come again in %v, or ask an admin of the project for a higher limit", words[reason], wait.Round(time.Millisecond))
	e.RetryAfter = wait
	return e
}

// Most is how many bytes a request may have unpacked, at most fallback.
func (b *Book) Most(p xray.Principal, fallback int64) int64 {
	if !b.limited.Load() {
		return fallback
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.accountsOf(p) {
		if a != nil && a.limits.MaxRequestBytes > 0 {
			fallback = min(fallback, a.limits.MaxRequestBytes)
		}
	}
	return fallback
}

// Charge books the bytes of a request that came in. There may be fewer left than
// it has: those who come next wait the longer.
func (b *Book) Charge(p xray.Principal, bytes int64) {
	if !b.limited.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.accountsOf(p) {
		if a != nil {
			a.bytes.level -= float64(bytes)
			a.taken.Bytes += bytes
		}
	}
}

// Taken counts a request that was stored, and the records of it that were not.
func (b *Book) Taken(p xray.Principal, records, refused int, bytes int64, why string) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.line(p, now, ""); l != nil {
		l.Requests, l.Records, l.Bytes = l.Requests+1, l.Records+int64(records), l.Bytes+bytes
	}
	if refused > 0 {
		if l := b.line(p, now, xray.ReasonRecords); l != nil {
			l.Records, l.Error = l.Records+int64(refused), why
		}
	}
	for _, a := range b.accountsOf(p) {
		if a != nil {
			a.turn(now)
			a.fresh += bytes
		}
	}
}

// Refused counts a request that was not stored.
func (b *Book) Refused(p xray.Principal, reason string, bytes int64, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.line(p, b.now(), reason); l != nil {
		l.Requests, l.Bytes, l.Error = l.Requests+1, l.Bytes+bytes, why
	}
}

// line is the line of the log that a request is counted in; nil if it has too
// many.
func (b *Book) line(p xray.Principal, now time.Time, reason string) *xray.IngestCount {
	key := line{subject{p.Project.ID, familyOf(p)}, now.Unix() / 60, reason}
	l := b.log[key]
	if l == nil {
		if len(b.log) >= maxLines {
			return nil
		}
		l = &xray.IngestCount{ProjectID: key.project, Minute: key.minute, Family: key.family, Reason: reason}
		b.log[key] = l
	}
	l.At = now
	return l
}
