package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// What each execution of the load is: a root, one model call, one failed step,
// and other steps.
const (
	spansPerTrace = 10
	tokensIn      = 120
	tokensOut     = 7
	loadName      = "checkout"
)

// load sends executions until it is stopped, and remembers what the server
// acknowledged. A request that failed is sent again, as exporters do.
type load struct {
	began        time.Time
	mu           sync.Mutex
	acknowledged map[pcommon.TraceID][][]byte // the requests of each, all answered with 200
}

// requests are those of an execution: one, or two that both hold the root, with
// the steps in an order that mixes them.
func (l *load) requests(id pcommon.TraceID, n uint64) [][]byte {
	parts := [][]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}
	if n%3 == 0 {
		parts = [][]int{{0, 2, 4, 6, 8}, {1, 3, 5, 7, 9, 0}}
	}
	var bodies [][]byte
	for _, part := range parts {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", "load")
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for _, i := range part {
			l.span(spans.AppendEmpty(), id, i)
		}
		raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		if err != nil {
			panic(err)
		}
		bodies = append(bodies, raw)
	}
	return bodies
}

func (l *load) span(s ptrace.Span, id pcommon.TraceID, i int) {
	s.SetTraceID(id)
	s.SetSpanID(pcommon.SpanID{0: byte(i + 1), 7: 1})
	s.SetName(fmt.Sprintf("step %d", i))
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(l.began.Add(time.Duration(i) * time.Microsecond)))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(l.began.Add(time.Millisecond)))
	switch i {
	case 0:
		s.SetName(loadName)
		return
	case 3:
		s.Attributes().PutStr("gen_ai.operation.name", "chat")
		s.Attributes().PutInt("gen_ai.usage.input_tokens", tokensIn)
		s.Attributes().PutInt("gen_ai.usage.output_tokens", tokensOut)
		s.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","content":"and now?"}]`)
	case 4:
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Status().SetMessage("no stock")
	}
	s.SetParentSpanID(pcommon.SpanID{0: 1, 7: 1})
}

func (l *load) sendUntil(ctx context.Context, worker uint64, server string) {
	for n := uint64(0); ctx.Err() == nil; n++ {
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[:8], worker+1)
		binary.BigEndian.PutUint64(id[8:], n+1)
		bodies := l.requests(id, n)
		for _, raw := range bodies {
			for ctx.Err() == nil && !acknowledge(server, raw) {
				select {
				case <-ctx.Done():
				case <-time.After(20 * time.Millisecond):
				}
			}
		}
		if ctx.Err() == nil {
			l.mu.Lock()
			l.acknowledged[id] = bodies
			l.mu.Unlock()
		}
	}
}

// impatient gives up on a server that hangs, as exporters do.
var impatient = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// acknowledge sends a request and reports whether the server has acknowledged it.
func acknowledge(server string, raw []byte) bool {
	resp, err := impatient.Post(server+"/v1/traces", "application/x-protobuf", bytes.NewReader(raw))
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acknowledged)
}

// TestNothingAcknowledgedIsLost kills the server, its database, or both, ten
// times in the middle of the load and starts again; requests come again, at
// once and at the end. Every acknowledged span is there once, and all totals
// are exact.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	dataDir := newDataDir(t)
	all := &load{began: time.Now(), acknowledged: map[pcommon.TraceID][][]byte{}}
	victims := []string{"server", "server", "server", "server", "database", "database", "database", "both", "both", "both"}
	rand.Shuffle(len(victims), func(i, j int) { victims[i], victims[j] = victims[j], victims[i] })
	t.Log("to be killed:", victims)
	srv := start(t, settings{dataDir: dataDir})
	for round, victim := range victims {
		ctx, stop := context.WithCancel(t.Context())
		var workers sync.WaitGroup
		for w := range 8 {
			workers.Go(func() { all.sendUntil(ctx, uint64(round*100+w), srv.HTTP) })
		}
		target := all.count() + 30 + rand.IntN(150)
		eventually(t, "the load runs", time.Minute, func() bool { return all.count() >= target })
		if victim != "server" {
			syscall.Kill(srv.postmaster(), syscall.SIGKILL)
		}
		if victim != "database" {
			srv.kill()
		}
		if victim == "database" {
			back := all.count() + 50
			eventually(t, "the load runs again after the database was killed", time.Minute, func() bool { return all.count() >= back })
		}
		stop()
		workers.Wait()
		if victim != "database" {
			srv = start(t, settings{dataDir: dataDir})
		}
	}
	all.sendAgain(t, srv.HTTP)
	t.Logf("%d executions acknowledged", all.count())
	all.check(t, srv)
}

// sendAgain sends some requests that were acknowledged before, two at a time.
func (l *load) sendAgain(t *testing.T, server string) {
	var again sync.WaitGroup
	n := 0
	for _, bodies := range l.acknowledged { // in random order
		if n++; n > 60 {
			break
		}
		for _, raw := range slices.Concat(bodies, bodies) {
			again.Go(func() {
				if !acknowledge(server, raw) {
					t.Error("a request that comes again is refused")
				}
			})
		}
	}
	again.Wait()
}

// check reads every execution, its steps and the statistics.
func (l *load) check(t *testing.T, srv *server) {
	eventually(t, "everything is settled", 2*time.Minute, func() bool {
		_, metrics := srv.call("GET", "/metrics", "")
		return strings.Contains(string(metrics), "\nxray_executions_unsettled 0\n")
	})
	found := srv.everything()
	for id := range l.acknowledged {
		e, ok := found[id.String()]
		if !ok {
			t.Errorf("execution %s was acknowledged and is lost", id)
		} else if e.StepCount != spansPerTrace || e.ErrorCount != 1 || e.InputTokens != strconv.Itoa(tokensIn) ||
			e.OutputTokens != strconv.Itoa(tokensOut) || e.Status != "ok" || !e.Settled {
			t.Errorf("execution %s: %+v", id, e)
		}
	}
	// Not acknowledged is not refused: a request whose answer was lost may be
	// there. Of an execution in two requests it may be one of them.
	complete := 0
	for id, e := range found {
		steps := get[stepList](srv, "/api/executions/"+id+"/steps").Steps
		if len(steps) != e.StepCount {
			t.Errorf("execution %s lists %d steps, and says %d", id, len(steps), e.StepCount)
		}
		if e.Name == loadName {
			complete++
		}
	}
	if extra := len(found) - len(l.acknowledged); extra > 8*10 {
		t.Errorf("%d executions more than were acknowledged", extra)
	}
	tokens := 0
	for _, e := range found {
		if n, err := strconv.Atoi(e.InputTokens); err == nil && e.Name == loadName {
			tokens += n
		}
	}
	want := fmt.Sprintf("%d executions, 0 failed, %d tokens", complete, tokens)
	eventually(t, "the statistics say "+want, time.Minute, func() bool { // they come a moment later
		p := get[struct {
			Total struct {
				Count       int    `json:"count"`
				ErrorCount  int    `json:"errorCount"`
				InputTokens string `json:"inputTokens"`
			} `json:"total"`
		}](srv, "/api/pipelines/"+loadName).Total
		return fmt.Sprintf("%d executions, %d failed, %s tokens", p.Count, p.ErrorCount, p.InputTokens) == want
	})
}
