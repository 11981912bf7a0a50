// Package demo sends a handful of made-up but believable pipelines to an X-Ray
// server, so that someone who has nothing to record yet sees what it does. One
// of them, a search for a competing product, ends badly because of a mistake
// that its record shows.
//
// It speaks plain OTLP/HTTP, as any client would, and deliberately uses neither
// our SDK nor the server's own packages: what it shows works for everybody.
package demo

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Loaded is what a call of [Load] stored.
type Loaded struct {
	Executions int
	// Mistake is the trace id, in hex, of the one that ends badly.
	Mistake string
}

// again is how long the same demonstration is made: whoever loads it twice in
// that time, in a second tab or because an answer was lost, has it once.
const again = 5 * time.Minute

// Load gives the demonstration's executions to store, one OTLP trace request
// in protobuf each, oldest first. Calls within a few minutes make the same
// requests, so that a store which knows retries takes them once.
func Load(ctx context.Context, now time.Time, store func(ctx context.Context, request []byte) error) (Loaded, error) {
	var loaded Loaded
	for _, r := range executions(now.Truncate(again)) {
		body, err := r.request()
		if err != nil {
			return Loaded{}, err
		}
		if err := store(ctx, body); err != nil {
			return Loaded{}, fmt.Errorf("store the demo: %w", err)
		}
		loaded.Executions++
		if r.mistake {
			loaded.Mistake = r.id.String()
		}
	}
	return loaded, nil
}

// Send sends the demonstration's executions, spread over the hours before now,
// to the OTLP/HTTP server at endpoint ("http://localhost:4318", or the address
// of the UI, which takes both). apiKey may be empty in local mode. Each call
// sends new executions. It writes a line for each kind of pipeline and the
// link to the one with the mistake to out.
func Send(ctx context.Context, endpoint, apiKey string, out io.Writer) error {
	to, err := newSender(endpoint, apiKey)
	if err != nil {
		return err
	}
	var mistake *run
	counts := map[string]int{}
	var order []string
	for _, r := range executions(time.Now()) {
		if err := to.send(ctx, r); err != nil {
			return err
		}
		if counts[r.note]++; counts[r.note] == 1 {
			order = append(order, r.note)
		}
		if r.mistake {
			mistake = r
		}
	}
	for _, note := range order {
		if _, err := fmt.Fprintf(out, "sent %2d × %s\n", counts[note], note); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "\nOne of them chose a phone case as the competitor of a water bottle. See why:\n%s\n", to.link(mistake))
	return err
}

// executions makes all runs, oldest first, the one with the mistake last. They
// depend on now alone.
func executions(now time.Time) []*run {
	kinds := []struct {
		every time.Duration // one each so often, going back from now
		first time.Duration
		count int
		make  func(*run, int)
	}{
		{41 * time.Minute, 17 * time.Minute, 7, movieNight},
		{67 * time.Minute, 29 * time.Minute, 4, competitorSearch},
		{53 * time.Minute, 9 * time.Minute, 5, answerQuestion},
		{97 * time.Minute, 23 * time.Minute, 3, planTrip},
		{31 * time.Minute, 4 * time.Minute, 8, triageTicket},
	}
	var runs []*run
	for k, kind := range kinds {
		for i := range kind.count {
			at := now.Add(-kind.first - time.Duration(i)*kind.every)
			r := newRun(at, uint64(now.UnixNano()), uint64(k*100+i))
			kind.make(r, i)
			runs = append(runs, r)
		}
	}
	r := newRun(now.Add(-40*time.Second), uint64(now.UnixNano()), 9999)
	r.mistake = true
	competitorSearch(r, 0)
	return append(sorted(runs), r)
}
