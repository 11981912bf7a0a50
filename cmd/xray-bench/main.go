// Command xray-bench measures what X-Ray takes to receive spans: it starts the
// built binary with a database of its own, sends it a load over OTLP/HTTP, and
// reads from the kernel what the server and PostgreSQL used for it, settling
// included. Requests are encoded before the clock starts.
//
// With --reads it fills a database and measures what people ask of it instead.
//
// It needs Linux (/proc). It deliberately judges nothing: figures of one
// machine are compared with figures of the same machine (docs/benchmarks.md).
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type options struct {
	Binary      string        `default:"bin/xray" type:"existingfile" help:"The xray to measure."`
	Workloads   []string      `name:"workload" default:"micro,llm,sdk,live" help:"Which loads: micro, llm, sdk, live."`
	Scale       float64       `default:"1" help:"Factor on the number of spans."`
	Connections int           `help:"Concurrent connections (default: the load's own)."`
	Quiet       time.Duration `default:"3s" help:"How long to go on after the last execution is settled, so that what vacuum and checkpoints take counts."`
	Explain     time.Duration `default:"10s" help:"How long to watch the finding of facts, which goes on in the background after the load."`
	Profile     string        `help:"Write the server's CPU profile of each load into this directory (read it with go tool pprof)." placeholder:"DIR"`
	ProfileFor  time.Duration `default:"10s" help:"How long the profile covers, from the start of the load."`
	Reads       bool          `help:"Measure reads instead: fill a database, then ask it through the API."`
	Fill        int           `default:"2000000" help:"Spans to fill the database with before reads."`
	FillWith    string        `default:"micro" enum:"micro,llm" help:"Which load fills it: micro, llm."`
	Repeat      int           `default:"100" help:"How often each read is asked."`
	Busy        int           `help:"Spans a second that arrive while reads are measured."`
	Keep        bool          `help:"Keep the data directory and print where it is."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Name("xray-bench"), kong.Description("Measure what X-Ray takes to receive spans."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "xray-bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.Reads {
		return measureReads(ctx, o)
	}
	header()
	for _, name := range o.Workloads {
		if name == "live" {
			if err := live(ctx, o); err != nil {
				return fmt.Errorf("live: %w", err)
			}
			continue
		}
		i := slices.IndexFunc(workloads, func(w workload) bool { return w.name == name })
		if i < 0 {
			return fmt.Errorf("there is no load %q: use %s", name, strings.Join(workloadNames(), ", "))
		}
		w := workloads[i]
		w.spans = int(float64(w.spans) * o.Scale)
		if o.Connections > 0 {
			w.connections = o.Connections
		}
		r, err := measure(ctx, o, w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		r.print()
	}
	return nil
}

// withoutFacts makes the finding of facts, which goes on in the background, so
// slow that it is not in what storing takes. It is measured afterwards.
const withoutFacts = "XRAY_FACTS_CPU=0.0001"

// measure runs one load against a fresh server.
func measure(ctx context.Context, o options, w workload) (result, error) {
	requests := w.encode()
	srv, err := startServer(ctx, o, withoutFacts)
	if err != nil {
		return result{}, err
	}
	defer srv.remove()
	disk := srv.diskBytes()
	before := srv.usage()
	profiled := srv.profile(ctx, o.Profile, w.name, o.ProfileFor)
	begin := time.Now()
	latencies, err := send(ctx, srv.url, requests, w.connections)
	if err != nil {
		return result{}, err
	}
	took := time.Since(begin)
	if err := srv.waitSettled(ctx, o.Quiet); err != nil {
		return result{}, err
	}
	after := srv.usage()
	waiting := srv.backlog(ctx)
	if err := profiled(); err != nil {
		return result{}, err
	}
	if err := srv.stop(); err != nil {
		return result{}, err
	}
	stored := srv.diskBytes()
	if err := srv.launch(ctx, o, nil); err != nil {
		return result{}, err
	}
	more, explained, err := srv.explain(ctx, o.Explain)
	if err != nil {
		return result{}, err
	}
	r := result{name: w.name, took: took, latencies: latencies, peakRSS: after.serverPeak}
	for _, q := range requests {
		r.spans += q.spans
		r.bytes += len(q.body)
	}
	r.serverCPU = after.server - before.server
	r.postgresCPU = after.postgres - before.postgres
	r.disk = stored - disk
	r.unexplained, r.explained, r.explainCPU = waiting.unexplained, explained, more
	return r, nil
}
