package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray/internal/tracetest"
)

// settleWait covers a root that never comes: the server waits a minute for it.
const settleWait = 90 * time.Second

// TestFixtures sends what real clients sent, over the transport that they
// used, and reads it back.
func TestFixtures(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	target := srv.target()
	fixtures := tracetest.Fixtures(t)
	for _, f := range fixtures {
		for _, r := range f.Requests {
			// Refused requests were captured, too, and the client sent them again:
			// both are sent here, as the network would after a lost answer.
			if err := r.Send(t.Context(), t, target); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	for _, f := range fixtures {
		t.Run(f.Name, func(t *testing.T) {
			on := *srv
			on.t = t
			for _, want := range f.Expected.PerTrace {
				checkTrace(&on, want)
			}
			checkLossless(&on, f)
			for _, told := range toldBy[f.Name] {
				told.check(&on)
			}
		})
	}
}

func checkTrace(s *server, want tracetest.ExpectedTrace) {
	t := s.t
	t.Helper()
	e := s.settled(want.Trace)
	if e.StepCount != want.Spans {
		t.Errorf("trace %s: %d steps, want %d", want.Trace, e.StepCount, want.Spans)
	}
	steps := get[stepList](s, "/api/executions/"+want.Trace+"/steps").Steps
	if len(steps) != want.Spans {
		t.Errorf("trace %s: the list has %d steps, want %d", want.Trace, len(steps), want.Spans)
	}
	byID := make(map[string]step, len(steps))
	var roots []string
	errors := 0
	types := make(map[string]int)
	for _, st := range steps {
		byID[st.ID] = st
		types[wantType(st.Type)]++
		if st.ParentID == "" {
			roots = append(roots, st.Name)
		}
		if st.Status == "error" {
			errors++
		}
	}
	slices.Sort(roots)
	if wantRoots := slices.Sorted(slices.Values(want.Roots)); !slices.Equal(roots, wantRoots) {
		t.Errorf("trace %s: roots %q, want %q", want.Trace, roots, wantRoots)
	}
	if e.ErrorCount != errors {
		t.Errorf("trace %s: the list counts %d errors, its steps have %d", want.Trace, e.ErrorCount, errors)
	}
	if n, why := wantErrors(want); errors != n {
		t.Errorf("trace %s: %d errors, want %d%s", want.Trace, errors, n, why)
	}
	if !maps.Equal(types, want.Types) {
		t.Errorf("trace %s: types %v, want %v", want.Trace, types, want.Types)
	}
	for _, node := range want.Tree {
		got, ok := byID[node[0]]
		if !ok || got.ParentID != node[1] {
			t.Errorf("trace %s: step %s %q has parent %q, want %q", want.Trace, node[0], got.Name, got.ParentID, node[1])
		}
	}
	checkModelCalls(t, want, byID)
}

func checkModelCalls(t testing.TB, want tracetest.ExpectedTrace, byID map[string]step) {
	t.Helper()
	for _, c := range want.ModelCalls {
		got := byID[c.Span]
		if got.Model != c.Model {
			t.Errorf("call %s: model %q, want %q", c.Span, got.Model, c.Model)
		}
		output, why := wantOutputTokens(c)
		if got.InputTokens != decimal(c.InputTokens) || got.OutputTokens != decimal(output) {
			t.Errorf("call %s: tokens %q→%q, want %q→%q%s", c.Span, got.InputTokens, got.OutputTokens, decimal(c.InputTokens), decimal(output), why)
		}
	}
}

func decimal(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// checkLossless compares what comes out as OTLP with what went in, span by
// span and field by field.
func checkLossless(s *server, f tracetest.Fixture) {
	t := s.t
	t.Helper()
	var in, out []ptrace.Traces
	for _, r := range f.Requests {
		if r.Signal() == "traces" {
			in = append(in, r.Traces(t))
		}
	}
	for _, want := range f.Expected.PerTrace {
		status, raw := s.call("GET", "/api/executions/"+want.Trace+"/otlp", "")
		if status != http.StatusOK {
			t.Fatalf("export %s: %d %s", want.Trace, status, raw)
		}
		td, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(raw)
		if err != nil {
			t.Fatalf("export %s is no OTLP JSON: %v", want.Trace, err)
		}
		if !json.Valid(raw) {
			t.Errorf("export %s is no JSON", want.Trace)
		}
		out = append(out, td)
	}
	// Once: a span that was sent twice is one step.
	tracetest.RequireEqual(t, tracetest.SpanSet(t, in...).Once(), tracetest.SpanSet(t, out...))
}

func TestListIsNewestFirstAndPagesMeet(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	f := tracetest.Load(t, "telemetrygen-grpc")
	for _, r := range f.Requests {
		if err := r.Send(t.Context(), t, srv.target()); err != nil {
			t.Fatal(err)
		}
	}
	whole := get[executionList](srv, "/api/executions?limit=500").Executions
	if len(whole) != f.Expected.Traces {
		t.Fatalf("%d executions, want %d", len(whole), f.Expected.Traces)
	}
	if !slices.IsSortedFunc(whole, func(a, b execution) int { return -cmpTime(t, a.StartedAt, b.StartedAt) }) {
		t.Error("the list is not newest first")
	}
	seen := map[string]bool{}
	var paged []string
	for cursor := ""; ; {
		page := get[executionList](srv, "/api/executions?limit=7&cursor="+cursor)
		for _, e := range page.Executions {
			paged = append(paged, e.ID)
			seen[e.ID] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	var ids []string
	for _, e := range whole {
		ids = append(ids, e.ID)
	}
	if !slices.Equal(ids, paged) || len(slices.Collect(maps.Keys(seen))) != len(ids) {
		t.Errorf("the pages together are not the list:\n%q\n%q", paged, ids)
	}
}

func cmpTime(t testing.TB, a, b string) int {
	t.Helper()
	x, err := time.Parse(time.RFC3339Nano, a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := time.Parse(time.RFC3339Nano, b)
	if err != nil {
		t.Fatal(err)
	}
	return x.Compare(y)
}
