package receiver

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"pgregory.net/rapid"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
)

// BenchmarkTerms says what the index of attributes costs on the way of a span.
func BenchmarkTerms(b *testing.B) {
	for name, td := range map[string]ptrace.Traces{"micro": tracetest.Micro(512), "llm": tracetest.LLM(64)} {
		b.Run(name, func(b *testing.B) {
			data := marshal(b, td)
			report := tracetest.CPUPerSpan(b, td.SpanCount())
			pairs := 0
			b.ReportAllocs()
			for b.Loop() {
				terms, err := Codec{}.Terms(7, data)
				if err != nil {
					b.Fatal(err)
				}
				pairs = len(terms.Pairs)
			}
			report()
			b.ReportMetric(float64(pairs)/float64(td.SpanCount()), "pairs/span")
		})
	}
}

// carried is what a span can be found by, as pdata reads it.
type carried struct {
	trace xray.TraceID
	key   string
	value pcommon.Value
}

// reference lists, for each span in order, the scalar attributes that it
// carries.
func reference(td ptrace.Traces) [][]carried {
	var out [][]carried
	for s := range spans(td) {
		var all []carried
		add := func(m pcommon.Map) {
			for key, v := range m.All() {
				all = appendScalars(all, s.Span.TraceID(), key, v, 0)
			}
		}
		add(s.Resource.Attributes())
		add(s.Scope.Attributes())
		add(s.Span.Attributes())
		for _, e := range s.Span.Events().All() {
			add(e.Attributes())
		}
		out = append(out, all)
	}
	return out
}

func appendScalars(all []carried, trace [16]byte, key string, v pcommon.Value, depth int) []carried {
	switch v.Type() {
	case pcommon.ValueTypeStr, pcommon.ValueTypeBool, pcommon.ValueTypeInt, pcommon.ValueTypeDouble:
		return append(all, carried{trace, key, v})
	case pcommon.ValueTypeSlice:
		if depth < maxKeyDepth {
			for _, e := range v.Slice().All() {
				all = appendScalars(all, trace, key, e, depth+1)
			}
		}
	case pcommon.ValueTypeMap:
		if depth < maxKeyDepth {
			for sub, e := range v.Map().All() {
				all = appendScalars(all, trace, key+"."+sub, e, depth+1)
			}
		}
	}
	return all
}

// termsMatch checks the terms of a segment, and what a finder says of each of
// its attributes, against what pdata reads.
func termsMatch(t interface{ Fatalf(string, ...any) }, data []byte, td ptrace.Traces) {
	terms, err := Codec{}.Terms(7, data)
	if err != nil {
		t.Fatalf("terms: %v", err)
	}
	got, want := map[uint64]bool{}, map[uint64]bool{}
	for _, pair := range terms.Pairs {
		got[pair] = true
	}
	index := map[xray.TraceID]uint64{}
	for i, id := range terms.Traces {
		index[id] = uint64(i)
	}
	all := reference(td)
	checked := 0
	for _, span := range all {
		for _, c := range span {
			f := find(t, xray.Condition{Field: xray.FieldAttr, Key: c.key, Op: xray.OpHas}, xray.Is(xray.FieldAttr, ""))
			terms, _ := f.Terms(0)
			want[uint64(terms[0])<<32|index[c.trace]] = true
			if v := written(c.value); len(v) <= xray.MaxTermValue {
				cond := xray.Is(xray.FieldAttr, v)
				cond.Key = c.key
				terms, ok := find(t, cond).Terms(0)
				there := false
				for _, term := range terms {
					pair := uint64(term)<<32 | index[c.trace]
					there = there || got[pair]
					want[pair] = want[pair] || got[pair]
				}
				if !ok || !there {
					t.Fatalf("no term for %q = %q", c.key, v)
				}
				if checked++; checked <= 5 {
					findsExactly(t, data, cond, all)
				}
			}
		}
	}
	for pair := range want {
		if !got[pair] && want[pair] {
			t.Fatalf("a term is missing")
		}
	}
	if len(all) > 0 && len(got) > 2*countOf(all) {
		t.Fatalf("%d terms of %d attributes", len(got), countOf(all))
	}
}

func countOf(all [][]carried) (n int) {
	for _, span := range all {
		n += len(span)
	}
	return n
}

func find(t interface{ Fatalf(string, ...any) }, conditions ...xray.Condition) xray.Finder {
	f, err := Codec{}.Finder(7, conditions)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return f
}

// findsExactly checks that a condition holds on the spans on which it holds.
func findsExactly(t interface{ Fatalf(string, ...any) }, data []byte, cond xray.Condition, all [][]carried) {
	hits, err := find(t, cond).Find(xray.SignalTraces, data, map[xray.TraceID]bool(nil))
	if err != nil {
		t.Fatalf("find: %v", err)
	}
	holds := map[int]bool{}
	for _, h := range hits {
		holds[h.Ordinal] = true
	}
	for i, span := range all {
		want := slices.ContainsFunc(span, func(c carried) bool {
			return c.key == cond.Key && sameValue(c.value, cond.Values[0].Text)
		})
		if holds[i] != want {
			t.Fatalf("span %d: %s = %q: found %v, want %v", i, cond.Key, cond.Values[0].Text, holds[i], want)
		}
	}
}

func written(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeDouble:
		return strconv.FormatFloat(v.Double(), 'g', -1, 64)
	default:
		return v.AsString()
	}
}

func sameValue(v pcommon.Value, text string) bool {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		n, err := strconv.ParseInt(text, 10, 64)
		return err == nil && n == v.Int()
	case pcommon.ValueTypeDouble:
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && (n == v.Double() || math.IsNaN(n) && math.IsNaN(v.Double()))
	case pcommon.ValueTypeBool:
		return text == strconv.FormatBool(v.Bool())
	}
	return v.Str() == text
}

func TestTermsAreWhatSpansCarry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		td := tracetest.Generate(rt)
		termsMatch(rt, marshal(t, td), td)
	})
}

// FuzzTerms holds the walk over the wire equal to pdata on whatever the receiver
// would store.
func FuzzTerms(f *testing.F) {
	f.Add(marshal(f, tracetest.Micro(2)))
	f.Add(marshal(f, tracetest.LLM(1)))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, _, err := parseTraces(body)
		if err != nil {
			return
		}
		if m.refuse(scanSpan); len(m.records) == 0 {
			return
		}
		data := m.encode(m.records)
		termsMatch(t, data, unmarshal(t, data))
	})
}
