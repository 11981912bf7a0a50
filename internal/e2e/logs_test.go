package e2e

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/xraytrace/xray/internal/tracetest"
)

// What the model answered in the recording, which stands in log records only:
// by span, a piece of the output.
var loggedOutputs = map[string]string{
	"124624699595b1f1": "get_weather",
	"c87f6317f9f379cf": "According to the tools: 18.5 C; 12:00.",
	"6559a0a3f2e15eb5": "Stream me something",
	"7bc9e53cbea6f660": "Two choices please",
	"437e9c3acc172383": "Over the responses API",
	"a5205c9a7ca83dd2": `"finish_reason":"length"`,
}

// checkLoggedMessages waits until every model call of openai-otel shows its
// messages and, as there is something to explain, its explanation.
func checkLoggedMessages(s *server, f tracetest.Fixture) {
	t := s.t
	t.Helper()
	for _, trace := range f.Expected.PerTrace {
		asks := false
		for _, call := range trace.ModelCalls {
			want, answers := loggedOutputs[call.Span]
			if call.Type == "embedding" {
				continue
			}
			asks = true
			path := "/api/executions/" + trace.Trace + "/steps/" + call.Span
			eventually(t, call.Name+" shows its messages", settleWait, func() bool {
				st := get[step](s, path)
				output, _ := json.Marshal(st.Output)
				return st.InputKind == "messages" && (!answers || st.OutputKind == "messages" && strings.Contains(string(output), want))
			})
		}
		if asks {
			if e := s.explained(trace.Trace); e.Job.Status != "completed" {
				t.Errorf("the explanation of %s: %+v", trace.Trace, e.Job)
			}
		}
	}
}

// again is the fixture with other trace ids, so that it can be sent more than
// once. Ids are as long as before, so they may be exchanged in the bytes.
func again(t testing.TB, f tracetest.Fixture, n byte) tracetest.Fixture {
	t.Helper()
	out := f
	out.Requests, out.Expected.PerTrace = nil, nil
	ids := map[string]string{}
	for _, trace := range f.Expected.PerTrace {
		old, err := hex.DecodeString(trace.Trace)
		if err != nil {
			t.Fatal(err)
		}
		id := bytes.Clone(old)
		id[0] = n
		ids[string(old)] = string(id)
		trace.Trace = hex.EncodeToString(id)
		out.Expected.PerTrace = append(out.Expected.PerTrace, trace)
	}
	for _, r := range f.Requests {
		for old, id := range ids {
			r.Body = bytes.ReplaceAll(r.Body, []byte(old), []byte(id))
		}
		out.Requests = append(out.Requests, r)
	}
	return out
}

// overHTTP is a gRPC request sent the other way.
func overHTTP(r tracetest.Request) tracetest.Request {
	r.Transport, r.Path = "http", "/v1/"+r.Signal()
	r.Header = http.Header{"Content-Type": {"application/x-protobuf"}}
	return r
}

func TestMessagesInLogRecordsCompleteTheirSteps(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	target := srv.target()
	captured := tracetest.Load(t, "openai-otel") // logs, then traces, over gRPC
	for n, tc := range []struct {
		name        string
		logsLast    bool
		waitBetween bool
		http        bool
	}{
		{name: "first, over gRPC"},
		{name: "first, over HTTP", http: true},
		{name: "last, over gRPC", logsLast: true},
		{name: "last, over HTTP", logsLast: true, http: true},
		{name: "after the execution was settled", logsLast: true, waitBetween: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			on := *srv
			on.t = t
			f := again(t, captured, byte(n+1))
			logs, traces := f.Requests[0], f.Requests[1]
			if logs.Signal() != "logs" || traces.Signal() != "traces" {
				t.Fatal("the fixture is not what it was")
			}
			if tc.http {
				logs, traces = overHTTP(logs), overHTTP(traces)
			}
			order := []tracetest.Request{logs, traces}
			if tc.logsLast {
				order = []tracetest.Request{traces, logs}
			}
			for i, r := range order {
				if i > 0 && tc.waitBetween {
					for _, trace := range f.Expected.PerTrace {
						on.settled(trace.Trace)
					}
				}
				if err := r.Send(t.Context(), t, target); err != nil {
					t.Fatal(err)
				}
			}
			checkLoggedMessages(&on, f)
		})
	}
}
