package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// spansPerTrace is how many spans each execution of the load has; a request
// carries one execution.
const spansPerTrace = 10

// load sends executions until it is stopped, and remembers which ones the
// server acknowledged. A request that failed is sent again, as exporters do.
type load struct {
	mu           sync.Mutex
	acknowledged map[pcommon.TraceID]bool
}

// body is one execution: a root and its children.
func body(id pcommon.TraceID) []byte {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "load")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	now := time.Now()
	for i := range spansPerTrace {
		s := spans.AppendEmpty()
		s.SetTraceID(id)
		s.SetSpanID(pcommon.SpanID{0: byte(i + 1), 7: 1})
		if i > 0 {
			s.SetParentSpanID(pcommon.SpanID{0: 1, 7: 1})
		}
		s.SetName(fmt.Sprintf("step %d", i))
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Millisecond)))
		s.Attributes().PutStr("http.route", "/checkout")
	}
	raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	if err != nil {
		panic(err)
	}
	return raw
}

func (l *load) sendUntil(ctx context.Context, worker uint64, url string) {
	client := &http.Client{Timeout: 10 * time.Second}
	for n := uint64(0); ctx.Err() == nil; n++ {
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[:8], worker+1)
		binary.BigEndian.PutUint64(id[8:], n+1)
		raw := body(id)
		for ctx.Err() == nil {
			resp, err := client.Post(url+"/v1/traces", "application/x-protobuf", bytes.NewReader(raw))
			if err == nil {
				resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					l.mu.Lock()
					l.acknowledged[id] = true
					l.mu.Unlock()
					break
				}
			}
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acknowledged)
}

// TestNothingAcknowledgedIsLost kills the server, its database, or both in the
// middle of the load, starts again, and finds every acknowledged span once.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	dataDir := newDataDir(t)
	all := &load{acknowledged: map[pcommon.TraceID]bool{}}
	for round, victim := range []string{"server", "database", "both", "server"} {
		srv := start(t, settings{dataDir: dataDir})
		ctx, stop := context.WithCancel(t.Context())
		var workers sync.WaitGroup
		for w := range 8 {
			workers.Go(func() { all.sendUntil(ctx, uint64(round*100+w), srv.HTTP) })
		}
		before := all.count()
		target := before + 150 + rand.IntN(100)
		eventually(t, "the load runs", time.Minute, func() bool { return all.count() >= target })
		switch victim {
		case "server":
			srv.kill()
		case "database":
			syscall.Kill(srv.postmaster(), syscall.SIGKILL)
			back := all.count() + 100
			eventually(t, "the load runs again after the database was killed", time.Minute, func() bool { return all.count() >= back })
		case "both":
			syscall.Kill(srv.postmaster(), syscall.SIGKILL)
			srv.kill()
		}
		stop()
		workers.Wait()
		srv.stop()
	}

	srv := start(t, settings{dataDir: dataDir})
	found := map[string]execution{}
	for cursor := ""; ; {
		page := get[executionList](srv, "/api/executions?limit=500&cursor="+cursor)
		for _, e := range page.Executions {
			found[e.ID] = e
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	t.Logf("%d executions acknowledged", len(all.acknowledged))
	for id := range all.acknowledged {
		hex := id.String()
		if e, ok := found[hex]; !ok {
			t.Errorf("execution %s was acknowledged and is lost", hex)
		} else if e.StepCount != spansPerTrace {
			t.Errorf("execution %s has %d steps, want %d", hex, e.StepCount, spansPerTrace)
		}
	}
	for id := range found {
		if steps := get[stepList](srv, "/api/executions/"+id+"/steps").Steps; len(steps) != spansPerTrace {
			t.Errorf("execution %s lists %d steps, want %d", id, len(steps), spansPerTrace)
		}
	}
}
