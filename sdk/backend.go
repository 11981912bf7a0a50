package xray

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// Backend is what a [Client] needs of an exporter. Package setup has the one
// that people use; this interface is here so that the SDK links OpenTelemetry's
// API only.
type Backend interface {
	TracerProvider() trace.TracerProvider
	// UIURL is where people look, "" if unknown.
	UIURL() string
	// Tally counts the sampled spans of a trace whose root is still open in
	// this process, whoever made them; pending spans are not counted.
	Tally(trace.TraceID) Tally
	Flush(ctx context.Context) error
	// Shutdown's error is a *LossError if spans were not delivered.
	Shutdown(ctx context.Context) error
}

// Tally is how many spans of one trace were started, ended, and given up
// before they were sent.
type Tally struct {
	Started, Ended, Dropped int64
}

// LossError says how much of what was recorded did not arrive.
type LossError struct {
	Delivered int64 // acknowledged by the server
	Dropped   int64 // the queue was full for longer than it may block
	Failed    int64 // given up: the server refused the request, or stayed away
	Rejected  int64 // refused one by one (OTLP partial success)
	Waiting   int64 // still queued or under way when time was up
	Err       error // the last cause
}

// Lost is the number of spans that were not delivered.
func (e *LossError) Lost() int64 { return e.Dropped + e.Failed + e.Rejected + e.Waiting }

func (e *LossError) Error() string {
	var parts []string
	for _, p := range []struct {
		n    int64
		what string
	}{
		{e.Dropped, "dropped because the queue was full"},
		{e.Failed, "given up"},
		{e.Rejected, "rejected by the server"},
		{e.Waiting, "still waiting when time was up"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	msg := fmt.Sprintf("xray: %d of %d spans were not delivered: %s", e.Lost(), e.Lost()+e.Delivered, strings.Join(parts, ", "))
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

func (e *LossError) Unwrap() error { return e.Err }
