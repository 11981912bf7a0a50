package tracetest

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"
)

// Generate draws traces with everything OTLP can express: nested attributes of
// every type, links, events, tracestate, flags, dropped counts, schema URLs,
// empty names and keys, NUL, NaN and infinities, extreme integers and times.
// Every span has usable ids; text is valid UTF-8, as protobuf requires.
func Generate(t *rapid.T) ptrace.Traces {
	td := ptrace.NewTraces()
	for range rapid.IntRange(0, 3).Draw(t, "resources") {
		rs := td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl(text(t))
		attributes(t, rs.Resource().Attributes(), 2)
		rs.Resource().SetDroppedAttributesCount(count(t))
		for range rapid.IntRange(0, 3).Draw(t, "scopes") {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.SetSchemaUrl(text(t))
			ss.Scope().SetName(text(t))
			ss.Scope().SetVersion(text(t))
			ss.Scope().SetDroppedAttributesCount(count(t))
			attributes(t, ss.Scope().Attributes(), 1)
			for range rapid.IntRange(0, 4).Draw(t, "spans") {
				span(t, ss.Spans().AppendEmpty())
			}
		}
	}
	return td
}

func span(t *rapid.T, s ptrace.Span) {
	s.SetTraceID(traceID(t))
	s.SetSpanID(spanID(t))
	if rapid.Bool().Draw(t, "child") {
		s.SetParentSpanID(spanID(t))
	}
	s.SetName(text(t))
	s.SetKind(ptrace.SpanKind(rapid.Int32Range(0, 5).Draw(t, "kind")))
	s.TraceState().FromRaw(text(t))
	s.SetFlags(rapid.Uint32().Draw(t, "flags"))
	s.SetStartTimestamp(timestamp(t))
	s.SetEndTimestamp(timestamp(t))
	s.SetDroppedAttributesCount(count(t))
	s.SetDroppedEventsCount(count(t))
	s.SetDroppedLinksCount(count(t))
	s.Status().SetCode(ptrace.StatusCode(rapid.Int32Range(0, 2).Draw(t, "status")))
	s.Status().SetMessage(text(t))
	attributes(t, s.Attributes(), 3)
	for range rapid.IntRange(0, 2).Draw(t, "events") {
		e := s.Events().AppendEmpty()
		e.SetName(text(t))
		e.SetTimestamp(timestamp(t))
		e.SetDroppedAttributesCount(count(t))
		attributes(t, e.Attributes(), 1)
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		l := s.Links().AppendEmpty()
		l.SetTraceID(traceID(t))
		l.SetSpanID(spanID(t))
		l.TraceState().FromRaw(text(t))
		l.SetFlags(rapid.Uint32().Draw(t, "flags"))
		l.SetDroppedAttributesCount(count(t))
		attributes(t, l.Attributes(), 1)
	}
}

func traceID(t *rapid.T) (id pcommon.TraceID) {
	copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "trace id"))
	id[15] |= 1 // never all zero
	return id
}

func spanID(t *rapid.T) (id pcommon.SpanID) {
	copy(id[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "span id"))
	id[7] |= 1
	return id
}

func text(t *rapid.T) string {
	return rapid.OneOf(
		rapid.Just(""),
		rapid.Just("a\x00b"),
		rapid.Just("quote \" slash / backslash \\ line \n </script> \u2028"),
		rapid.StringN(0, 12, -1),
	).Draw(t, "text")
}

func timestamp(t *rapid.T) pcommon.Timestamp {
	return pcommon.Timestamp(rapid.OneOf(rapid.SampledFrom([]uint64{0, 1, math.MaxInt64, math.MaxUint64}), rapid.Uint64()).Draw(t, "time"))
}

func count(t *rapid.T) uint32 {
	return rapid.SampledFrom([]uint32{0, 0, 1, 36, math.MaxUint32}).Draw(t, "dropped")
}

func attributes(t *rapid.T, m pcommon.Map, depth int) {
	for range rapid.IntRange(0, 4).Draw(t, "attributes") {
		value(t, m.PutEmpty(text(t)), depth)
	}
}

func value(t *rapid.T, v pcommon.Value, depth int) {
	kinds := 5
	if depth > 0 {
		kinds = 7
	}
	switch rapid.IntRange(0, kinds).Draw(t, "type") {
	case 0: // empty
	case 1:
		v.SetStr(text(t))
	case 2:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case 3:
		v.SetInt(rapid.OneOf(rapid.SampledFrom([]int64{0, -1, math.MinInt64, math.MaxInt64}), rapid.Int64()).Draw(t, "int"))
	case 4:
		v.SetDouble(rapid.OneOf(rapid.SampledFrom([]float64{
			0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1,
		}), rapid.Float64()).Draw(t, "double"))
	case 5:
		v.SetEmptyBytes().FromRaw(rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "bytes"))
	case 6:
		list := v.SetEmptySlice()
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			value(t, list.AppendEmpty(), depth-1)
		}
	case 7:
		attributes(t, v.SetEmptyMap(), depth-1)
	}
}
