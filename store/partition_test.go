package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

func openAt(t *testing.T, url string, now time.Time) (*store.Store, *clock) {
	t.Helper()
	c := &clock{now: now}
	opts := quick()
	opts.Clock = c.read
	return open(t, url, opts), c
}

func TestPartitionsAreMadeAheadOfMidnight(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, _ := openAt(t, url, noon)
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 1)))
	for _, name := range []string{
		"segments_20260228", "steps_20260301", "log_refs_20260302", "requests_20260303", "segments_20260304",
	} {
		if count(t, url, "SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass('"+name+"')") != 1 {
			t.Errorf("there is no partition %s", name)
		}
	}
}

func TestAMissingPartitionIsMadeOnDemand(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, c := openAt(t, url, now)
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 1)))
	exec(t, url, "DROP TABLE steps_20260301, segments_20260301")
	put(t, s, batchOf(t, theProject, span(2, 1, 0, "ask", 0, 1)))
	c.set(now.AddDate(1, 0, 0)) // a clock that jumps
	put(t, s, batchOf(t, theProject, span(3, 1, 0, "ask", 0, 1)))
	c.set(now.AddDate(-1, 0, 0))
	put(t, s, batchOf(t, theProject, span(4, 1, 0, "ask", 0, 1)))
	for trace := 2; trace <= 4; trace++ {
		if steps, err := s.Steps(t.Context(), theProject, traceID(trace)); err != nil || len(steps) != 1 {
			t.Errorf("trace %d: %d steps, error %v", trace, len(steps), err)
		}
	}
}

func TestAnExecutionOverMidnightIsOne(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	evening := time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)
	s, c := openAt(t, url, evening)
	child := batchOf(t, theProject, span(1, 2, 1, "child", 1, 2))
	again := batchOf(t, theProject, span(1, 2, 1, "child", 1, 2))
	put(t, s, child)
	c.set(evening.Add(2 * time.Second))
	put(t, s, again) // sent again on the next day
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "ask", 0, 9)))
	e, err := s.Execution(t.Context(), theProject, traceID(1).String())
	if err != nil || e.StepCount != 2 {
		t.Errorf("%d steps, want 2; error %v", e.StepCount, err)
	}
	details, err := s.Details(t.Context(), theProject, traceID(1))
	if err != nil || len(details) != 2 {
		t.Errorf("%d details, want 2; error %v", len(details), err)
	}
	c.set(evening.AddDate(0, 0, 1)) // within the day after: still known
	put(t, s, batchOf(t, theProject, span(1, 2, 1, "child", 1, 2)))
	if n := count(t, url, "SELECT sum(steps) FROM steps"); n != 2 {
		t.Errorf("%d rows of steps, want 2", n)
	}
}
