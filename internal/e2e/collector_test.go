package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/xraytrace/xray/internal/tracetest"
)

// collectorBinary is the Collector of XRAY_COLLECTOR, or one built into .cache.
func collectorBinary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("XRAY_COLLECTOR"); path != "" {
		return path
	}
	install := exec.CommandContext(t.Context(), "../../scripts/install", "collector")
	install.Stderr = os.Stderr
	out, err := install.Output()
	if err != nil {
		t.Fatalf("build the Collector: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// freeAddress is a loopback address that nobody listens on at the moment.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startCollector runs otel-config.yaml in front of a server and returns where
// applications send to.
func startCollector(t testing.TB, binary string, srv *server, exporter string) tracetest.Target {
	t.Helper()
	quiet := filepath.Join(t.TempDir(), "quiet.yaml") // no port for its own metrics
	if err := os.WriteFile(quiet, []byte("service: {telemetry: {metrics: {level: none}}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	httpAddress, grpcAddress := freeAddress(t), freeAddress(t)
	log := &lockedBuffer{}
	cmd := exec.Command(binary, "--config", "../../otel-config.yaml", "--config", quiet)
	cmd.Env = append(os.Environ(),
		"COLLECTOR_OTLP_HTTP="+httpAddress, "COLLECTOR_OTLP_GRPC="+grpcAddress, "XRAY_EXPORTER="+exporter,
		"XRAY_OTLP_HTTP_URL="+srv.HTTP, "XRAY_OTLP_GRPC_ADDRESS="+strings.TrimPrefix(srv.GRPC, "http://"))
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		if t.Failed() {
			t.Logf("log of the Collector (%s):\n%s", exporter, log)
		}
	})
	eventually(t, "the Collector listens", time.Minute, func() bool {
		for _, address := range []string{httpAddress, grpcAddress} {
			c, err := net.Dial("tcp", address)
			if err != nil {
				return false
			}
			c.Close()
		}
		return true
	})
	conn, err := grpc.NewClient(grpcAddress, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return tracetest.Target{HTTP: "http://" + httpAddress, GRPC: conn}
}

// TestTheCollectorLosesNothing sends through a real Collector, over both of its
// ways to X-Ray, kills X-Ray in between, sends on while it is away, starts it
// again, and finds every span once.
func TestTheCollectorLosesNothing(t *testing.T) {
	t.Parallel()
	binary := collectorBinary(t)
	dataDir := newDataDir(t)
	srv := start(t, settings{dataDir: dataDir})
	collectors := map[string]tracetest.Target{
		"otlphttp": startCollector(t, binary, srv, "otlphttp"),
		"otlp":     startCollector(t, binary, srv, "otlp"),
	}
	const perRound = 60
	one := &load{began: time.Now()}
	sent := map[string]bool{}
	send := func(round, count int) {
		for n := range count {
			for i, name := range []string{"otlphttp", "otlp"} {
				var id pcommon.TraceID
				binary := []uint64{uint64(round + 1), uint64(i<<32 | n + 1)}
				putIDs(&id, binary)
				postTraces(t, collectors[name].HTTP, one.requests(id, 1)[0])
				sent[id.String()] = true
			}
		}
	}
	send(0, perRound)
	eventually(t, "the first executions come through", time.Minute, func() bool {
		return len(get[executionList](srv, "/api/executions?limit=1").Executions) > 0
	})
	send(1, perRound)
	srv.kill()
	send(2, perRound)
	srv = start(t, settings{dataDir: dataDir, args: []string{
		"--otlp-http", strings.TrimPrefix(srv.HTTP, "http://"), "--otlp-grpc", strings.TrimPrefix(srv.GRPC, "http://"),
	}})
	send(3, perRound)
	var found map[string]execution
	eventually(t, "everything came through and is counted", 2*time.Minute, func() bool {
		found = srv.everything()
		for _, e := range found {
			if !e.Settled {
				return false
			}
		}
		return len(found) >= len(sent)
	})
	for id := range sent {
		if e, ok := found[id]; !ok {
			t.Errorf("execution %s is lost", id)
		} else if e.StepCount != spansPerTrace {
			t.Errorf("execution %s has %d steps, want %d", id, e.StepCount, spansPerTrace)
		}
	}
	if len(found) != len(sent) {
		t.Errorf("%d executions, %d were sent", len(found), len(sent))
	}
	t.Run("log records find their step", func(t *testing.T) { throughCollector(t, srv, collectors["otlp"]) })
}

// throughCollector replays a client that sends messages as log records.
func throughCollector(t *testing.T, srv *server, to tracetest.Target) {
	on := *srv
	on.t = t
	f := tracetest.Load(t, "openai-otel")
	for _, r := range f.Requests {
		if err := r.Send(t.Context(), t, to); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range f.Expected.PerTrace {
		eventually(t, "trace "+want.Trace+" came through", time.Minute, func() bool {
			status, _ := on.call("GET", "/api/executions/"+want.Trace, "")
			return status == http.StatusOK
		})
	}
	checkLoggedMessages(&on, f)
}

func putIDs(id *pcommon.TraceID, halves []uint64) {
	binary.BigEndian.PutUint64(id[:8], halves[0])
	binary.BigEndian.PutUint64(id[8:], halves[1])
}

// postTraces sends a request to an OTLP/HTTP endpoint.
func postTraces(t testing.TB, base string, raw []byte) {
	t.Helper()
	resp, err := patient.Post(base+"/v1/traces", "application/x-protobuf", bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(fmt.Errorf("the answer was %s", resp.Status))
	}
}

// everything lists all executions by id.
func (s *server) everything() map[string]execution {
	s.t.Helper()
	found := map[string]execution{}
	for cursor := ""; ; {
		page := get[executionList](s, "/api/executions?limit=500&cursor="+cursor)
		for _, e := range page.Executions {
			found[e.ID] = e
		}
		if cursor = page.Next; cursor == "" {
			return found
		}
	}
}
