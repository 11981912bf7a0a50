package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// read is one question to the API. Each time another path may be asked.
type read struct {
	name string
	path func(n int) string
	most int // times, when one takes long; 0 for as often as all
	// pages: a search may answer in several, of which all are asked.
	pages bool
}

func list(q string) func(int) string {
	return func(int) string { return "/api/executions?limit=20&q=" + url.QueryEscape(q) }
}

func always1(path string) func(int) string { return func(int) string { return path } }

// readsOf are the questions of issue and docs: what people ask of a trace store.
func readsOf(f filled, with string) []read {
	id := func(n int) string { return f.ids[n*7919%len(f.ids)] }
	all := []read{
		{name: "structure of one trace", path: func(n int) string { return "/api/executions/" + id(n) + "/steps" }},
		{name: "one trace as OTLP", path: func(n int) string { return "/api/executions/" + id(n) + "/otlp" }},
		{name: "newest 20 of a service", path: func(n int) string { return list(fmt.Sprintf("service:service-%d", n%8))(n) }},
		{name: "slower than 100 ms", path: list("duration:>100ms")},
		{name: "failed", path: list("status:error")},
		{name: "services", path: always1("/api/services")},
		{name: "names", path: always1("/api/names")},
		{name: "attribute, 1 trace of 5,000", path: list("attr.bench.rare:yes")},
		{name: "the same in a service", path: list("service:service-0 attr.bench.rare:yes")},
		{name: "attribute, once", path: list("attr.bench.once:" + f.once)},
		{name: "attribute, never", path: func(n int) string { return list(fmt.Sprintf("attr.bench.once:never-%d", n))(n) }},
		{name: "attribute that all have", path: list("attr.service.version:1.4.2")},
		{name: "statistics of pipelines", path: always1("/api/pipelines")},
		{name: "structure of 10,000 steps", path: always1("/api/executions/" + f.large.id + "/steps"), most: 20},
		{name: "payload of one of 10,000 steps", path: f.large.step},
		{name: "structure of 100,000 steps", path: always1("/api/executions/" + f.huge.id + "/steps"), most: 5},
		{name: "payload of one of 100,000 steps", path: f.huge.step},
	}
	if with == "llm" {
		all = append(all,
			read{name: "text, frequent: first page", path: list(`text:"in_stock"`), most: 20},
			read{name: "text, once: all pages", path: list(`text:"` + onceText + `"`), most: 3, pages: true},
			read{name: "text, never: all pages", path: list(`text:"qqxqzq"`), most: 3, pages: true})
	}
	return all
}

// step is the path of one of the steps, each time another.
func (t longTrace) step(n int) string {
	return "/api/executions/" + t.id + "/steps/" + t.steps[n*7919%len(t.steps)]
}

// measureReads fills a database and asks.
func measureReads(ctx context.Context, o options) error {
	i := slices.IndexFunc(workloads, func(w workload) bool { return w.name == o.FillWith })
	srv, err := startServer(ctx, o)
	if err != nil {
		return err
	}
	defer srv.remove()
	began := time.Now()
	f, err := fill(ctx, srv, workloads[i], o.Fill)
	if err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	fmt.Printf("%d spans of %d traces in %s\n", f.spans, f.traces, time.Since(began).Round(time.Second))
	if err := srv.waitSettled(ctx, o.Quiet); err != nil {
		return err
	}
	if err := srv.waitIndexed(ctx); err != nil {
		return err
	}
	defer busy(ctx, srv, workloads[i], o.Busy)()
	fmt.Printf("%-32s %9s %9s %9s %9s %6s\n", "read", "p50", "p99", "CPU ms", "answer B", "times")
	for _, r := range readsOf(f, o.FillWith) {
		if err := srv.ask(ctx, r, o.Repeat); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}

// waitIndexed gives the index of attributes, which is made in the background,
// the time to be made: it looks every second.
func (s *server) waitIndexed(ctx context.Context) error { return sleep(ctx, 5*time.Second) }

// ask asks one read often and prints how long it took.
func (s *server) ask(ctx context.Context, r read, times int) error {
	if r.most > 0 {
		times = min(times, r.most)
	}
	const warm = 3
	var took []time.Duration
	var before usage
	size := 0
	for n := range warm + times {
		if n == warm {
			before = s.usage()
			took = nil
		}
		began := time.Now()
		body, err := s.get(ctx, r.path(n))
		for r.pages && err == nil {
			next := nextOf(body)
			if next == "" {
				break
			}
			body, err = s.get(ctx, r.path(n)+"&cursor="+url.QueryEscape(next))
		}
		if err != nil {
			return err
		}
		took = append(took, time.Since(began))
		size = len(body)
	}
	after := s.usage()
	cpu := after.server + after.postgres - before.server - before.postgres
	slices.Sort(took)
	fmt.Printf("%-32s %9s %9s %9.2f %9d %6d\n", r.name, took[len(took)/2].Round(10*time.Microsecond),
		took[len(took)*99/100].Round(10*time.Microsecond), cpu.Seconds()*1e3/float64(len(took)), size, len(took))
	return nil
}

func nextOf(body []byte) string {
	var page struct{ Next string }
	if json.Unmarshal(body, &page) != nil {
		return ""
	}
	return page.Next
}

func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ui+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s: %s", path, resp.Status, body)
	}
	return body, err
}
