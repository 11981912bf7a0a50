//go:build unix

package postgres

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// postmaster is one life of the server.
type postmaster struct {
	cmd   *exec.Cmd
	log   *serverLog
	ended chan struct{}
}

func (p *postmaster) state() string { return p.cmd.ProcessState.String() }

// launch starts a postmaster and waits until it takes connections. On an error
// there is none.
func (s *Server) launch(ctx context.Context) (*postmaster, error) {
	c := s.cluster
	log, err := newServerLog(c.log)
	if err != nil {
		return nil, fmt.Errorf("start database server: %w", err)
	}
	cmd := exec.Command(c.install.path("postgres"), c.arguments()...)
	cmd.Env = c.environment()
	cmd.Dir = c.data
	cmd.Stderr = log.input
	cmd.Stdout = log.input
	cmd.SysProcAttr = c.childAttr(syscall.SIGINT) // its fast, clean shutdown
	err = cmd.Start()
	log.input.Close() // the child has its own
	if err != nil {
		return nil, fmt.Errorf("start database server: %w", err)
	}
	p := &postmaster{cmd: cmd, log: log, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		cmd.Wait() // how it ended is in ProcessState
	}()
	s.setPostmaster(cmd.Process)
	if err := s.waitReady(ctx, p); err != nil {
		s.signal(syscall.SIGQUIT)
		<-p.ended
		s.setPostmaster(nil)
		return nil, err
	}
	log.quiet.Store(false)
	return p, nil
}

// arguments are the settings that depend on the place; the rest is in
// postgresql.conf. cluster_name also marks the process as ours.
func (c *cluster) arguments() []string {
	args := []string{
		"-D", c.data,
		"-c", "cluster_name=" + c.clusterName,
		"-c", "port=5432",
		// A list of paths: a comma or a space in one needs quotes.
		"-c", `unix_socket_directories="` + strings.ReplaceAll(c.socket, `"`, `""`) + `"`,
	}
	if c.throwaway {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	return args
}

// waitReady watches postmaster.pid, as pg_ctl does: its last line says
// "ready" once connections are taken. That covers recovery, which may be long.
func (s *Server) waitReady(ctx context.Context, p *postmaster) error {
	pid := strconv.Itoa(p.cmd.Process.Pid)
	slow := time.After(2 * time.Second)
	for {
		lines := s.cluster.pidFile()
		if len(lines) >= 8 && lines[0] == pid && strings.TrimSpace(lines[7]) == "ready" {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("database server ended while starting (%s): %s", p.state(), p.log.tail())
		case <-ctx.Done():
			return fmt.Errorf("start database server: %w", context.Cause(ctx))
		case <-s.stopping.Done():
			return fmt.Errorf("start database server: %w", s.stopping.Err())
		case <-slow:
			s.cluster.log.Info("database server is not ready yet; after a crash it first replays its log")
		case <-time.After(5 * time.Millisecond):
		}
	}
}
