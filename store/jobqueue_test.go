package store_test

import (
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func TestTheQueueSaysHowMuchWaitsAndForHowLong(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s, clock := openAt(t, url, now)
	queues := func() map[xray.JobStatus]store.JobQueue {
		t.Helper()
		list, err := s.JobQueues(t.Context())
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, error %v", list, err)
		}
		return map[xray.JobStatus]store.JobQueue{list[0].Status: list[0], list[1].Status: list[1]}
	}
	if q := queues(); q[xray.JobPending].Count+q[xray.JobProcessing].Count != 0 || q[xray.JobPending].Oldest != 0 {
		t.Errorf("nothing is asked for, and the queues are %+v", q)
	}
	for i := range 3 {
		put(t, s, batchOf(t, theProject, span(i+1, 1, 0, "root", 0, 1)))
		if _, err := s.RequestReasoning(t.Context(), theProject, traceID(i+1), xray.SpanID{}); err != nil {
			t.Fatal(err)
		}
		clock.set(now.Add(time.Minute))
	}
	exec(t, url, "UPDATE reasoning_jobs SET status = 'processing' WHERE id = (SELECT max(id) FROM reasoning_jobs)")
	exec(t, url, "INSERT INTO reasoning_jobs (project_id, trace_id, step_id, status, ticket, created_at, updated_at) VALUES (1, gen_random_uuid(), 0, 'completed', 0, '2000-01-01', '2000-01-01')")
	clock.set(now.Add(10 * time.Minute))
	q := queues()
	if w := q[xray.JobPending]; w.Count != 2 || w.Oldest != 10*time.Minute {
		t.Errorf("waiting: %+v", w)
	}
	if w := q[xray.JobProcessing]; w.Count != 1 || w.Oldest != 9*time.Minute {
		t.Errorf("under way: %+v", w)
	}
}
