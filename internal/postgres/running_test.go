//go:build unix

package postgres

import "testing"

func TestARunningServerIsFoundByItsDirectory(t *testing.T) {
	dir := dataDir(t)
	if url, ok := Running(dir); ok {
		t.Errorf("nothing was started, and yet %s runs", url)
	}
	s := mustStart(t, Options{DataDir: dir, Throwaway: true})
	if url, ok := Running(dir); !ok || url != s.URL() {
		t.Errorf("Running is %q %v, want %q", url, ok, s.URL())
	}
	mustStop(t, s)
	if _, ok := Running(dir); ok {
		t.Error("it was stopped and still counts as running")
	}
}
