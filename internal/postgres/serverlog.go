//go:build unix

package postgres

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// serverLog reads what a postmaster and its children write to stderr. It is a
// pipe of its own, not exec's: children that outlive a killed postmaster hold
// it open, and exec would wait for them.
type serverLog struct {
	input *os.File // the child's end
	log   *slog.Logger
	quiet atomic.Bool // while starting: what matters comes with the error

	mu    sync.Mutex
	last  []string
	ended chan struct{}
}

const tailLines = 12 // enough for a FATAL with its DETAIL and HINT

func newServerLog(log *slog.Logger) (*serverLog, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	l := &serverLog{input: w, log: log, ended: make(chan struct{})}
	l.quiet.Store(true)
	go l.read(r)
	return l, nil
}

// read ends when the last process that holds the pipe has ended.
func (l *serverLog) read(r *os.File) {
	defer close(l.ended)
	defer r.Close()
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line = strings.TrimRight(line, "\n"); line != "" {
			l.add(line)
		}
		if err != nil {
			if err != io.EOF {
				l.log.Warn("reading the database's log", "error", err)
			}
			return
		}
	}
}

func (l *serverLog) add(line string) {
	l.mu.Lock()
	l.last = append(l.last, line)
	if len(l.last) > tailLines {
		l.last = l.last[1:]
	}
	l.mu.Unlock()
	level := slog.LevelDebug
	if !l.quiet.Load() {
		level = levelOf(line)
	}
	l.log.Log(context.Background(), level, "database: "+line)
}

// levelOf ranks a line for people. FATAL is about one connection and is
// routine (it ends when the server stops); PANIC is about the server.
func levelOf(line string) slog.Level {
	severity, _, _ := strings.Cut(line, ":")
	switch severity {
	case "PANIC":
		return slog.LevelError
	case "WARNING":
		return slog.LevelWarn
	default:
		return slog.LevelDebug
	}
}

// wait lets the log come to its end; not for ever, because a child that hangs
// in the kernel holds the pipe.
func (l *serverLog) wait() {
	select {
	case <-l.ended:
	case <-time.After(time.Second):
	}
}

// tail is the end of the log of a postmaster that has ended.
func (l *serverLog) tail() string {
	l.wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last, "\n")
}
