//go:build unix

package postgres

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestKilledPostmasterComesBackWithItsData(t *testing.T) {
	t.Parallel()
	s := mustStart(t, Options{DataDir: dataDir(t)})
	mustExec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	for range 2 { // it does so more than once
		old := s.cluster.postmasterPID()
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a new postmaster answers", func() bool {
			return s.cluster.postmasterPID() != old && answers(s.URL())
		})
		if n := queryInt(t, s, "SELECT n FROM kept"); n != 42 {
			t.Errorf("read %d after the restart, want 42", n)
		}
	}
}

// A backend that computes does not notice that its postmaster died, and it
// holds the shared memory, without which no new server starts.
func TestBackendThatOutlivesItsPostmasterIsEnded(t *testing.T) {
	t.Parallel()
	s := mustStart(t, Options{DataDir: dataDir(t), Throwaway: true})
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	busy := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "DO $$ BEGIN LOOP END LOOP; END $$")
		busy <- err
	}()
	eventually(t, "the backend computes", func() bool {
		return queryInt(t, s, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'") == 1
	})
	old := s.cluster.postmasterPID()
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a new postmaster answers", func() bool {
		return s.cluster.postmasterPID() != old && answers(s.URL())
	})
	if err := <-busy; err == nil {
		t.Error("an endless loop came to its end")
	}
}

func TestServerThatCannotComeBackSaysWhy(t *testing.T) {
	t.Parallel()
	s := mustStart(t, Options{DataDir: dataDir(t), Throwaway: true, pauses: []time.Duration{0, 0}})
	if err := os.Remove(filepath.Join(s.cluster.data, "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(s.cluster.postmasterPID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), "pg_control") {
		t.Errorf("it ended with %v, want the words of the server", err)
	}
	s.err = nil // for mustStop at the end of the test
}

func TestKillOfXRayLeavesNothingThatTheNextStartCannotTake(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	child := startChild(t, dir, nil)
	s := &Server{cluster: &cluster{data: filepath.Join(dir, "postgres")}}
	old := s.cluster.postmasterPID()
	child.kill(t)

	s = mustStart(t, Options{DataDir: dir})
	if n := queryInt(t, s, "SELECT n FROM kept"); n != 42 {
		t.Errorf("read %d after the kill, want 42", n)
	}
	if p := (process{pid: old}); s.cluster.postmasterPID() != old && stillRuns(p) {
		t.Errorf("the old postmaster %d still runs", old)
	}
}

func TestKillDuringTheFirstStartLeavesNothingHalfMade(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	child := launchChild(t, dir, nil)
	eventually(t, "initdb has begun to write", func() bool {
		found, _ := filepath.Glob(filepath.Join(dir, halfMade+"*", "PG_VERSION"))
		return len(found) > 0
	})
	child.kill(t)
	mustStart(t, Options{DataDir: dir, Throwaway: true})
	if left, _ := filepath.Glob(filepath.Join(dir, halfMade+"*")); len(left) > 0 {
		t.Errorf("half-made clusters are still there: %v", left)
	}
}

func TestCancelledFirstStartCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := Start(ctx, Options{DataDir: dir})
		failed <- err
	}()
	eventually(t, "initdb has begun", func() bool {
		found, _ := filepath.Glob(filepath.Join(dir, halfMade+"*"))
		return len(found) > 0
	})
	cancel()
	if err := <-failed; err == nil {
		t.Fatal("a cancelled start succeeded")
	}
	mustStart(t, Options{DataDir: dir, Throwaway: true})
}

// A pid file whose number belongs to a living process stops PostgreSQL itself
// from starting: after a reboot, or in a container, that is some other program.
func TestPidFileWhoseNumberIsAnotherProcessByNowIsSeenThrough(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := mustStart(t, Options{DataDir: dir, Throwaway: true})
	c := s.cluster
	pidFile := c.pidFile()
	mustStop(t, s)

	other := exec.Command("sleep", "600")
	other.SysProcAttr = &syscall.SysProcAttr{Credential: c.account.credential()}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Process.Kill(); other.Wait() })
	pidFile[0] = strconv.Itoa(other.Process.Pid)
	socketLock := filepath.Join(c.socket, socketFile+".lock")
	for _, path := range []string{filepath.Join(c.data, "postmaster.pid"), socketLock} {
		if err := os.WriteFile(path, []byte(strings.Join(pidFile, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := c.account.give(path); err != nil {
			t.Fatal(err)
		}
	}
	mustStart(t, Options{DataDir: dir, Throwaway: true})
	if !stillRuns(process{pid: other.Process.Pid, title: "sleep 600"}) {
		t.Error("the process that had nothing to do with it was ended")
	}
}

func TestStopThatMayNotWaitLosesNothing(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := mustStart(t, Options{DataDir: dir})
	mustExec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(over); err != nil {
		t.Fatal(err)
	}
	s = mustStart(t, Options{DataDir: dir})
	if n := queryInt(t, s, "SELECT n FROM kept"); n != 42 {
		t.Errorf("read %d after the stop, want 42", n)
	}
}

// child is this test binary, run again as a process that starts a server with
// the table kept in it and then waits to be told to stop, or to be killed.
type child struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

const childEnv = "XRAY_POSTGRES_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := beChild(dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func beChild(dir string) error {
	ctx := context.Background()
	s, err := Start(ctx, Options{DataDir: dir})
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS n"); err != nil {
		return err
	}
	if err := conn.Close(ctx); err != nil {
		return err
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	return s.Stop(ctx)
}

// launchChild starts a child, as who is given (nil: as ourselves).
func launchChild(t *testing.T, dir string, who *syscall.Credential) *child {
	t.Helper()
	// A copy: go test's own directory is closed to other users.
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(filepath.Dir(dir), "child.test")
	if err := os.WriteFile(binary, self, 0o755); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(binary)}
	c.cmd.Env = append(os.Environ(), childEnv+"="+dir)
	c.cmd.Dir = "/"
	c.cmd.Stderr = t.Output()
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(stdout)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.cmd.Process.Kill(); c.cmd.Wait() })
	return c
}

// startChild returns when the child's server runs.
func startChild(t *testing.T, dir string, who *syscall.Credential) *child {
	t.Helper()
	c := launchChild(t, dir, who)
	if !c.lines.Scan() || c.lines.Text() != "ready" {
		t.Fatalf("the child said %q instead of ready", c.lines.Text())
	}
	return c
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.cmd.Wait()
}

func (c *child) stop(t *testing.T) {
	t.Helper()
	c.stdin.Close()
	if c.lines.Scan() {
		t.Errorf("the child said %q", c.lines.Text())
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the child ended with %v", err)
	}
}

// eventually waits for what must come. The limit is for a test that hangs; it
// measures nothing.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute in vain until %s", what)
		}
	}
}

func answers(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false
	}
	conn.Close(ctx)
	return true
}
