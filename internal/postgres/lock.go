//go:build unix

package postgres

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/xraytrace/xray"
)

// dirLock is the right to use a data directory. The kernel gives it back when
// the process ends, however it ends, so there is no stale lock.
type dirLock struct{ file *os.File }

// lockDir takes the lock of a data directory, or says who has it.
func lockDir(root string) (*dirLock, error) {
	path := filepath.Join(root, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, os.ErrPermission) {
		return nil, foreignDir(root)
	}
	if err != nil {
		return nil, fmt.Errorf("open lock of the data directory: %w", err)
	}
	err = tryLock(f)
	for range 10 { // [Running] holds it for a moment
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		time.Sleep(20 * time.Millisecond)
		err = tryLock(f)
	}
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		holder, _ := io.ReadAll(io.LimitReader(f, 20))
		f.Close()
		return nil, xray.Errorf(xray.CodeConflict, "another X-Ray (process %s) already runs on the data directory %s: stop it, or choose another --data-dir", strings.TrimSpace(string(holder)), root)
	case err != nil:
		f.Close()
		return nil, xray.Errorf(xray.CodeInvalid, "cannot lock the data directory %s (%v): choose a --data-dir on a local disk", root, err)
	}
	// Only for the words above: what counts is the lock.
	if err := f.Truncate(0); err == nil {
		fmt.Fprintln(f, os.Getpid())
	}
	return &dirLock{file: f}, nil
}

func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// release gives the lock back. The file stays: removing it would let two
// processes lock two files of the same name.
func (l *dirLock) release() { l.file.Close() }

func foreignDir(path string) error {
	owner := "another user"
	if uid, _, err := ownerOf(path); err == nil && uid != uint32(os.Geteuid()) {
		owner = "the user " + userName(uid)
	}
	return xray.Errorf(xray.CodeForbidden, "the data directory %s belongs to %s: start X-Ray as that user or as root, or choose another --data-dir", path, owner)
}
