//go:build unix

package postgres

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Server is a running PostgreSQL.
type Server struct {
	cluster *cluster
	lock    *dirLock
	pauses  []time.Duration

	stopping context.Context // ends when Stop is called
	stop     context.CancelFunc
	done     chan struct{} // closed after the last postmaster has ended and the lock is free
	err      error         // why it ended; read after done

	mu         sync.Mutex
	postmaster *os.Process // nil between two
}

// supervise starts the server and keeps it running until Stop. It returns when
// the server takes connections to our database.
func supervise(ctx context.Context, c *cluster, lock *dirLock, pauses []time.Duration) (*Server, error) {
	s := &Server{cluster: c, lock: lock, pauses: pauses, done: make(chan struct{})}
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
	defer s.cluster.removeSocketDir()
	p, err := s.launch(ctx)
	first <- err
	if err != nil {
		return
	}
	for {
		select {
		case <-p.ended:
		case <-s.stopping.Done():
			s.signal(syscall.SIGINT)
			<-p.ended
			p.log.wait()
			return
		}
		s.setPostmaster(nil)
		died := time.Now()
		s.cluster.log.Warn("database server died; starting it again", "how", p.state())
		if p, err = s.relaunch(); err != nil {
			if s.stopping.Err() == nil {
				s.err = err
				s.cluster.log.Error("database server cannot be started again", "error", err)
			}
			return
		}
		s.cluster.log.Info("database is running again", "took", time.Since(died).Round(time.Millisecond))
	}
}

// relaunch tries to start a new postmaster until there are no more attempts. A
// server that starts may die again as often as it likes: what it had taken is
// safe, and a start costs little.
func (s *Server) relaunch() (*postmaster, error) {
	var last error
	for _, pause := range s.pauses {
		select {
		case <-s.stopping.Done():
			return nil, s.stopping.Err()
		case <-time.After(pause):
		}
		if last = s.cluster.clearLeftovers(s.stopping); last != nil {
			continue
		}
		var p *postmaster
		if p, last = s.launch(s.stopping); last == nil {
			return p, nil
		}
		s.cluster.log.Warn("database server did not start", "error", last)
	}
	return nil, fmt.Errorf("start database server again: %w", last)
}

func (s *Server) setPostmaster(p *os.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.postmaster = p
}
