//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Server is a running PostgreSQL.
type Server struct {
	cluster *cluster
	lock    *dirLock

	stopping context.Context // ends when Stop is called
	stop     context.CancelFunc
	done     chan struct{} // closed after the last postmaster has ended and the lock is free
	err      error         // why it ended; read after done

	mu         sync.Mutex
	postmaster *os.Process // nil between two
}

// pauses before each attempt to start a server that died. After the last one
// we give up: whatever it is (a full disk, a broken file), people must look.
var pauses = []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 5 * time.Second, 10 * time.Second}

// longEnough is the uptime after which a death counts as a new misfortune.
const longEnough = time.Minute

// supervise starts the server and keeps it running until Stop. It returns when
// the server takes connections to our database.
func supervise(ctx context.Context, c *cluster, lock *dirLock) (*Server, error) {
	s := &Server{cluster: c, lock: lock, done: make(chan struct{})}
	s.stopping, s.stop = context.WithCancel(context.Background())
	first := make(chan error, 1)
	begin := time.Now()
	go s.run(ctx, first)
	if err := <-first; err != nil {
		<-s.done
		return nil, err
	}
	version, err := c.ensureDatabase(ctx)
	if err != nil {
		s.Stop(context.WithoutCancel(ctx))
		return nil, err
	}
	c.log.Info("database is running", "version", version, "dir", c.data, "took", time.Since(begin).Round(time.Millisecond))
	return s, nil
}

// URL is the address of the database, for pgx and psql.
func (s *Server) URL() string { return s.cluster.url(userAndDB) }

// Dir is the data directory.
func (s *Server) Dir() string { return s.cluster.root }

// Done is closed when the server has ended for good: after [Server.Stop], or
// because it could not be brought back; see [Server.Err].
func (s *Server) Done() <-chan struct{} { return s.done }

// Err says why the server ended; nil while it runs and after [Server.Stop].
func (s *Server) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// Stop ends the server cleanly: it breaks connections off, writes a checkpoint
// and returns when all is on disk and the directory is free. When ctx ends
// first, the server stops at once; the next start then recovers from the WAL,
// with nothing lost. Stop may be called more than once.
func (s *Server) Stop(ctx context.Context) error {
	s.stop() // run passes it on as SIGINT
	select {
	case <-s.done:
		return s.err
	case <-ctx.Done():
	}
	s.signal(syscall.SIGQUIT)
	select {
	case <-s.done:
	case <-time.After(2 * time.Second):
		s.signal(syscall.SIGKILL)
		<-s.done
	}
	return s.err
}

func (s *Server) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.postmaster != nil {
		s.postmaster.Signal(sig) // it may have ended: run notices
	}
}

// run owns the postmaster, one after the other. It keeps its thread because
// Pdeathsig is sent when the thread that started a child ends, not when the
// process does; and Go ends threads when it likes.
func (s *Server) run(ctx context.Context, first chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	defer s.lock.release()
	p, err := s.launch(ctx)
	first <- err
	if err != nil {
		return
	}
	for attempt := 0; ; {
		up := time.Now()
		select {
		case <-p.ended:
		case <-s.stopping.Done():
			s.signal(syscall.SIGINT)
			<-p.ended
			p.log.wait()
			return
		}
		s.setPostmaster(nil)
		if time.Since(up) > longEnough {
			attempt = 0
		}
		s.cluster.log.Warn("database server died; starting it again", "how", p.state())
		if p, attempt, err = s.relaunch(attempt); err != nil {
			if s.stopping.Err() == nil {
				s.err = err
				s.cluster.log.Error("database server cannot be started again", "error", err)
			}
			return
		}
		s.cluster.log.Info("database is running again", "took", time.Since(up).Round(time.Millisecond))
	}
}

// relaunch tries to start a new postmaster until there are no more attempts.
func (s *Server) relaunch(attempt int) (*postmaster, int, error) {
	var last error
	for ; attempt < len(pauses); attempt++ {
		select {
		case <-s.stopping.Done():
			return nil, attempt, s.stopping.Err()
		case <-time.After(pauses[attempt]):
		}
		if last = s.cluster.clearLeftovers(s.stopping); last != nil {
			continue
		}
		var p *postmaster
		if p, last = s.launch(s.stopping); last == nil {
			return p, attempt + 1, nil
		}
	}
	return nil, attempt, fmt.Errorf("start database server again: %w", last)
}

func (s *Server) setPostmaster(p *os.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.postmaster = p
}

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
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	return args
}

// waitReady watches postmaster.pid, as pg_ctl does: its last line says
// "ready" once connections are taken. That covers recovery, which may be long.
func (s *Server) waitReady(ctx context.Context, p *postmaster) error {
	pid := strconv.Itoa(p.cmd.Process.Pid)
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
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// ensureDatabase makes our database on the first start, and returns the
// server's version.
func (c *cluster) ensureDatabase(ctx context.Context) (string, error) {
	conn, err := pgx.Connect(ctx, c.url(userAndDB))
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == "3D000" { // invalid_catalog_name
		if err := c.createDatabase(ctx); err != nil {
			return "", err
		}
		conn, err = pgx.Connect(ctx, c.url(userAndDB))
	}
	if err != nil {
		return "", fmt.Errorf("connect to database: %w", err)
	}
	defer conn.Close(ctx)
	return conn.PgConn().ParameterStatus("server_version"), nil
}

// createDatabase gives the database that initdb made our name, which is ten
// times as fast as copying another.
func (c *cluster) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url("template1"))
	if err != nil {
		return fmt.Errorf("connect to database server: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "ALTER DATABASE postgres RENAME TO "+userAndDB); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}
