package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray/internal/modeltest"
	"github.com/xraytrace/xray/internal/tracetest"
)

// flaky is a model that is slow and now and then too busy, or broken.
type flaky struct {
	mu               sync.Mutex
	random           *rand.Rand
	answered, failed atomic.Int64
}

func (f *flaky) reply(w http.ResponseWriter, r *http.Request, req modeltest.Request) {
	f.mu.Lock()
	luck := f.random.Float64()
	f.mu.Unlock()
	switch {
	case luck < 0.05:
		f.failed.Add(1)
		modeltest.RateLimited(time.Second)(w, r, req)
	case luck < 0.08:
		f.failed.Add(1)
		modeltest.ServerError(w, r, req)
	default:
		f.answered.Add(1)
		modeltest.Honest(w, r, req)
	}
}

// callsNeeded are those of one execution of the load: its steps share one, the
// whole has one.
const callsNeeded = 2

// TestAQueueOfExplanationsIsDoneOnce queues executions for a model that takes
// 300 ms and fails at random. Each is explained once, and no answer is paid for
// twice. XRAY_EXPLAIN_LOAD=1000 (make explain-load) makes it the full load and
// measures what it does to ingest.
func TestAQueueOfExplanationsIsDoneOnce(t *testing.T) {
	n, full := 40, false
	if s := os.Getenv("XRAY_EXPLAIN_LOAD"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
		full = true
	} else {
		t.Parallel()
	}
	mind := &flaky{random: rand.New(rand.NewPCG(6, 8))}
	model, stop := modeltest.Start(mind.reply)
	defer stop()
	model.Latency(300 * time.Millisecond)
	srv := start(t, settings{env: []string{"OPENAI_BASE_URL=" + model.URL, "XRAY_MODEL=gpt-5-mini"}})
	if full {
		t.Log(ingestBeside(t, srv, func(i int) { srv.queue(i*n/rounds, (i+1)*n/rounds) }))
	} else {
		srv.queue(0, n)
	}
	srv.watchQueue(t, n)

	needed := int64(callsNeeded * n)
	answered, failed := mind.answered.Load(), mind.failed.Load()
	t.Logf("%d executions: %d calls needed, %d answered, %d turned away at random", n, needed, answered, failed)
	if answered != needed {
		t.Errorf("%d calls were answered, %d are needed", answered, needed)
	}
	outcomes := srv.modelCalls()
	if total := int64(len(outcomes)); total != answered+failed {
		t.Errorf("%d calls are in the books, %d were made", total, answered+failed)
	}
	if got := int64(len(slices.DeleteFunc(outcomes, func(o string) bool { return o != "answered" }))); got != answered {
		t.Errorf("%d answers are in the books, %d were given", got, answered)
	}
	for i := range n {
		e := get[execution](srv, "/api/executions/"+loadID(i))
		if e.Job.Status != "completed" || e.Reasoning.Source != "model" {
			t.Fatalf("execution %d: job %+v, explained from %s", i, e.Job, e.Reasoning.Source)
		}
	}
}

func loadID(i int) string { return fmt.Sprintf("load-%d", i) }

// queue sends executions from one number to another, each unlike the others.
func (s *server) queue(from, to int) {
	s.t.Helper()
	for i := from; i < to; i++ {
		body := fmt.Sprintf(`{"executionId":%q,"name":"load","steps":[
			{"name":"search","input":{"query":"bottle %d"},"output":[{"id":"a%d","price":%d},{"id":"b","price":7}],"durationMs":5},
			{"name":"pick","input":[{"id":"a%d","price":%d},{"id":"b","price":7}],"output":[{"id":"b","price":7}],"durationMs":5}],
			"finalOutcome":{"picked":"b"}}`, loadID(i), i, i, 10+i, i, 10+i)
		if status, raw := s.call("POST", "/api/executions", body); status != http.StatusCreated {
			s.t.Fatalf("%d %s", status, raw)
		}
	}
}

// watchQueue waits until all is explained, and sees the queue in /metrics on
// the way: how long it is, and how old.
func (s *server) watchQueue(t *testing.T, n int) {
	t.Helper()
	deepest, oldest := 0.0, 0.0
	begin := time.Now()
	eventually(t, "the queue is empty", settleWait+time.Duration(n)*time.Second, func() bool {
		pending, processing := s.metric(`xray_reasoning_jobs{state="pending"}`), s.metric(`xray_reasoning_jobs{state="processing"}`)
		deepest = max(deepest, pending+processing)
		oldest = max(oldest, s.metric(`xray_reasoning_oldest_job_seconds{state="processing"}`), s.metric(`xray_reasoning_oldest_job_seconds{state="pending"}`))
		if pending+processing > 0 {
			return false
		}
		// Executions may not be settled yet, and a job may have gone back to the
		// queue between the two readings.
		for i := range n {
			if e := get[execution](s, "/api/executions/"+loadID(i)); e.Job.Status != "completed" {
				return false
			}
		}
		return s.metric("xray_executions_unsettled") == 0
	})
	t.Logf("explained in %v; at most %.0f jobs at once, the oldest %.1f s old", time.Since(begin).Round(time.Second), deepest, oldest)
	if deepest == 0 || oldest == 0 {
		t.Errorf("/metrics never showed the queue: %.0f jobs, %.1f s", deepest, oldest)
	}
}

// metric is one value of /metrics, 0 if it is not there.
func (s *server) metric(name string) float64 {
	s.t.Helper()
	_, raw := s.call("GET", "/metrics", "")
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				s.t.Fatal(err)
			}
			return v
		}
	}
	return 0
}

