package main

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// backlog is what the server says that it still has to do.
type backlog struct{ unsettled, unexplained int }

// backlog reads the server's metrics; -1 is what it does not say.
func (s *server) backlog(ctx context.Context) backlog {
	b := backlog{-1, -1}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ui+"/metrics", nil)
	if err != nil {
		return b
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return b
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "xray_executions_unsettled":
			b.unsettled = int(n)
		case "xray_executions_unexplained":
			b.unexplained = int(n)
		}
	}
	return b
}

// waitSettled waits until the totals of all executions are exact, and a little
// longer.
func (s *server) waitSettled(ctx context.Context, more time.Duration) error {
	for s.backlog(ctx).unsettled != 0 {
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return sleep(ctx, more)
}

// explain watches the finding of facts for a while, or until it is done, and
// returns what it took and how many executions it explained.
func (s *server) explain(ctx context.Context, length time.Duration) (time.Duration, int, error) {
	began, used := s.backlog(ctx), s.usage()
	now := began
	for end := time.Now().Add(length); now.unexplained > 0 && time.Now().Before(end); {
		if err := sleep(ctx, time.Second); err != nil {
			return 0, 0, err
		}
		now = s.backlog(ctx)
	}
	after := s.usage()
	return after.server - used.server + after.postgres - used.postgres, began.unexplained - now.unexplained, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
