//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/xraytrace/xray"
)

// start takes the lock and then does, under it, everything that must not
// happen twice at once. Nothing is changed in a directory that is refused.
func start(ctx context.Context, opts Options) (_ *Server, err error) {
	c := &cluster{
		root:      opts.DataDir,
		data:      filepath.Join(opts.DataDir, "postgres"),
		throwaway: opts.Throwaway,
		log:       opts.Logger,
	}
	if c.account, err = chooseAccount(c.data); err != nil {
		return nil, err
	}
	if err := c.makeRoot(); err != nil {
		return nil, err
	}
	lock, err := lockDir(c.root)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			lock.release()
		}
	}()
	if err := c.prepare(ctx, opts.Binaries); err != nil {
		return nil, err
	}
	return supervise(ctx, c, lock, opts.pauses)
}

// makeRoot makes the directory that holds the cluster, and checks that the
// account of the server can reach it.
func (c *cluster) makeRoot() error {
	mode := os.FileMode(0o700)
	if c.account.drop {
		mode = 0o711 // the server passes through, but it is root's
	}
	if blocked := c.account.blockedAt(c.root); blocked != "" {
		return xray.Errorf(xray.CodeInvalid, "PostgreSQL does not run as root, and the user %s that it runs as may not enter %s: choose a --data-dir outside of it, such as /var/lib/xray", c.account.name, blocked)
	}
	if err := os.MkdirAll(c.root, mode); err != nil {
		if errors.Is(err, os.ErrPermission) {
			return xray.Errorf(xray.CodeForbidden, "cannot make the data directory %s (%v): choose another with --data-dir, or set DATABASE_URL to use a server of your own", c.root, err)
		}
		return fmt.Errorf("make data directory: %w", err)
	}
	return nil
}

// prepare brings the cluster to where a postmaster can be started on it.
func (c *cluster) prepare(ctx context.Context, binaries string) error {
	major, err := c.major()
	if err != nil {
		return err
	}
	if c.install, err = findInstallation(ctx, binaries, major, c.data); err != nil {
		return err
	}
	if blocked := c.account.blockedAt(c.install.dir); blocked != "" {
		return xray.Errorf(xray.CodeInvalid, "the user %s that PostgreSQL runs as may not enter %s, where its binaries are: install PostgreSQL by the system's package manager, or start X-Ray as an ordinary user", c.account.name, blocked)
	}
	c.clusterName = clusterName(c.data)
	if c.socket, err = c.makeSocketDir(); err != nil {
		return err
	}
	if major == 0 {
		if err := c.initialize(ctx); err != nil {
			return err
		}
	} else if err := c.adopt(); err != nil {
		return err
	}
	if err := c.writeConfig(); err != nil {
		return err
	}
	return c.clearLeftovers(ctx)
}
