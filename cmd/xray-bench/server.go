package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the xray under measurement.
type server struct {
	cmd     *exec.Cmd
	url     string // of OTLP/HTTP
	ui      string // of the API and of /metrics
	debug   string // of the profiles, "" if there are none
	dataDir string
	keep    bool
	stopped bool
}

// startServer starts one on a new directory. env is added to its environment.
func startServer(ctx context.Context, o options, env ...string) (*server, error) {
	parent, err := os.MkdirTemp("", "xray-bench-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(parent, 0o755); err != nil { // PostgreSQL's user must get in when we are root
		return nil, err
	}
	s := &server{dataDir: filepath.Join(parent, "data"), keep: o.Keep}
	return s, s.launch(ctx, o, env)
}

// launch starts the process, again if it has been stopped.
func (s *server) launch(ctx context.Context, o options, env []string) error {
	s.stopped = false
	args := []string{"--log-level=warn", "serve", "--data-dir", s.dataDir, "--database-url=",
		"--listen", "localhost:0", "--otlp-http", "localhost:0", "--otlp-grpc", "localhost:0"}
	if o.Profile != "" {
		addr, err := freeAddress()
		if err != nil {
			return err
		}
		s.debug = "http://" + addr
		args = append(args, "--debug-listen", addr)
	}
	s.cmd = exec.CommandContext(ctx, o.Binary, args...)
	s.cmd.Stderr = os.Stderr
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 2 && words[0] == "OTLP/HTTP" {
			s.url = words[1]
		}
		if len(words) == 3 && words[0] == "Web" {
			s.ui = words[2]
		}
		if len(words) > 0 && words[0] == "Explains" { // the last line of the welcome
			return nil
		}
	}
	return errors.Join(errors.New("the server did not start"), s.stop())
}

func (s *server) stop() error {
	if s.stopped {
		return nil
	}
	s.stopped = true
	s.cmd.Process.Signal(syscall.SIGTERM)
	return s.cmd.Wait()
}

// remove stops the server and removes its data, unless they are to be kept.
func (s *server) remove() {
	s.stop()
	if s.keep {
		fmt.Println("data kept in", s.dataDir)
		return
	}
	os.RemoveAll(filepath.Dir(s.dataDir))
}

// diskBytes is what tables and indexes take. The write-ahead log is left out:
// its size is a setting, not a function of the data.
func (s *server) diskBytes() (n int64) {
	filepath.WalkDir(filepath.Join(s.dataDir, "postgres", "base"), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // a file may go while we look
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}

// usage is what the kernel has counted.
type usage struct {
	server, postgres time.Duration // CPU, user and system
	serverPeak       int64         // bytes of resident memory
}

func (s *server) usage() usage {
	u := usage{server: cpuOf(s.cmd.Process.Pid, false), serverPeak: peakRSS(s.cmd.Process.Pid)}
	for _, pid := range children(s.cmd.Process.Pid) {
		u.postgres += cpuOf(pid, true)
		for _, backend := range children(pid) {
			u.postgres += cpuOf(backend, true)
		}
	}
	return u
}

// clockTick is the unit of times in /proc: USER_HZ, 100 on every Linux.
const clockTick = 10 * time.Millisecond

// cpuOf reads a process's CPU time, with that of its children that have ended
// if asked (see proc(5), /proc/pid/stat fields 14 to 17).
func cpuOf(pid int, ended bool) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // the name before it may hold anything
	fields := strings.Fields(rest)
	last := 13
	if ended {
		last = 15
	}
	var ticks int64
	for _, f := range fields[11:last] {
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}

func children(pid int) (pids []int) {
	raw, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range raw {
		list, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for _, f := range strings.Fields(string(list)) {
			if n, err := strconv.Atoi(f); err == nil {
				pids = append(pids, n)
			}
		}
	}
	return pids
}

func peakRSS(pid int) int64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	return kb << 10
}
