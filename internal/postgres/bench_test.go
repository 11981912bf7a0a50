//go:build unix

package postgres

import (
	"context"
	"os"
	"syscall"
	"testing"
)

// The numbers of docs/adr/001-embedded-postgresql.md come from here.

func BenchmarkColdStart(b *testing.B) {
	for b.Loop() {
		s := benchStart(b, dataDir(b))
		b.StopTimer()
		if err := s.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		os.RemoveAll(s.cluster.root)
		b.StartTimer()
	}
}

func BenchmarkWarmStart(b *testing.B) {
	dir := dataDir(b)
	s := benchStart(b, dir)
	for b.Loop() {
		b.StopTimer()
		if err := s.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		s = benchStart(b, dir)
	}
	b.StopTimer()
	s.Stop(context.Background())
}

func BenchmarkStop(b *testing.B) {
	dir := dataDir(b)
	for b.Loop() {
		b.StopTimer()
		s := benchStart(b, dir)
		b.StartTimer()
		if err := s.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkComeBack is from the kill of the postmaster to the next answer.
func BenchmarkComeBack(b *testing.B) {
	s := benchStart(b, dataDir(b))
	for b.Loop() {
		old := s.cluster.postmasterPID()
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			b.Fatal(err)
		}
		eventually(b, "a new postmaster answers", func() bool {
			return s.cluster.postmasterPID() != old && answers(s.URL())
		})
	}
	b.StopTimer()
	s.Stop(context.Background())
}

func benchStart(b *testing.B, dir string) *Server {
	b.Helper()
	s, err := Start(b.Context(), Options{DataDir: dir})
	if err != nil {
		b.Fatal(err)
	}
	return s
}
