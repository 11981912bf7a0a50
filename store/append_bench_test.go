package store_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// load is a kind of traffic.
type load struct {
	spansPerTrace, spansPerRequest, clients int
	payload                                 int // bytes of half-random text on each span, beside its attributes
}

// BenchmarkAppend stores and settles traffic and says what a million spans
// costs: CPU seconds of this process (which also makes up the traffic, before
// the clock), of PostgreSQL, and bytes on disk with all indexes. The test server
// does not wait for the disk.
func BenchmarkAppend(b *testing.B) {
	for name, l := range map[string]load{
		"micro": {spansPerTrace: 10, spansPerRequest: 512, clients: 8},
		"llm":   {spansPerTrace: 10, spansPerRequest: 64, clients: 8, payload: 5400},
		"sdk":   {spansPerTrace: 10, spansPerRequest: 10, clients: 64},
	} {
		b.Run(name, func(b *testing.B) { benchmarkAppend(b, l) })
	}
}

func benchmarkAppend(b *testing.B, l load) {
	url := pgtest.New(b)
	opts := quick()
	opts.SettleQuiet = 200 * time.Millisecond
	s := open(b, url, opts)
	inBackground(b, s.Settle)
	r := rand.New(rand.NewPCG(1, 2))
	batches := make([]xray.Batch, (b.N+l.spansPerRequest-1)/l.spansPerRequest)
	for i := range batches {
		batches[i] = traffic(r, l)
	}
	postmaster := postmasterOf(b, url)
	ownBefore, serverBefore := ownCPU(b), treeCPU(b, postmaster)
	b.ResetTimer()
	sendAll(b, s, batches, l.clients)
	spans := float64(len(batches) * l.spansPerRequest)
	b.ReportMetric(spans/b.Elapsed().Seconds(), "spans/s")
	eventually(b, func() string {
		if left := benchCount(b, url, "SELECT (SELECT count(*) FROM unsettled) + (SELECT count(*) FROM rollup_log)"); left > 0 {
			return fmt.Sprint(left, " are not settled")
		}
		return ""
	})
	b.StopTimer()
	b.ReportMetric((ownCPU(b)-ownBefore).Seconds()/spans*1e6, "own-s/M")
	b.ReportMetric((treeCPU(b, postmaster)-serverBefore).Seconds()/spans*1e6, "pg-s/M")
	for metric, like := range map[string]string{
		"B/span": "%", "segments-B/span": "segments%", "steps-B/span": "steps%", "executions-B/span": "executions%",
	} {
		b.ReportMetric(float64(benchCount(b, url, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
			WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname LIKE '`+like+`'`))/spans, metric)
	}
}

func sendAll(b *testing.B, s *store.Store, batches []xray.Batch, clients int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(batches) {
					return
				}
				if err := s.Append(b.Context(), batches[n]); err != nil {
					b.Error(err)
					return
				}
				batches[n] = xray.Batch{}
			}
		})
	}
	wg.Wait()
}

// traffic makes one request of about 540 bytes a span, plus payload.
func traffic(r *rand.Rand, l load) xray.Batch {
	var data []byte
	steps := make([]xray.Step, l.spansPerRequest)
	var trace xray.TraceID
	for i := range steps {
		if i%l.spansPerTrace == 0 {
			binary.BigEndian.PutUint64(trace[:8], r.Uint64())
			binary.BigEndian.PutUint64(trace[8:], r.Uint64())
		}
		id := i%l.spansPerTrace + 1
		s := span(0, id, id/2, fmt.Sprintf("GET /api/orders/%d", id), i, i+r.IntN(100))
		binary.BigEndian.PutUint64(s.SpanID[:], uint64(id)<<32|1)
		if id > 1 {
			binary.BigEndian.PutUint64(s.ParentID[:], uint64(id/2)<<32|1)
		}
		s.TraceID, s.Service = trace, "checkout-service"
		if l.payload > 0 {
			s = modelCall(s, "gpt-5-mini", r.Int64N(1000), r.Int64N(1000), nil)
		}
		steps[i] = s
		data = spanBytes(r, data, &s, l.payload)
	}
	return xray.Batch{
		ProjectID: theProject, RequestHash: hashOf(data),
		Segments: []xray.Segment{{Signal: xray.SignalTraces, Data: data, Records: len(steps), Steps: steps}},
	}
}

func spanBytes(r *rand.Rand, data []byte, s *xray.Step, payload int) []byte {
	data = append(append(append(data, s.TraceID[:]...), s.SpanID[:]...), s.ParentID[:]...)
	data = fmt.Appendf(data, "%s%d%d", s.Name, s.Start, s.End)
	for _, key := range []string{"http.request.method", "url.path", "user_agent.original", "network.peer.address", "server.address"} {
		data = fmt.Appendf(data, "\x0a\x12%s\x12\x14value of it %d", key, r.IntN(20))
	}
	for _, key := range []string{"http.response.body.size", "thread.id", "customer.id", "enduser.pseudo.id", "db.response.returned_rows", "cache.key"} {
		data = fmt.Appendf(data, "\x0a\x12%s\x12\x09%d", key, r.IntN(1_000_000))
	}
	words := []string{"the ", "model ", "looked ", "for ", "prices ", "below ", "a ", "limit ", "and ", "found ", "{\"id\":", ",\"rank\":", "},"}
	for end := len(data) + payload; len(data) < end; {
		data = append(data, words[r.IntN(len(words))]...)
		data = strconv.AppendInt(data, int64(r.IntN(5000)), 10)
	}
	return data
}

func benchCount(b testing.TB, url, sql string) int {
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var n int
	if err := conn.QueryRow(b.Context(), sql).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// postmasterOf finds the server's first process, the parent of our backend; 0
// where there is no /proc.
func postmasterOf(b *testing.B, url string) int {
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var pid int
	if err := conn.QueryRow(b.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		b.Fatal(err)
	}
	parent, _ := processCPU(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return parent
}

// processCPU reads parent and CPU time, with that of children that have ended.
func processCPU(stat string) (parent int, cpu time.Duration) {
	raw, err := os.ReadFile(stat)
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	parent, _ = strconv.Atoi(fields[1])
	for _, f := range fields[11:15] { // utime, stime, cutime, cstime in hundredths of a second
		ticks, _ := strconv.Atoi(f)
		cpu += time.Duration(ticks) * 10 * time.Millisecond
	}
	return parent, cpu
}

func treeCPU(b *testing.B, root int) time.Duration {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	_, total := processCPU(filepath.Join("/proc", strconv.Itoa(root), "stat"))
	for _, stat := range all {
		if parent, cpu := processCPU(stat); parent == root {
			total += cpu
		}
	}
	return total
}

func ownCPU(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
