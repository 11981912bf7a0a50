package auth

import (
	"context"
	"time"
)

// usesEvery is how often the uses of keys are written, all at once: for each key
// once a minute at most, and nothing on the way of a request.
const usesEvery = time.Minute

// note remembers that a key was used now.
func (g *Gate) note(key int64) {
	now := g.opts.Now()
	g.usesMu.Lock()
	g.uses[key] = now
	g.usesMu.Unlock()
}

// KeepUses writes when keys were last used until ctx ends, and then what is
// left. While the database is away nothing is lost but the minutes between.
func (g *Gate) KeepUses(ctx context.Context) error {
	ticker := time.NewTicker(usesEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			g.writeUses(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.opts.LookFor)
			defer cancel()
			g.writeUses(last)
			return ctx.Err()
		}
	}
}

func (g *Gate) writeUses(ctx context.Context) {
	g.usesMu.Lock()
	uses := g.uses
	g.uses = map[int64]time.Time{}
	g.usesMu.Unlock()
	if len(uses) == 0 || g.keys.NoteKeyUses(ctx, uses) == nil {
		return
	}
	g.usesMu.Lock()
	defer g.usesMu.Unlock()
	for key, at := range uses {
		if _, newer := g.uses[key]; !newer {
			g.uses[key] = at
		}
	}
}
