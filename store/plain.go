package store

import (
	"sync"
	"time"
	"unique"
)

// Executions that recorded neither input nor output are many and say little:
// services that only count and time. Explaining each would cost more than
// storing it. Some a second are explained all the same, from facts alone, so
// that each pipeline has a history to hold a slow or failing run against; the
// others are explained when somebody reads them.
const (
	plainRate  = 5  // explanations a second and process
	plainBurst = 50 // that a pause has saved up
)

// pace hands out a steady number a second. It is safe for concurrent use, and
// full at first.
type pace struct {
	mu     sync.Mutex
	level  float64
	filled time.Time
}

// take returns how many of n may go.
func (p *pace) take(n int, now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.filled.IsZero() {
		p.level = plainBurst
	} else if elapsed := now.Sub(p.filled); elapsed > 0 {
		p.level = min(plainBurst, p.level+elapsed.Seconds()*plainRate)
	}
	p.filled = now
	n = min(n, int(p.level))
	p.level -= float64(n)
	return n
}

// choosePlain says which executions without payloads are to be explained. The
// first of each name go before all others, so that a busy pipeline does not
// keep a rare one from its history.
func (s *Store) choosePlain(mine []written, outcomes map[traceKey]*settled) map[traceKey]bool {
	seen := map[unique.Handle[string]]bool{}
	var first, more []traceKey
	for i := range mine {
		key := mine[i].traceKey
		final := outcomes[key]
		switch {
		case final == nil || !final.plain || final.job:
		case seen[final.counts.name]:
			more = append(more, key)
		default:
			seen[final.counts.name] = true
			first = append(first, key)
		}
	}
	all := append(first, more...)
	chosen := make(map[traceKey]bool)
	for _, key := range all[:s.plain.take(len(all), s.clock())] {
		chosen[key] = true
	}
	return chosen
}
