package store

import (
	"sync"
	"time"
)

// maxRecent bounds what recent remembers. What is forgotten is found in table
// unsettled.
const maxRecent = 1 << 20

// maxExact bounds what is remembered of totals, about half a kilobyte each:
// beyond it settling counts again.
const maxExact = 1 << 16

// recent remembers the executions that this process wrote and that are not
// settled yet, so that settling need not search the database. It is a shortcut:
// after a crash, or for what other processes leave behind, table unsettled says
// the same.
type recent struct {
	mu     sync.Mutex
	latest map[traceKey]int64      // version of the latest write
	queues map[patience]*[]written // in order of arrival
}

// patience says how long an execution must be quiet before it is settled.
type patience int

const (
	patienceRoot     patience = iota // its root has ended
	patienceRootless                 // it has none
	patiencePending                  // an announced step has not ended
)

func (w *written) patience() patience {
	switch {
	case w.hasRoot:
		return patienceRoot
	case w.pending:
		return patiencePending
	default:
		return patienceRootless
	}
}

func (o *Options) wait(p patience) time.Duration {
	switch p {
	case patienceRoot:
		return o.SettleQuiet
	case patiencePending:
		return o.SettleAbandon
	default:
		return o.SettleRootless
	}
}

func newRecent() *recent {
	r := &recent{latest: make(map[traceKey]int64), queues: make(map[patience]*[]written)}
	for _, p := range []patience{patienceRoot, patienceRootless, patiencePending} {
		r.queues[p] = new([]written)
	}
	return r
}

// touched notes committed writes.
func (r *recent) touched(all []written) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range all {
		if _, there := r.latest[w.traceKey]; !there && len(r.latest) >= maxRecent {
			continue
		}
		r.latest[w.traceKey] = w.version
		if len(r.latest) > maxExact {
			w.exact = nil
		}
		q := r.queues[w.patience()]
		*q = append(*q, w)
	}
}

// due takes out up to limit executions that have been quiet for long enough.
func (r *recent) due(now time.Time, opts *Options, limit int) []written {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []written
	for p, q := range r.queues {
		n := 0
		for n < len(*q) && len(out) < limit && now.Sub((*q)[n].arrived) >= opts.wait(p) {
			w := (*q)[n]
			n++
			if r.latest[w.traceKey] == w.version { // else a later write stands further back
				delete(r.latest, w.traceKey)
				out = append(out, w)
			}
		}
		if *q = (*q)[n:]; len(*q) == 0 {
			*q = nil
		}
	}
	return out
}
