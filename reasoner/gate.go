package reasoner

import (
	"context"
	"slices"
	"sync"
)

// gates keep the calls of each project that this process makes at once under
// the project's number, in the order in which they came. The ledger does the
// same over all processes; here nobody has to ask again and again. The zero
// value is ready. It is safe for concurrent use.
type gates struct {
	mu       sync.Mutex
	projects map[int32]*gate
}

type gate struct {
	open    int
	waiting []chan struct{} // closed when its turn has come
}

// enter waits until fewer than limit calls of the project are under way; 0
// means no limit. leave must be called if the error is nil.
func (g *gates) enter(ctx context.Context, project int32, limit int) (leave func(), err error) {
	g.mu.Lock()
	if g.projects == nil {
		g.projects = map[int32]*gate{}
	}
	p := g.projects[project]
	if p == nil {
		p = &gate{}
		g.projects[project] = p
	}
	leave = func() { g.leave(project) }
	if limit <= 0 || p.open < limit && len(p.waiting) == 0 {
		p.open++
		g.mu.Unlock()
		return leave, nil
	}
	turn := make(chan struct{})
	p.waiting = append(p.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return leave, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(p.waiting, turn)
	if i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 { // its turn came at the same moment
		leave()
	}
	return nil, ctx.Err()
}

// leave hands the place on to whoever waits longest. A number that was lowered
// meanwhile holds for those who come.
func (g *gates) leave(project int32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.projects[project]
	if len(p.waiting) > 0 {
		close(p.waiting[0])
		p.waiting = p.waiting[1:]
		return
	}
	if p.open--; p.open == 0 {
		delete(g.projects, project)
	}
}
