//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/xraytrace/xray"
)

// process is one that runs on this machine. A zombie has no title.
type process struct {
	pid   int
	uid   uint32
	title string // its command line, as ps shows it
}

// clearLeftovers frees the cluster of what an earlier server left: processes
// that still hold its shared memory, and pid files. PostgreSQL does part of
// that itself, but trusts a pid file whose number belongs to any living
// process of its user, which after a reboot or in a container is common.
//
// The lock is ours, so no other X-Ray runs this server. One that was started
// by hand is not ours to stop.
func (c *cluster) clearLeftovers(ctx context.Context) error {
	all, err := processes()
	if err != nil {
		return fmt.Errorf("list processes: %w", err)
	}
	pid := c.postmasterPID()
	var ours []process
	for _, p := range all {
		switch {
		case c.isOurs(p):
			ours = append(ours, p)
		case p.pid == pid && c.isForeignPostmaster(p):
			return xray.Errorf(xray.CodeConflict, "a PostgreSQL server (process %d) that X-Ray did not start runs on %s: stop it with `pg_ctl -D %s stop`, or choose another --data-dir", pid, c.data, c.data)
		}
	}
	if err := c.stopAll(ctx, ours); err != nil {
		return err
	}
	for _, path := range []string{
		filepath.Join(c.data, "postmaster.pid"),
		filepath.Join(c.socket, socketFile),
		filepath.Join(c.socket, socketFile+".lock"),
	} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove stale file: %w", err)
		}
	}
	return nil
}

// isOurs knows the processes of a server that X-Ray started on this cluster:
// the postmaster by its arguments, its children by the title they give
// themselves ("postgres: NAME: checkpointer").
func (c *cluster) isOurs(p process) bool {
	return p.uid == c.account.uid && p.pid != os.Getpid() &&
		(strings.HasPrefix(p.title, "postgres: "+c.clusterName+": ") ||
			strings.Contains(p.title, "cluster_name="+c.clusterName))
}

func (c *cluster) isForeignPostmaster(p process) bool {
	program, _, _ := strings.Cut(p.title, " ")
	if base := filepath.Base(program); base != "postgres" && base != "postmaster" {
		return false
	}
	return strings.Contains(p.title, c.data) || workingDir(p.pid) == c.data
}

// postmasterPID is the first line of postmaster.pid, 0 if there is none.
func (c *cluster) postmasterPID() int {
	lines := c.pidFile()
	if len(lines) == 0 {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return 0
	}
	return pid
}

func (c *cluster) pidFile() []string {
	raw, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
	if err != nil {
		return nil
	}
	return strings.Split(string(raw), "\n")
}

// stopAll ends the processes of an earlier server. One that still has its
// postmaster gets the time for its last checkpoint. Without it the children
// end by themselves within milliseconds, except one that computes and does not
// look up. Nothing here can lose what was committed.
func (c *cluster) stopAll(ctx context.Context, left []process) error {
	if len(left) == 0 {
		return nil
	}
	c.log.Info("waiting for an earlier database server to end", "processes", len(left))
	patience := 200 * time.Millisecond
	pid := c.postmasterPID()
	if slices.ContainsFunc(left, func(p process) bool { return p.pid == pid }) {
		patience = 5 * time.Second
		syscall.Kill(pid, syscall.SIGINT) // fast shutdown; it may have begun already
	}
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		var err error
		if left, err = waitGone(ctx, left, patience); err != nil || len(left) == 0 {
			return err
		}
		for _, p := range left {
			syscall.Kill(p.pid, sig)
		}
		patience = 3 * time.Second
	}
	left, err := waitGone(ctx, left, patience)
	if err != nil || len(left) == 0 {
		return err
	}
	return xray.Errorf(xray.CodeConflict, "the process %d of an earlier database server does not end: end it, or restart the machine", left[0].pid)
}

// waitGone returns those that still run when the patience is over.
func waitGone(ctx context.Context, left []process, patience time.Duration) ([]process, error) {
	deadline := time.Now().Add(patience)
	for {
		left = slices.DeleteFunc(left, func(p process) bool { return !stillRuns(p) })
		if len(left) == 0 || time.Now().After(deadline) {
			return left, nil
		}
		select {
		case <-ctx.Done():
			return left, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}
