//go:build unix

package postgres

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/xraytrace/xray"
)

// cluster is a data directory of PostgreSQL and how to run a server on it.
type cluster struct {
	root        string // Options.DataDir: data, socket, lock
	data        string // PGDATA
	socket      string // directory of the unix socket
	clusterName string
	account     account
	install     installation
	throwaway   bool
	log         *slog.Logger
}

const halfMade = "postgres.initdb-" // prefix of a cluster that initdb works on

// major is the version that made the cluster, 0 if there is none yet. What is
// not a cluster is refused.
func (c *cluster) major() (int, error) {
	raw, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if errors.Is(err, os.ErrPermission) {
		return 0, foreignDir(c.data)
	}
	if errors.Is(err, os.ErrNotExist) {
		entries, err := os.ReadDir(c.data)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, fmt.Errorf("look into the data directory: %w", err)
		}
		if len(entries) > 0 {
			return 0, xray.Errorf(xray.CodeConflict, "%s is not empty, and it is not a data directory of PostgreSQL; nothing was touched: choose another --data-dir", c.data)
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read version of the data directory: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil || major <= 0 {
		return 0, xray.Errorf(xray.CodeConflict, "%s holds %q, which names no version of PostgreSQL; nothing was touched: restore the directory from a backup, or choose another --data-dir", filepath.Join(c.data, "PG_VERSION"), raw)
	}
	return major, nil
}

// initialize makes the cluster: under a temporary name first, because an
// interrupted initdb leaves what looks like a cluster and is none.
func (c *cluster) initialize(ctx context.Context) error {
	old, _ := filepath.Glob(filepath.Join(c.root, halfMade+"*")) // fails on a bad pattern only
	for _, dir := range old {
		c.log.Info("removing what an interrupted first start left", "dir", dir)
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove half-made cluster: %w", err)
		}
	}
	tmp, err := os.MkdirTemp(c.root, halfMade)
	if err != nil {
		return fmt.Errorf("make cluster: %w", err)
	}
	defer os.RemoveAll(tmp) // nothing there any more after the rename
	if err := c.account.give(tmp); err != nil {
		return fmt.Errorf("make cluster: %w", err)
	}
	if err := c.initdb(ctx, tmp); err != nil {
		return err
	}
	if err := os.Remove(c.data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("put cluster in place: %w", err)
	}
	if err := os.Rename(tmp, c.data); err != nil {
		return fmt.Errorf("put cluster in place: %w", err)
	}
	// initdb has synced what is inside; the new name is in the parent.
	return c.sync(c.root)
}

// initdb fills dir. Text is UTF-8 and sorts by bytes: that is fast and, unlike
// the sort orders of an operating system, the same after its next upgrade, so
// no index breaks. LC_CTYPE makes lower() know letters beyond ASCII where the
// system has such a locale.
func (c *cluster) initdb(ctx context.Context, dir string) error {
	var out []byte
	var err error
	for _, ctype := range []string{"C.UTF-8", "en_US.UTF-8", "C"} {
		args := []string{
			"--pgdata=" + dir, "--username=" + userAndDB, "--encoding=UTF8",
			"--lc-collate=C", "--lc-ctype=" + ctype, "--lc-messages=C",
			"--auth-local=trust", "--auth-host=reject", "--data-checksums",
		}
		if c.throwaway {
			args = append(args, "--no-sync")
		}
		if out, err = c.run(ctx, "initdb", args...); err == nil {
			return nil
		}
		if !bytes.Contains(out, []byte("invalid locale name")) {
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("initdb in %s: %w: %s", dir, err, bytes.TrimSpace(out))
}

// run runs one of PostgreSQL's tools to its end. The thread is locked because
// Pdeathsig follows the thread that started a child, not the process.
func (c *cluster) run(ctx context.Context, tool string, args ...string) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, c.install.path(tool), args...)
	cmd.Env = c.environment()
	cmd.Dir = c.root
	cmd.SysProcAttr = c.childAttr(syscall.SIGKILL)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // with its children
	cmd.WaitDelay = 5 * time.Second
	return cmd.CombinedOutput()
}

// childAttr starts a child in a session of its own, so that Ctrl-C in the
// terminal reaches X-Ray alone, which then stops the server in its turn.
func (c *cluster) childAttr(onDeath syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true, Credential: c.account.credential()}
	setDeathSignal(attr, onDeath)
	return attr
}

// environment keeps our own (API keys!) out of the server's.
func (c *cluster) environment() []string {
	env := []string{"LC_ALL=C", "TZ=UTC", "HOME=" + c.root}
	for _, key := range []string{"PATH", "LD_LIBRARY_PATH"} {
		if v, ok := os.LookupEnv(key); ok {
			env = append(env, key+"="+v)
		}
	}
	return env
}

// adopt makes a cluster that exists ours to run: root's account may differ
// from that of the owner (a copy made by root, for example).
func (c *cluster) adopt() error {
	uid, _, err := ownerOf(c.data)
	if err != nil {
		return fmt.Errorf("look at the data directory: %w", err)
	}
	if uid == c.account.uid {
		return nil
	}
	if !c.account.drop {
		return foreignDir(c.data)
	}
	c.log.Info("giving the data directory to the user of the server", "dir", c.data, "user", c.account.name)
	if err := c.account.give(c.data); err != nil {
		return fmt.Errorf("give the data directory to %s: %w", c.account.name, err)
	}
	return nil
}

//go:embed postgresql.conf
var config []byte

// writeConfig brings the settings of this version of X-Ray into the cluster.
func (c *cluster) writeConfig() error {
	path := filepath.Join(c.data, "postgresql.conf")
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, config) {
		return nil
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, config, 0o600); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if err := errors.Join(c.account.give(tmp), c.sync(tmp)); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return c.sync(c.data)
}

// sync brings a file, or the names in a directory, to disk.
func (c *cluster) sync(path string) error {
	if c.throwaway {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var pathErr *fs.PathError
	if err := f.Sync(); err != nil && !(errors.As(err, &pathErr) && errors.Is(pathErr.Err, syscall.EINVAL)) {
		return fmt.Errorf("sync %s: %w", path, err) // EINVAL: a file system that cannot sync directories
	}
	return nil
}
