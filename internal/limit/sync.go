package limit

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/xraytrace/xray"
)

// Store keeps limits, and what was sent.
type Store interface {
	LimitedProjects(ctx context.Context) ([]xray.LimitSettings, error)
	// ShareUses keeps what this process has taken and returns what others have.
	ShareUses(ctx context.Context, own []xray.LimitUse) ([]xray.LimitUse, error)
	// AddIngest adds to the ingest log.
	AddIngest(ctx context.Context, counts []xray.IngestCount) error
	// UsesToday returns the bytes that projects and families of keys have sent
	// today, as far as they are written down.
	UsesToday(ctx context.Context, projects []int32) ([]xray.DayUse, error)
}

const (
	shareEvery = time.Second     // processes are this far behind each other's takings
	writeEvery = 5 * time.Second // and this far behind each other's bytes of a day
)

// Follow keeps the book like the database, and the database like the book, until
// ctx ends; then it writes down what is left. While the database is away the
// limits that are known hold on.
func (b *Book) Follow(ctx context.Context, log *slog.Logger) error {
	ticker := time.NewTicker(shareEvery)
	defer ticker.Stop()
	down, written := false, time.Time{}
	for {
		err := b.Refresh(ctx)
		if err == nil && b.limited.Load() {
			err = b.share(ctx)
		}
		if now := b.now(); err == nil && now.Sub(written) >= writeEvery {
			err, written = b.write(ctx), now
		}
		if err != nil && !down && ctx.Err() == nil {
			log.Warn("limits are not shared with other processes; those known hold on", "error", err)
		}
		down = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			if err := b.write(last); err != nil {
				log.Warn("the end of the ingest log is lost", "error", err)
			}
			return ctx.Err()
		}
	}
}

// Refresh reads the limits of all projects.
func (b *Book) Refresh(ctx context.Context) error {
	all, err := b.store.LimitedProjects(ctx)
	if err != nil {
		return err
	}
	limits := map[subject]xray.Limits{}
	for _, p := range all {
		if p.Project != (xray.Limits{}) {
			limits[subject{p.ProjectID, 0}] = p.Project
		}
		for _, k := range p.Keys {
			limits[subject{p.ProjectID, k.KeyID}] = k.Limits
		}
	}
	b.mu.Lock()
	fresh := b.take(limits)
	b.mu.Unlock()
	if fresh {
		return b.readToday(ctx)
	}
	return nil
}

// take brings the accounts to new limits, and reports whether there are new
// accounts. What somebody has sent stays sent.
func (b *Book) take(limits map[subject]xray.Limits) (fresh bool) {
	maps.DeleteFunc(b.accounts, func(s subject, _ *account) bool { _, ok := limits[s]; return !ok })
	for s, l := range limits {
		a := b.accounts[s]
		if a == nil {
			a = &account{
				others: map[string]xray.LimitUse{}, day: b.now().Unix() / 86400,
				taken: xray.LimitUse{ProjectID: s.project, Family: s.family, Instance: b.instance},
			}
			b.accounts[s], fresh = a, true
		}
		a.limits = l
	}
	b.limited.Store(len(b.accounts) > 0)
	return fresh
}

// share tells others what this process took, and books what they took.
func (b *Book) share(ctx context.Context) error {
	b.mu.Lock()
	own := make([]xray.LimitUse, 0, len(b.accounts))
	for _, a := range b.accounts {
		own = append(own, a.taken)
	}
	b.mu.Unlock()
	others, err := b.store.ShareUses(ctx, own)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range others {
		if a := b.accounts[subject{u.ProjectID, u.Family}]; a != nil {
			a.hear(u)
		}
	}
	return nil
}

// hear books what another process has taken since it was last heard of. Of one
// that is new, what it took before is over.
func (a *account) hear(u xray.LimitUse) {
	if last, known := a.others[u.Instance]; known {
		a.requests.level -= float64(max(0, u.Requests-last.Requests))
		a.bytes.level -= float64(max(0, u.Bytes-last.Bytes))
	}
	a.others[u.Instance] = u
}

// write writes the log down, and reads what others have written of today.
func (b *Book) write(ctx context.Context) error {
	b.mu.Lock()
	log := b.log
	b.log = map[line]*xray.IngestCount{}
	b.mu.Unlock()
	if len(log) > 0 {
		counts := make([]xray.IngestCount, 0, len(log))
		for _, l := range log {
			counts = append(counts, *l)
		}
		if err := b.store.AddIngest(ctx, counts); err != nil {
			b.putBack(log)
			return err
		}
		b.mu.Lock()
		for _, c := range counts {
			b.writtenDown(c)
		}
		b.mu.Unlock()
	}
	if !b.limited.Load() {
		return nil
	}
	return b.readToday(ctx)
}

// writtenDown moves bytes from what only this process knows to what all know.
func (b *Book) writtenDown(c xray.IngestCount) {
	if c.Reason != "" {
		return
	}
	for _, s := range []subject{{c.ProjectID, 0}, {c.ProjectID, c.Family}} {
		if a := b.accounts[s]; a != nil && c.Minute/1440 == a.day {
			a.fresh, a.today = max(0, a.fresh-c.Bytes), a.today+c.Bytes
		}
		if c.Family == 0 {
			return
		}
	}
}

func (b *Book) putBack(log map[line]*xray.IngestCount) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, old := range log {
		if now := b.log[key]; now != nil {
			now.Requests, now.Records, now.Bytes = now.Requests+old.Requests, now.Records+old.Records, now.Bytes+old.Bytes
		} else if len(b.log) < maxLines {
			b.log[key] = old
		}
	}
}

func (b *Book) readToday(ctx context.Context) error {
	b.mu.Lock()
	var projects []int32
	for s, a := range b.accounts {
		if a.limits.BytesPerDay > 0 {
			projects = append(projects, s.project)
		}
	}
	b.mu.Unlock()
	if len(projects) == 0 {
		return nil
	}
	slices.Sort(projects)
	uses, err := b.store.UsesToday(ctx, slices.Compact(projects))
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range uses {
		if a := b.accounts[subject{u.ProjectID, u.Family}]; a != nil {
			a.turn(b.now())
			a.today = max(a.today, u.Bytes)
		}
	}
	return nil
}
