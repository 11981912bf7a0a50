package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

const (
	liveExecutions = 1000
	livePerSecond  = 50
)

// live measures how long after the acknowledgement an execution is on the event
// stream, while another one follows that reads nothing.
func live(ctx context.Context, o options) error {
	srv, err := startServer(ctx, o)
	if err != nil {
		return err
	}
	defer srv.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	idle, err := openEvents(ctx, srv.ui)
	if err != nil {
		return err
	}
	defer idle.Body.Close()
	events, err := openEvents(ctx, srv.ui)
	if err != nil {
		return err
	}
	defer events.Body.Close()

	var mu sync.Mutex
	seen := make(map[string]time.Time)
	go func() {
		for lines := bufio.NewScanner(events.Body); lines.Scan(); {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			var e struct{ ID string }
			if !ok || json.Unmarshal([]byte(data), &e) != nil || e.ID == "" {
				continue
			}
			mu.Lock()
			if _, there := seen[e.ID]; !there {
				seen[e.ID] = time.Now()
			}
			mu.Unlock()
		}
	}()
	// The first who follow make the server listen to the database, which takes a
	// moment; what happens in it comes as a gap.
	if err := sleep(ctx, time.Second); err != nil {
		return err
	}
	acknowledged, err := sendSteadily(ctx, srv.url)
	if err != nil {
		return err
	}
	if err := sleep(ctx, 2*time.Second); err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	var delays []time.Duration
	for id, at := range acknowledged {
		if shown, there := seen[id]; there {
			delays = append(delays, max(0, shown.Sub(at)))
		}
	}
	slices.Sort(delays)
	r := result{latencies: delays}
	fmt.Printf("live   %d executions at %d a second, %d of them shown: p50 %s, p99 %s, at most %s after the acknowledgement\n",
		len(acknowledged), livePerSecond, len(delays), r.quantile(0.5), r.quantile(0.99), r.quantile(1))
	return nil
}

func openEvents(ctx context.Context, ui string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ui+"/api/events", nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

// sendSteadily sends executions of ten spans and returns when each was
// acknowledged.
func sendSteadily(ctx context.Context, url string) (map[string]time.Time, error) {
	w := workloads[0]
	w.spans, w.request = liveExecutions*w.perTrace, always(w.perTrace)
	requests := w.encode()
	acknowledged := make(map[string]time.Time, len(requests))
	client := &http.Client{Timeout: 10 * time.Second}
	tick := time.NewTicker(time.Second / livePerSecond)
	defer tick.Stop()
	for _, r := range requests {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if err := post(ctx, client, url, r.body); err != nil {
			return nil, err
		}
		at := time.Now()
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(r.body)
		if err != nil {
			return nil, err
		}
		id := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID()
		acknowledged[id.String()] = at
	}
	return acknowledged, nil
}
