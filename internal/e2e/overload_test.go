package e2e

import (
	"bytes"
	gziplib "compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip" // also registers it
	"google.golang.org/grpc/status"
)

// flood is a load of large requests, each an execution of its own, in every
// transport and also packed to a hundredth. A client sends its request until
// it is acknowledged.
type flood struct {
	mu      sync.Mutex
	answers map[string]int // by transport and code
	hasty   []string       // refusals that do not say when to come back
}

func (f *flood) note(answer string, patient bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[answer]++
	if !patient {
		f.hasty = append(f.hasty, answer)
	}
}

func (f *flood) seen(answers ...string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range answers {
		if f.answers[a] == 0 {
			return false
		}
	}
	return true
}

// large is an execution of 20 steps and about 1.5 MB; plain text, so that it
// packs well, or random.
func large(n int, random bool) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "flood")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	for i := range 20 {
		s := spans.AppendEmpty()
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[8:], uint64(n+1))
		s.SetTraceID(id)
		s.SetSpanID(pcommon.SpanID{0: byte(i + 1)})
		if i > 0 {
			s.SetParentSpanID(pcommon.SpanID{0: 1})
		}
		s.SetName("flood")
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		text := bytes.Repeat([]byte("the same again "), 5000)
		if random {
			for at := range text {
				text[at] = 'a' + byte(rng.IntN(26))
			}
		}
		s.Attributes().PutStr("text", string(text))
	}
	return td
}

func (f *flood) overHTTP(ctx context.Context, url string, n int, packed bool) {
	raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(large(n, !packed))
	if err != nil {
		panic(err)
	}
	encoding := ""
	if packed {
		var b bytes.Buffer
		z := gziplib.NewWriter(&b)
		z.Write(raw)
		z.Close()
		raw, encoding = b.Bytes(), "gzip"
	}
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/traces", bytes.NewReader(raw))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Content-Type", "application/x-protobuf")
		req.Header.Set("Content-Encoding", encoding)
		resp, err := patient.Do(req)
		if err != nil {
			continue // the request's own end; a refusal has an answer
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
		wait, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		f.note(fmt.Sprintf("http %d", resp.StatusCode), err == nil && wait > 0)
		pause(ctx)
	}
}

func (f *flood) overGRPC(ctx context.Context, conn *grpc.ClientConn, n int, packed bool) {
	req := ptraceotlp.NewExportRequestFromTraces(large(n, !packed))
	var opts []grpc.CallOption
	if packed {
		opts = append(opts, grpc.UseCompressor(gzip.Name))
	}
	for ctx.Err() == nil {
		_, err := ptraceotlp.NewGRPCClient(conn).Export(ctx, req, opts...)
		if err == nil {
			return
		}
		s := status.Convert(err)
		if s.Code() == codes.Canceled {
			continue
		}
		wait := false
		for _, d := range s.Details() {
			info, ok := d.(*errdetails.RetryInfo)
			wait = wait || ok && info.RetryDelay.AsDuration() > 0
		}
		f.note("grpc "+s.Code().String(), wait)
		pause(ctx)
	}
}

// pause is shorter than what the server asks for: the worst of clients.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(30 * time.Millisecond):
	}
}

// TestOverloadIsRefusedAndRecovers sends many times what the server may hold
// while its database stands still, crawls and dies. It says so with the time to
// come back, keeps its memory, recovers by itself, and every request is stored
// once.
func TestOverloadIsRefusedAndRecovers(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{args: []string{"--otlp-max-body", "4", "--otlp-max-in-flight", "16"}})
	const clients = 60 // 90 MB at once
	f := &flood{answers: map[string]int{}}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	conn := srv.target().GRPC
	f.overHTTP(ctx, srv.HTTP, 0, true) // the server knows the project for some seconds from here
	database := srv.databaseProcesses()
	signal(t, database, syscall.SIGSTOP)
	var sending sync.WaitGroup
	for n := range clients {
		sending.Go(func() {
			if n%2 == 0 {
				f.overHTTP(ctx, srv.HTTP, n, n%4 == 0)
			} else {
				f.overGRPC(ctx, conn, n, n%4 == 1)
			}
		})
	}
	eventually(t, "the server says that it is full, and then that its database is away", time.Minute, func() bool {
		return f.seen("http 429", "grpc ResourceExhausted", "http 503", "grpc Unavailable")
	})
	for range 20 { // the database crawls
		signal(t, database, syscall.SIGCONT)
		time.Sleep(10 * time.Millisecond)
		signal(t, database, syscall.SIGSTOP)
		time.Sleep(50 * time.Millisecond)
	}
	signal(t, database, syscall.SIGCONT)
	syscall.Kill(srv.postmaster(), syscall.SIGKILL)
	sending.Wait()
	if ctx.Err() != nil {
		t.Fatalf("requests are still not stored; answers %v", f.answers)
	}
	if len(f.hasty) > 0 {
		t.Errorf("refusals without a time to come back: %v", f.hasty)
	}
	t.Logf("answers besides OK: %v", f.answers)
	for answer := range f.answers {
		switch answer {
		case "http 429", "http 503", "grpc ResourceExhausted", "grpc Unavailable":
		default:
			t.Errorf("an answer that no client tries again: %s", answer)
		}
	}
	eventually(t, "everything is settled", time.Minute, func() bool {
		_, metrics := srv.call("GET", "/metrics", "")
		return strings.Contains(string(metrics), "\nxray_executions_unsettled 0\n")
	})
	found := srv.everything()
	for id, e := range found {
		if e.StepCount != 20 {
			t.Errorf("execution %s has %d steps, want 20", id, e.StepCount)
		}
	}
	if len(found) != clients {
		t.Errorf("%d executions, want %d", len(found), clients)
	}
	if peak := peakMemory(t, srv.cmd.Process.Pid); peak > 400<<20 {
		t.Errorf("the server took %d MB of memory, want at most 400", peak>>20)
	}
	_, metrics := srv.call("GET", "/metrics", "")
	if !strings.Contains(string(metrics), "\nxray_receiver_in_flight_bytes 0\n") {
		t.Error("bytes in flight are left over")
	}
}

// databaseProcesses are the server's own PostgreSQL and its children.
func (s *server) databaseProcesses() []int {
	pids := []int{s.postmaster()}
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pids[0]))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range lists {
		raw, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, word := range strings.Fields(string(raw)) {
			if pid, err := strconv.Atoi(word); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

func signal(t *testing.T, pids []int, sig syscall.Signal) {
	t.Helper()
	for _, pid := range pids {
		if err := syscall.Kill(pid, sig); err != nil && err != syscall.ESRCH { // a backend may have ended
			t.Fatal(err)
		}
	}
}

func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}
