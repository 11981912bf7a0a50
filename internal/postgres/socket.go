//go:build unix

package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/xraytrace/xray"
)

const (
	socketFile = ".s.PGSQL.5432" // PostgreSQL derives it from its port
	userAndDB  = "xray"
)

// socketLimit is how long the path of a unix socket may be: the size of
// sun_path without the NUL at its end.
func socketLimit() int {
	if runtime.GOOS == "linux" {
		return 107
	}
	return 103 // macOS and the BSDs
}

// socketDir is where the socket goes: beside the data, unless that path is too
// long for a socket. Then it is a short one in /tmp, the same at every start.
func (c *cluster) socketDir() string {
	dir := filepath.Join(c.root, "socket")
	if len(filepath.Join(dir, socketFile)) <= socketLimit() {
		return dir
	}
	return filepath.Join("/tmp", fmt.Sprintf("xray-%d-%s", c.account.uid, shortHash(c.data)))
}

// makeSocketDir makes the directory of the socket. Who may enter it may
// connect, so it is for the server's account alone; in /tmp somebody else may
// have made it first.
func (c *cluster) makeSocketDir() (string, error) {
	dir := c.socketDir()
	if err := os.Mkdir(dir, 0o700); err == nil {
		return dir, c.account.give(dir)
	} else if !os.IsExist(err) {
		return "", fmt.Errorf("make directory of the socket: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", fmt.Errorf("look at directory of the socket: %w", err)
	}
	uid, _, err := ownerOf(dir)
	if err != nil {
		return "", err
	}
	ours := uid == c.account.uid || uid == uint32(os.Geteuid())
	if !info.IsDir() || !ours {
		return "", xray.Errorf(xray.CodeConflict, "%s, where the socket of the database belongs, was made by somebody else: remove it, or choose a shorter --data-dir", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return "", fmt.Errorf("close directory of the socket: %w", err)
	}
	return dir, c.account.give(dir)
}

// removeSocketDir leaves nothing in /tmp. (It fails while a socket is in it.)
func (c *cluster) removeSocketDir() {
	if filepath.Dir(c.socket) != c.root {
		os.Remove(c.socket)
	}
}

// url is the address of a database of the cluster. The port is named because
// PGPORT in our environment would change it otherwise.
func (c *cluster) url(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(userAndDB),
		Path:     "/" + database,
		RawQuery: url.Values{"host": {c.socket}, "port": {"5432"}, "sslmode": {"disable"}}.Encode(),
	}
	return u.String()
}

// clusterName marks every process of this cluster's server in the list of
// processes, so that the next start knows them for its own.
func clusterName(data string) string { return "xray-" + shortHash(data) }

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
