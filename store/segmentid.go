package store

import (
	"sync"
	"time"
)

// A segment id is 42 bits of milliseconds since 1970 (until the year 2109), 10
// bits of the process's instance number and 11 bits of a counter. So ids sort by
// arrival, their partitions are days, a reference to a segment prunes by itself,
// and processes need not ask anyone for an id.
const (
	instanceBits = 10
	counterBits  = 11
	idShift      = instanceBits + counterBits
	maxCounter   = 1<<counterBits - 1
)

// idMaker makes the segment ids of one process.
type idMaker struct {
	mu       sync.Mutex
	instance int64
	lastMS   int64
	counter  int64
}

// next returns an id greater than every one before it, also when the clock goes
// back. When a millisecond is used up it borrows the next.
func (m *idMaker) next(now time.Time) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	ms := now.UnixMilli()
	switch {
	case ms > m.lastMS:
		m.lastMS, m.counter = ms, 0
	case m.counter < maxCounter:
		m.counter++
	default:
		m.lastMS, m.counter = m.lastMS+1, 0
	}
	return m.lastMS<<idShift | m.instance<<counterBits | m.counter
}

// firstID is the smallest segment id of what arrives at or after t.
func firstID(t time.Time) int64 { return t.UnixMilli() << idShift }

// dayOf is midnight UTC of the day that t lies in.
func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
