// Package postgres runs X-Ray's own PostgreSQL: the default when no
// DATABASE_URL is given. It finds the binaries that the system has, makes a
// data directory, starts a server on a unix socket, starts it again when it
// dies, and stops it cleanly.
//
// What may happen to the server and what then follows:
//
//   - Its postmaster is killed: a supervisor clears what is left of it and
//     starts a new one on the same socket. Committed data is there again;
//     pools reconnect by themselves. See supervise.go.
//   - X-Ray is killed: on Linux the kernel stops the postmaster (Pdeathsig);
//     elsewhere it stays until the next [Start], which stops it first.
//   - A first start is interrupted: initdb works under a temporary name, so
//     that a data directory is either complete or not there.
//   - Somebody else uses the directory: [Start] refuses, in words.
//
// What it deliberately does not do: listen on TCP, install PostgreSQL, upgrade
// a data directory to another major version, or delete anything that it did
// not make in the same start. It does not migrate; that is the store's.
package postgres

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// MinMajor is the oldest major version of PostgreSQL that X-Ray runs on.
const MinMajor = 15

// Options of [Start]. The zero value is what `xray serve` runs on.
type Options struct {
	// DataDir holds everything: the cluster, its socket and the lock. It is
	// made if missing. "" means [DefaultDir].
	DataDir string
	// Binaries is the directory of postgres and initdb. "" means: look for
	// them in the usual places.
	Binaries string
	// Logger gets the server's own log lines too; nil means none of it.
	Logger *slog.Logger
	// Throwaway trades safety for speed: nothing is synced to disk, so a
	// crash of the machine (not of the server) loses the data. For tests.
	Throwaway bool

	pauses []time.Duration // for tests: before each attempt to restart; nil means [pauses]
}

// DefaultDir is where the data goes when nobody says: /var/lib/xray for root
// (whose home the unprivileged server could not enter), else the user's data
// directory by the custom of the platform.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/xray", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "xray"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "xray"), nil
	}
	return filepath.Join(home, ".local", "share", "xray"), nil
}

// Running returns the address of the server that another X-Ray runs on a data
// directory ("" means [DefaultDir]), so that a short command can talk to it.
func Running(dataDir string) (url string, ok bool) {
	dir, err := absoluteDir(dataDir)
	if err != nil {
		return "", false
	}
	return running(dir)
}

// pauses before each attempt to bring a server back. After the last one we
// give up: whatever it is (a full disk, a broken file), people must look.
var pauses = []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 5 * time.Second, 10 * time.Second}

// Start starts the server and returns when it takes connections. The first
// start on a directory makes the cluster, which takes about a second. ctx
// bounds the start only; the server runs until [Server.Stop].
//
// An error that the user can mend is an *xray.Error whose message says how.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.pauses == nil {
		opts.pauses = pauses
	}
	var err error
	if opts.DataDir, err = absoluteDir(opts.DataDir); err != nil {
		return nil, err
	}
	return start(ctx, opts)
}

func absoluteDir(dir string) (string, error) {
	if dir == "" {
		return DefaultDir()
	}
	return filepath.Abs(dir)
}
