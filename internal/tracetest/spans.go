package tracetest

import (
	"encoding/hex"
	"maps"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// Traces decodes the request's body with pdata, the reference.
func (r Request) Traces(t testing.TB) ptrace.Traces {
	t.Helper()
	req := ptraceotlp.NewExportRequest()
	decode := req.UnmarshalProto
	if r.JSON() {
		decode = req.UnmarshalJSON
	}
	if err := decode(r.Plain(t)); err != nil {
		t.Fatalf("decode %s: %v", r.Name, err)
	}
	return req.Traces()
}

// Spans are the spans of some traces, each with its resource, scope and schema
// URLs: keyed by all of it, so two sets are equal when they hold the same
// spans, field by field, in whatever order and grouping. The value counts how
// often a span occurs.
type Spans map[string]int

// SpanSet collects the spans of td.
func SpanSet(t testing.TB, tds ...ptrace.Traces) Spans {
	t.Helper()
	set := Spans{}
	for _, td := range tds {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					set[alone(t, rs, ss, span)]++
				}
			}
		}
	}
	return set
}

// alone is the span in a message of its own, as pdata's canonical protobuf.
func alone(t testing.TB, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) string {
	t.Helper()
	one := ptrace.NewTraces()
	r := one.ResourceSpans().AppendEmpty()
	rs.Resource().CopyTo(r.Resource())
	r.SetSchemaUrl(rs.SchemaUrl())
	s := r.ScopeSpans().AppendEmpty()
	ss.Scope().CopyTo(s.Scope())
	s.SetSchemaUrl(ss.SchemaUrl())
	span.CopyTo(s.Spans().AppendEmpty())
	data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(one)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Once is the set with every count at one: what must be left after clients
// sent spans twice.
func (s Spans) Once() Spans {
	once := make(Spans, len(s))
	for k := range s {
		once[k] = 1
	}
	return once
}

// RequireEqual fails the test, showing the first span that differs, unless got
// holds exactly the spans of want.
func RequireEqual(t testing.TB, want, got Spans) {
	t.Helper()
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if got[k] != want[k] {
			t.Errorf("a span came out %d times instead of %d:\n%s", got[k], want[k], dump(k))
			break
		}
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if want[k] == 0 {
			t.Errorf("a span came out that never went in:\n%s", dump(k))
			break
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

func dump(key string) string {
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces([]byte(key))
	if err != nil {
		return hex.EncodeToString([]byte(key))
	}
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td)
	if err != nil {
		return hex.EncodeToString([]byte(key))
	}
	return string(text)
}
