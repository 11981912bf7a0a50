package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// made is a span of a made-up trace. Ids are small numbers, times milliseconds
// after begun; parent 0 makes a root.
type made struct {
	id, parent byte
	name       string
	start, end int
	failed     bool
	service    string // shop if empty
	attributes map[string]any
}

// begun is some time ago, so that nothing lies in the future.
var begun = time.Now().Add(-time.Minute)

func madeID(id byte) pcommon.SpanID {
	if id == 0 {
		return pcommon.SpanID{}
	}
	return pcommon.SpanID{0: 0xaa, 7: id}
}

// request is an OTLP request with these spans of one trace.
func request(t testing.TB, trace pcommon.TraceID, spans ...made) []byte {
	t.Helper()
	td := ptrace.NewTraces()
	for _, m := range spans {
		rs := td.ResourceSpans().AppendEmpty()
		service := m.service
		if service == "" {
			service = "shop"
		}
		rs.Resource().Attributes().PutStr("service.name", service)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(trace)
		s.SetSpanID(madeID(m.id))
		s.SetParentSpanID(madeID(m.parent))
		s.SetName(m.name)
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(begun.Add(time.Duration(m.start) * time.Millisecond)))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(begun.Add(time.Duration(m.end) * time.Millisecond)))
		if m.failed {
			s.Status().SetCode(ptrace.StatusCodeError)
		}
		if err := s.Attributes().FromRaw(m.attributes); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func madeTrace(n int) pcommon.TraceID {
	return pcommon.TraceID{0: 0x5a, 14: byte(n >> 8), 15: byte(n + 1)}
}

// brokenShape is a trace that no textbook shows, and what is seen of it.
type brokenShape struct {
	name     string
	requests [][]made
	called   string // the execution
	status   string
	errors   int
	nano     string          // its duration; "" if it does not matter
	parents  map[byte]byte   // of every step that must be there
	services map[byte]string // of some
	lengths  map[byte]string // durations of some, in nanoseconds
}

func brokenShapes() []brokenShape {
	root, a, b := made{1, 0, "root", 0, 100, false, "", nil}, made{2, 1, "a", 10, 20, false, "", nil}, made{3, 1, "b", 30, 40, false, "", nil}
	whole := map[byte]byte{1: 0, 2: 1, 3: 1}
	return []brokenShape{
		{name: "the root comes first", requests: [][]made{{root}, {a}, {b}}, called: "root", status: "ok", nano: "100000000", parents: whole},
		{name: "the root comes in the middle", requests: [][]made{{a}, {root}, {b}}, called: "root", status: "ok", nano: "100000000", parents: whole},
		{name: "the root comes last", requests: [][]made{{b}, {a}, {root}}, called: "root", status: "ok", nano: "100000000", parents: whole},
		{name: "the root never comes", requests: [][]made{{b}, {a}}, called: "a", status: "ok", nano: "30000000", parents: map[byte]byte{2: 1, 3: 1}},
		{name: "the root never comes and a step failed", requests: [][]made{{a}, {{id: 3, parent: 1, name: "b", start: 30, end: 40, failed: true}}},
			called: "a", status: "error", errors: 1, parents: map[byte]byte{2: 1, 3: 1}},
		{name: "a parent is missing", requests: [][]made{{root, {id: 5, parent: 9, name: "orphan", start: 50, end: 60}}},
			called: "root", status: "ok", nano: "100000000", parents: map[byte]byte{1: 0, 5: 9}},
		{name: "two steps are each other's parents", requests: [][]made{{root}, {{id: 5, parent: 6, name: "hen", start: 50, end: 60}, {id: 6, parent: 5, name: "egg", start: 50, end: 60}}},
			called: "root", status: "ok", nano: "100000000", parents: map[byte]byte{1: 0, 5: 6, 6: 5}},
		{name: "there is nothing but a cycle", requests: [][]made{{{id: 5, parent: 6, name: "hen", start: 50, end: 60}, {id: 6, parent: 5, name: "egg", start: 55, end: 65}}},
			called: "hen", status: "ok", nano: "15000000", parents: map[byte]byte{5: 6, 6: 5}},
		{name: "a step is its own parent", requests: [][]made{{root, {id: 5, parent: 5, name: "ouroboros", start: 50, end: 60}}},
			called: "root", status: "ok", parents: map[byte]byte{1: 0, 5: 5}},
		{name: "there are two roots", requests: [][]made{{root}, {{id: 4, name: "second root", start: 200, end: 300, failed: true}}},
			called: "root", status: "error", errors: 1, nano: "300000000", parents: map[byte]byte{1: 0, 4: 0}},
		{name: "two services send their parts", requests: [][]made{{{id: 2, parent: 1, name: "back", start: 10, end: 20, service: "back-end"}}, {root}},
			called: "root", status: "ok", nano: "100000000", parents: map[byte]byte{1: 0, 2: 1}, services: map[byte]string{1: "shop", 2: "back-end"}},
		{name: "a child starts before its parent and ends behind it", requests: [][]made{{root, {id: 2, parent: 1, name: "skewed", start: -50, end: 500}}},
			called: "root", status: "ok", nano: "100000000", parents: map[byte]byte{1: 0, 2: 1}, lengths: map[byte]string{2: "550000000"}},
		{name: "a step ends before it starts", requests: [][]made{{root, {id: 2, parent: 1, name: "backwards", start: 50, end: 10}}},
			called: "root", status: "ok", parents: map[byte]byte{1: 0, 2: 1}, lengths: map[byte]string{2: "0"}},
		{name: "a span comes twice in different requests", requests: [][]made{{root, a}, {a, b}, {b, a, root}}, called: "root", status: "ok", nano: "100000000", parents: whole},
		{name: "a span comes twice in one request", requests: [][]made{{root, a, a, b, root}}, called: "root", status: "ok", parents: whole},
		{name: "an error below a calm root", requests: [][]made{{root, {id: 2, parent: 1, name: "a", start: 1, end: 2, failed: true}}},
			called: "root", status: "ok", errors: 1, parents: map[byte]byte{1: 0, 2: 1}},
	}
}

func TestBrokenShapesAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{})
	shapes := brokenShapes()
	for n, shape := range shapes {
		for _, spans := range shape.requests {
			postTraces(t, srv.HTTP, request(t, madeTrace(n), spans...))
			// Whatever has come so far can be looked at.
			for _, path := range []string{"", "/steps", "/otlp"} {
				if status, raw := srv.call("GET", "/api/executions/"+madeTrace(n).String()+path, ""); status != http.StatusOK {
					t.Errorf("%s: %s in between: %d %s", shape.name, path, status, raw)
				}
			}
		}
	}
	for n, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			t.Parallel()
			on := *srv
			on.t = t
			checkShape(&on, madeTrace(n).String(), shape)
		})
	}
}

func checkShape(s *server, id string, want brokenShape) {
	t := s.t
	t.Helper()
	e := s.settled(id)
	if e.Name != want.called || e.Status != want.status || e.StepCount != len(want.parents) || e.ErrorCount != want.errors {
		t.Errorf("%q is %s with %d steps and %d errors, want %q %s with %d and %d",
			e.Name, e.Status, e.StepCount, e.ErrorCount, want.called, want.status, len(want.parents), want.errors)
	}
	if want.nano != "" && e.DurationNano != want.nano {
		t.Errorf("it took %s ns, want %s", e.DurationNano, want.nano)
	}
	if listed, ok := s.everything()[id]; !ok || listed.StepCount != e.StepCount || listed.Status != e.Status {
		t.Errorf("the list says %+v", listed)
	}
	parents := map[string]string{}
	for _, st := range get[stepList](s, "/api/executions/"+id+"/steps").Steps {
		parents[st.ID] = st.ParentID
		one := get[step](s, "/api/executions/"+id+"/steps/"+st.ID)
		if one.Name != st.Name || one.DurationNano != st.DurationNano {
			t.Errorf("step %s alone is %q, %s ns; in the list %q, %s ns", st.ID, one.Name, one.DurationNano, st.Name, st.DurationNano)
		}
		number := idNumber(t, st.ID)
		if service := want.services[number]; service != "" && st.Service != service {
			t.Errorf("step %d is of %q, want %q", number, st.Service, service)
		}
		if length := want.lengths[number]; length != "" && st.DurationNano != length {
			t.Errorf("step %d took %s ns, want %s", number, st.DurationNano, length)
		}
	}
	wantParents := map[string]string{}
	for child, parent := range want.parents {
		wantParents[hexID(child)] = hexID(parent)
	}
	if len(parents) != len(wantParents) {
		t.Errorf("steps and parents %v, want %v", parents, wantParents)
	}
	for child, parent := range wantParents {
		if parents[child] != parent {
			t.Errorf("step %s has parent %q, want %q", child, parents[child], parent)
		}
	}
	// An explanation of such a trace may say little, but it must come.
	if status, raw := s.call("POST", "/api/reasoning/process", `{"executionId":"`+id+`"}`); !slices.Contains([]int{200, 202}, status) {
		t.Fatalf("ask for an explanation: %d %s", status, raw)
	}
	if e := s.explained(id); e.Job.Status != "completed" || e.Headline == "" {
		t.Errorf("the explanation: %+v, headline %q", e.Job, e.Headline)
	}
}

func hexID(id byte) string {
	if id == 0 {
		return ""
	}
	return madeID(id).String()
}

func idNumber(t testing.TB, hex string) byte {
	t.Helper()
	var number byte
	if _, err := fmt.Sscanf(hex, "aa000000000000%02x", &number); err != nil {
		t.Fatalf("%q is no id of ours", hex)
	}
	return number
}
