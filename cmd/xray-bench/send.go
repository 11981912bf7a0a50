package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// send sends all requests over so many connections and returns how long each
// took, sorted. Anything but 200 ends it.
func send(ctx context.Context, url string, requests []request, connections int) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	next := make(chan request)
	go func() {
		defer close(next)
		for _, r := range requests {
			select {
			case next <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	var mu sync.Mutex
	var all []time.Duration
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			var mine []time.Duration
			for r := range next {
				begin := time.Now()
				if err := post(ctx, client, url, r.body); err != nil {
					cancel(err)
					return
				}
				mine = append(mine, time.Since(begin))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	workers.Wait()
	slices.Sort(all)
	return all, context.Cause(ctx)
}

// post sends one body, and again when the server asks for it.
func post(ctx context.Context, client *http.Client, url string, body []byte) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/traces", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-protobuf")
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		answer, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusOK:
			return nil
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			time.Sleep(50 * time.Millisecond)
		default:
			return fmt.Errorf("the server answered %s: %s", resp.Status, answer)
		}
	}
}
