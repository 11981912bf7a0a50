package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/xraytrace/xray/internal/tracetest"
)

// xrayBinary is the built command: XRAY_BIN, or made once for this run.
var xrayBinary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "xray-e2e-")
	if err != nil {
		panic(err)
	}
	if xrayBinary = os.Getenv("XRAY_BIN"); xrayBinary == "" {
		xrayBinary = filepath.Join(dir, "xray")
		build := exec.Command("go", "build", "-o", xrayBinary, "github.com/xraytrace/xray/cmd/xray")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "build xray:", err)
			os.Exit(1)
		}
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// server is a running xray serve.
type server struct {
	t        testing.TB
	cmd      *exec.Cmd
	log      *lockedBuffer
	welcomed chan bool     // whether the server became ready
	ended    chan struct{} // closed when the process has ended
	dataDir  string
	UI       string // base URLs
	HTTP     string
	GRPC     string
	key      string
}

// settings of one start; the zero value is a newcomer's.
type settings struct {
	dataDir string
	args    []string
	env     []string
	key     string // the key that requests of this harness carry
}

// newDataDir is a path for a data directory that PostgreSQL's user can reach
// when the test runs as root; t.TempDir is closed to everybody else.
func newDataDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "xray-e2e-data-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

// command is an xray command with a clean environment.
func command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, xrayBinary, args...)
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "XRAY_") && !strings.HasPrefix(name, "OPENAI_") && name != "DATABASE_URL" {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// run runs a short command to its end and returns its standard output.
func run(t testing.TB, args ...string) string {
	t.Helper()
	cmd := command(t.Context(), nil, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("xray %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

// start starts a server and waits until it is ready.
func start(t testing.TB, s settings) *server {
	t.Helper()
	return begin(t, s).await()
}

// begin starts a server; await it before use.
func begin(t testing.TB, s settings) *server {
	t.Helper()
	if s.dataDir == "" {
		s.dataDir = newDataDir(t)
	}
	args := append([]string{"serve", "--data-dir", s.dataDir,
		"--listen", "localhost:0", "--otlp-http", "localhost:0", "--otlp-grpc", "localhost:0"}, s.args...)
	srv := &server{
		t: t, dataDir: s.dataDir, key: s.key, cmd: command(context.Background(), s.env, args...),
		log: &lockedBuffer{}, welcomed: make(chan bool, 1), ended: make(chan struct{}),
	}
	srv.cmd.Stderr = srv.log
	stdout, err := srv.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.stop)
	go func() {
		said := bufio.NewReader(stdout)
		srv.welcomed <- srv.readWelcome(said)
		io.Copy(srv.log, said)
		srv.cmd.Wait()
		close(srv.ended)
	}()
	return srv
}

// await waits until the server is ready.
func (s *server) await() *server {
	s.t.Helper()
	select {
	case ok := <-s.welcomed:
		if ok {
			return s
		}
		<-s.ended
	case <-time.After(time.Minute):
	}
	s.t.Fatalf("xray did not start:\n%s", s.log)
	return nil
}

// readWelcome takes the addresses out of what the server prints when ready.
func (s *server) readWelcome(said *bufio.Reader) bool {
	for {
		line, err := said.ReadString('\n')
		if err != nil {
			return false
		}
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch url := words[len(words)-1]; words[0] {
		case "Web":
			s.UI = url
		case "OTLP/HTTP":
			s.HTTP = url
		case "OTLP/gRPC":
			s.GRPC = url
		case "Explains":
			return true
		}
	}
}

// stop asks for a clean stop and waits for it.
func (s *server) stop() {
	select {
	case <-s.ended:
		return
	default:
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(40 * time.Second):
		s.cmd.Process.Kill()
		s.t.Errorf("xray did not stop:\n%s", s.log)
	}
	if s.t.Failed() {
		s.t.Logf("log of the server:\n%s", s.log)
	}
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	s.cmd.Process.Kill()
	<-s.ended
}

// postmaster is the process id of the server's own PostgreSQL.
func (s *server) postmaster() int {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.dataDir, "postgres", "postmaster.pid"))
	if err != nil {
		s.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		s.t.Fatal(err)
	}
	return pid
}

// target is where the harness of the captured traffic sends.
func (s *server) target() tracetest.Target {
	s.t.Helper()
	conn, err := grpc.NewClient(strings.TrimPrefix(s.GRPC, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return tracetest.Target{HTTP: s.HTTP, GRPC: conn, Key: s.key}
}

// patient waits long, but not for ever.
var patient = &http.Client{Timeout: time.Minute}

// call makes a request of the API and returns its status and body.
func (s *server) call(method, path string, body string) (int, []byte) {
	s.t.Helper()
	return s.callURL(method, s.UI+path, body)
}

func (s *server) callURL(method, url string, body string) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.key != "" {
		req.Header.Set("Authorization", "Bearer "+s.key)
	}
	resp, err := patient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, raw
}

// get reads a JSON answer and fails the test on any other.
func get[T any](s *server, path string) T {
	s.t.Helper()
	status, raw := s.call("GET", path, "")
	if status != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, status, raw)
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		s.t.Fatalf("GET %s: %v: %s", path, err, raw)
	}
	return v
}

// eventually waits for a condition that other processes bring about.
func eventually(t testing.TB, what string, within time.Duration, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("still not so after %s: %s", within, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// lockedBuffer holds a log that is written and read at the same time.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
