//go:build unix

package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// running looks whether somebody holds the lock of the directory. It makes and
// changes nothing.
func running(dataDir string) (string, bool) {
	f, err := os.Open(filepath.Join(dataDir, "lock"))
	if err != nil {
		return "", false
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
		return "", false // closing the file gives the lock back
	}
	c := &cluster{root: dataDir, data: filepath.Join(dataDir, "postgres")}
	if c.account, err = chooseAccount(c.data); err != nil {
		return "", false
	}
	c.socket = c.socketDir()
	return c.url(userAndDB), true
}