// modelCalls are the outcomes of all calls in the books.
func (s *server) modelCalls() (outcomes []string) {
	s.t.Helper()
	for cursor := ""; ; {
		page := get[struct {
			Calls []struct{ Outcome, PromptHash, Model, ExecutionID string }
			Next  string
		}](s, "/api/settings/reasoning/calls?limit=100"+cursor)
		for _, c := range page.Calls {
			outcomes = append(outcomes, c.Outcome)
			if len(c.PromptHash) != 64 || c.Model == "" || len(c.ExecutionID) != 32 || c.Outcome == "open" {
				s.t.Errorf("in the books: %+v", c)
			}
		}
		if page.Next == "" {
			return outcomes
		}
		cursor = "&cursor=" + page.Next
	}
}

const (
	rounds      = 5
	roundSpans  = 60_000
	queueWindow = 3 * time.Second // in which nothing but the queue is at work
)

// ingestBeside measures ingest in pairs: alone, and beside a part of the queue.
// It returns what to print; a shared machine is no place for a verdict. The
// clock tells of everybody's load, so CPU time is told as well: of a span alone,
// of one beside the queue without what the queue itself uses, and of the queue.
func ingestBeside(t *testing.T, srv *server, queue func(i int)) string {
	t.Helper()
	if status, raw := srv.call("PUT", "/api/settings/reasoning", `{"policy":"all"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, raw)
	}
	run(t, "project", "create", "--data-dir", srv.dataDir, "ingest")
	run(t, "project", "set", "--data-dir", srv.dataDir, "ingest", "--policy", "off")
	var ratios []float64
	var alones, besides, explaining time.Duration // CPU
	var out strings.Builder
	idle := func() bool {
		return srv.metric(`xray_reasoning_jobs{state="pending"}`)+srv.metric(`xray_reasoning_jobs{state="processing"}`) == 0 &&
			srv.metric("xray_executions_unsettled") == 0 && srv.metric("xray_executions_unexplained") == 0
	}
	for i := range rounds {
		eventually(t, "nothing is left to do", 10*time.Minute, idle)
		before := srv.cpu()
		alone := srv.ingest(t, byte(2*i+1))
		alones += srv.cpu() - before
		eventually(t, "nothing is left to do", 10*time.Minute, idle)
		queue(i)
		eventually(t, "calls are under way", time.Minute, func() bool { return srv.metric(`xray_reasoning_jobs{state="processing"}`) > 0 })
		before = srv.cpu()
		time.Sleep(queueWindow)
		perSecond := (srv.cpu() - before).Seconds() / queueWindow.Seconds()
		explaining += srv.cpu() - before
		before = srv.cpu()
		beside := srv.ingest(t, byte(2*i+2))
		besides += srv.cpu() - before - time.Duration(perSecond*float64(beside))
		busy := srv.metric(`xray_reasoning_jobs{state="pending"}`) > 0
		ratios = append(ratios, beside.Seconds()/alone.Seconds())
		fmt.Fprintf(&out, "\n  %d spans alone in %v, beside the queue in %v (%.2f), the queue outlived it: %v", roundSpans, alone.Round(time.Millisecond), beside.Round(time.Millisecond), ratios[i], busy)
	}
	slices.Sort(ratios)
	perSpan := func(d time.Duration) float64 { return float64(d.Microseconds()) / (rounds * roundSpans) }
	return fmt.Sprintf("ingest beside the queue takes %.2f times as long as alone (median of %d pairs), and %.2f times the CPU: %.1f µs a span, alone %.1f µs; "+
		"the queue itself uses %.2f of %d processors%s", ratios[rounds/2], rounds, besides.Seconds()/alones.Seconds(), perSpan(besides), perSpan(alones),
		explaining.Seconds()/(rounds*queueWindow.Seconds()), runtime.NumCPU(), &out)
}

// cpu is what the server and its PostgreSQL have used, from /proc.
func (s *server) cpu() time.Duration {
	s.t.Helper()
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	ticks := int64(0)
	parents := map[int]bool{s.cmd.Process.Pid: true, s.postmaster(): true}
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range all {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(raw), ") ") // the name before it may hold anything
		fields := strings.Fields(rest)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent, _ := strconv.Atoi(fields[1])
		if !parents[pid] && parent != s.postmaster() {
			continue
		}
		last := 13
		if pid == s.postmaster() {
			last = 15 // with its children that have ended
		}
		for _, f := range fields[11:last] {
			n, _ := strconv.ParseInt(f, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * tick
}

// ingest sends spans to the project that asks no model, from four connections,
// and returns how long it took.
func (s *server) ingest(t *testing.T, n byte) time.Duration {
	t.Helper()
	const perRequest = 512
	var bodies []string
	for i := range roundSpans / perRequest {
		td := tracetest.Micro(perRequest)
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					id := span.TraceID()
					id[0], id[1], id[2] = n, byte(i), byte(i>>8)
					span.SetTraceID(id)
				}
			}
		}
		bodies = append(bodies, marshal(t, td))
	}
	begin := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(bodies); i = int(next.Add(1)) - 1 {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.HTTP+"/v1/traces", strings.NewReader(bodies[i]))
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Content-Type", "application/x-protobuf")
				req.Header.Set("X-Xray-Project", "ingest")
				resp, err := patient.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					t.Errorf("answered %d", resp.StatusCode)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(begin)
}

func marshal(t *testing.T, td ptrace.Traces) string {
	t.Helper()
	raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
