//go:build unix

package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/xraytrace/xray"
)

// installation is a directory with PostgreSQL's server binaries.
type installation struct {
	dir   string
	major int
}

func (i installation) path(name string) string { return filepath.Join(i.dir, name) }

// places are where packages put the server, besides PATH. Debian and Red Hat
// keep several major versions side by side and none of them in PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",                               // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                        // Red Hat, from PostgreSQL's own packages
	"/usr/libexec/postgresql*",                                // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                      // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",                         // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",         // Homebrew on Linux
	"/Applications/Postgres.app/Contents/Versions/[0-9]*/bin", // Postgres.app
}

// findInstallation picks the binaries: of the given major version if the
// cluster exists already (major > 0), else the newest. only, if not "",
// is the one directory to look in; data is for the words of errors.
func findInstallation(ctx context.Context, only string, major int, data string) (installation, error) {
	dirs := []string{only}
	if only == "" {
		dirs = candidates()
	}
	var found []installation
	for _, dir := range dirs {
		if m, err := majorOf(ctx, dir); err == nil {
			found = append(found, installation{dir: dir, major: m})
		}
	}
	// Stable: among equal versions PATH, which comes first, wins.
	slices.SortStableFunc(found, func(a, b installation) int { return b.major - a.major })
	if only != "" && len(found) == 0 {
		return installation{}, xray.Errorf(xray.CodeNotFound, "no PostgreSQL server in %s: it must hold the programs postgres and initdb", only)
	}
	return choose(found, major, data)
}

func choose(found []installation, major int, data string) (installation, error) {
	if major > 0 {
		for _, i := range found {
			if i.major == major && major >= MinMajor {
				return i, nil
			}
		}
		return installation{}, otherMajor(found, major, data)
	}
	if len(found) == 0 {
		return installation{}, xray.Errorf(xray.CodeNotFound, "PostgreSQL is not installed: %s; or set DATABASE_URL to use a server of your own (PostgreSQL %d or newer)", howToInstall(""), MinMajor)
	}
	if found[0].major < MinMajor {
		return installation{}, xray.Errorf(xray.CodeConflict, "PostgreSQL %d is installed, X-Ray needs %d or newer: %s; or set DATABASE_URL to use a server of your own", found[0].major, MinMajor, howToInstall(""))
	}
	return found[0], nil
}

// otherMajor refuses a cluster that the installed binaries cannot open. Its
// data is safe and stays as it is; only its owner may decide what to do.
func otherMajor(found []installation, major int, data string) error {
	have := "no PostgreSQL is installed"
	if len(found) > 0 {
		var majors []string
		for _, i := range found {
			majors = append(majors, strconv.Itoa(i.major))
		}
		have = "installed is PostgreSQL " + strings.Join(slices.Compact(majors), ", ")
	}
	if major < MinMajor {
		return xray.Errorf(xray.CodeConflict, "the data in %s was made by PostgreSQL %d, and X-Ray needs %d or newer; nothing was touched: bring it to a newer version with pg_upgrade, or choose another --data-dir", data, major, MinMajor)
	}
	return xray.Errorf(xray.CodeConflict, "the data in %s was made by PostgreSQL %d, but %s; nothing was touched: %s, or choose another --data-dir", data, major, have, howToInstall(strconv.Itoa(major)))
}

func howToInstall(major string) string {
	if runtime.GOOS == "darwin" {
		return "install it with `brew install postgresql@" + orDefault(major, "17") + "`"
	}
	deb := "postgresql"
	if major != "" {
		deb += "-" + major
	}
	return "install it (Debian, Ubuntu: `apt-get install " + deb + "`; Fedora: `dnf install postgresql-server`)"
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// candidates lists the directories that may hold a server, PATH first.
func candidates() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// Through the link that a package manager made, to where initdb is too.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, pattern := range places {
		matches, _ := filepath.Glob(pattern) // fails on a bad pattern only
		dirs = append(dirs, matches...)
	}
	return dirs
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorOf asks the server in dir for its version.
func majorOf(ctx context.Context, dir string) (int, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("ask for PostgreSQL's version: %w", err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("%q names no version of PostgreSQL", out)
	}
	return strconv.Atoi(string(m[1]))
}
