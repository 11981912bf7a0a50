package e2e

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// TestTwoServersOnOneDatabase sends executions to two servers that share a
// database, some in halves to both, and follows both event streams. A third
// comes when one has died, and does what that left behind.
func TestTwoServersOnOneDatabase(t *testing.T) {
	t.Parallel()
	first := start(t, settings{})
	shared := settings{args: []string{"--database-url",
		fmt.Sprintf("postgres:///xray?user=xray&host=%s", filepath.Join(first.dataDir, "socket"))}}
	second := start(t, shared)
	third := start(t, shared)
	streams := map[string]*stream{"first": first.follow(), "second": second.follow()}

	all := &load{began: time.Now(), acknowledged: map[pcommon.TraceID][][]byte{}}
	const executions = 60
	for n := range uint64(executions) {
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[8:], n+1)
		bodies := all.requests(id, n) // every third in two requests
		for i, raw := range bodies {
			to := []*server{first, second, third}[(int(n)+i)%3]
			if !acknowledge(to.HTTP, raw) {
				t.Fatalf("execution %d is refused by one of the servers", n)
			}
		}
		all.acknowledged[id] = bodies
	}
	for name, s := range streams {
		heard := map[string]bool{}
		for len(heard) < executions {
			heard[s.next(func(e execution) bool { return e.Settled && e.StepCount == spansPerTrace }).ID] = true
		}
		for id := range all.acknowledged {
			if !heard[id.String()] {
				t.Errorf("%s server says nothing of execution %s", name, id)
			}
		}
	}
	third.kill()
	all.check(t, second)
	for id := range all.acknowledged {
		eventually(t, "each execution is explained", time.Minute, func() bool {
			return get[execution](first, "/api/executions/"+id.String()).Job.Status == "completed"
		})
	}
	// The same request to another server changes nothing.
	for _, bodies := range all.acknowledged {
		for _, raw := range bodies {
			if !acknowledge(second.HTTP, raw) {
				t.Error("a request that comes again is refused")
			}
		}
	}
	all.check(t, first)
}
