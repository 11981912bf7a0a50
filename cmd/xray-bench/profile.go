package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// profile takes a CPU profile of the server into dir, from now on for so long;
// dir "" takes none. wait returns when it is written. What has a profile taken
// of it is a few per cent slower.
func (s *server) profile(ctx context.Context, dir, load string, length time.Duration) (wait func() error) {
	if dir == "" {
		return func() error { return nil }
	}
	done := make(chan error, 1)
	go func() { done <- s.saveProfile(ctx, filepath.Join(dir, load+".pprof"), length) }()
	return func() error { return <-done }
}

func (s *server) saveProfile(ctx context.Context, file string, length time.Duration) error {
	url := fmt.Sprintf("%s/debug/pprof/profile?seconds=%.0f", s.debug, max(1, length.Seconds()))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("take a profile: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("take a profile: %s", resp.Status)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(f, resp.Body)
	return err
}

// freeAddress is one that nothing listens on, at least now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
