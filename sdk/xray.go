// Package xray records why a pipeline ended the way it did: executions, their
// steps with input and output, and the decisions taken on candidates. It is a
// thin layer over OpenTelemetry: an execution is a trace, a step is a span, and
// what OpenTelemetry has no word for goes into xray.* attributes.
//
// Whoever has no OpenTelemetry yet starts with package setup:
//
//	client, err := setup.Start(ctx)          // sends to localhost:4318
//	defer client.Shutdown(context.Background()) // reports what was not delivered
//
//	movie, err := xray.TrackExecution(ctx, "recommend", func(ctx context.Context) (Movie, error) {
//		found, err := xray.Step(ctx, "search", search, query)
//		…
//	})
//
// Whoever has it already keeps it: without a client, steps go to the program's
// global TracerProvider, and [New] with [WithTracerProvider] uses another one.
//
// This package links the OpenTelemetry API only. It exports nothing itself and
// never reports an error of its own to the code it watches: what cannot be
// recorded becomes a note in the record, a panic is recorded and goes on, and
// functions' results and errors pass through untouched.
package xray

// Version is the version of this SDK, sent as that of the instrumentation
// scope.
const Version = "0.1.0"

// ScopeName is the instrumentation scope of all spans made here.
const ScopeName = "github.com/xraytrace/xray/sdk"
