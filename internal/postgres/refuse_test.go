//go:build unix

package postgres

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/xraytrace/xray"
)

func TestSecondStartOnTheSameDirectoryIsRefusedInWords(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := mustStart(t, Options{DataDir: dir, Throwaway: true})
	_, err := Start(t.Context(), Options{DataDir: dir})
	wantRefusal(t, err, xray.CodeConflict, "already runs on the data directory", dir)
	if n := queryInt(t, first, "SELECT 1"); n != 1 {
		t.Error("the first server does not answer any more")
	}
}

func TestDirectoriesThatAreNotOursAreRefusedWithNothingTouched(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, file, content, words string
	}{
		{"an older major version", "PG_VERSION", "14\n", "made by PostgreSQL 14"},
		{"a major version of the future", "PG_VERSION", "99\n", "made by PostgreSQL 99"},
		{"a version that is none", "PG_VERSION", "banana", "names no version"},
		{"a directory of somebody's files", "thesis.tex", "42", "is not a data directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t)
			data := filepath.Join(dir, "postgres")
			if err := os.MkdirAll(filepath.Join(data, "base"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(data, tc.file), []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			before := tree(t, data)
			_, err := Start(t.Context(), Options{DataDir: dir})
			wantRefusal(t, err, xray.CodeConflict, tc.words, "nothing was touched")
			if after := tree(t, data); !maps.Equal(before, after) {
				t.Errorf("before: %v\nafter:  %v", before, after)
			}
		})
	}
}

func TestServerThatSomebodyStartedByHandIsNotStopped(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := mustStart(t, Options{DataDir: dir, Throwaway: true})
	mustStop(t, s)
	c := s.cluster
	byHand := exec.Command(c.install.path("postgres"), "-D", c.data, "-k", c.socket)
	byHand.SysProcAttr = &syscall.SysProcAttr{Credential: c.account.credential()}
	byHand.Dir = "/"
	if err := byHand.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { byHand.Process.Signal(syscall.SIGINT); byHand.Wait() })
	eventually(t, "the server started by hand writes its pid file", func() bool {
		return c.postmasterPID() == byHand.Process.Pid
	})
	_, err := Start(t.Context(), Options{DataDir: dir})
	wantRefusal(t, err, xray.CodeConflict, "that X-Ray did not start", "pg_ctl")
	if c.postmasterPID() != byHand.Process.Pid {
		t.Error("the pid file of the running server is gone")
	}
}

func TestRootIsToldWhenTheServersAccountCannotEnter(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(dataDir(t), "closed")
	if err := os.MkdirAll(filepath.Join(closed, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	other := account{uid: uint32(os.Geteuid()) + 4711, gid: uint32(os.Getegid()) + 4711, name: "other", drop: true}
	// MkdirAll made the parent closed as well, and the way up comes first.
	if got := other.blockedAt(filepath.Join(closed, "data")); got == "" {
		t.Error("the account may enter a directory with mode 0700 of another user")
	}
	if got := other.blockedAt("/tmp"); got != "" {
		t.Errorf("the account may not enter %s", got)
	}
	c := &cluster{root: filepath.Join(closed, "data", "new"), account: other}
	wantRefusal(t, c.makeRoot(), xray.CodeInvalid, "PostgreSQL does not run as root", "/var/lib/xray")
	if _, err := os.Stat(c.root); !os.IsNotExist(err) {
		t.Errorf("the refused directory was made: %v", err)
	}
}

// tree lists all files below dir with what would change if they were touched.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		uid, _, err := ownerOf(path)
		files[path] = info.Mode().String() + info.ModTime().String() + userName(uid)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
