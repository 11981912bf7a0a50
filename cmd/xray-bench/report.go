package main

import (
	"fmt"
	"time"
)

// result is one measured load.
type result struct {
	name                   string
	spans, bytes           int
	took                   time.Duration
	latencies              []time.Duration // sorted
	serverCPU, postgresCPU time.Duration
	peakRSS, disk          int64

	unexplained, explained int // executions: that waited for their facts, and whose facts were found while we watched
	explainCPU             time.Duration
}

func header() {
	fmt.Printf("%-6s %9s %10s %7s %8s %8s %22s %8s %8s %11s %10s\n",
		"load", "spans", "spans/s", "MB/s", "p50", "p99", "CPU-s/1M (srv+pg)", "RSS MB", "B/span", "unexplained", "ms CPU each")
}

func (r result) print() {
	seconds := r.took.Seconds()
	perMillion := func(d time.Duration) float64 { return d.Seconds() * 1e6 / float64(r.spans) }
	fmt.Printf("%-6s %9d %10.0f %7.1f %8s %8s %6.1f = %5.1f + %5.1f %8d %8.0f %11d %10.2f\n",
		r.name, r.spans, float64(r.spans)/seconds, float64(r.bytes)/seconds/1e6,
		r.quantile(0.5), r.quantile(0.99),
		perMillion(r.serverCPU+r.postgresCPU), perMillion(r.serverCPU), perMillion(r.postgresCPU),
		r.peakRSS>>20, float64(r.disk)/float64(r.spans), r.unexplained, r.explainCPU.Seconds()*1e3/float64(max(1, r.explained)))
}

func (r result) quantile(q float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[int(q*float64(len(r.latencies)-1))].Round(100 * time.Microsecond)
}
