package receiver

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/receiver/semconv"
)

func marshal(t testing.TB, td ptrace.Traces) []byte {
	t.Helper()
	data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func unmarshal(t testing.TB, data []byte) ptrace.Traces {
	t.Helper()
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data)
	if err != nil {
		t.Fatal(err)
	}
	return td
}

func TestPiecesTogetherHoldAllSpansInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		td := tracetest.Generate(rt)
		target := rapid.IntRange(1, 2000).Draw(rt, "target")
		data := marshal(t, td)
		m, err := parse(data)
		if err != nil {
			rt.Fatal(err)
		}
		var joined []byte // concatenation of segments is a segment
		count := 0
		for records, piece := range m.pieces(data, target) {
			if n := unmarshal(t, piece).SpanCount(); n != len(records) {
				rt.Fatalf("a piece says %d records and has %d", len(records), n)
			}
			count += len(records)
			joined = append(joined, piece...)
		}
		if count != td.SpanCount() {
			rt.Fatalf("%d of %d spans", count, td.SpanCount())
		}
		tracetest.RequireEqual(t, tracetest.SpanSet(t, td), tracetest.SpanSet(t, unmarshal(t, joined)))
		if got, want := order(unmarshal(t, joined)), order(td); !slices.Equal(got, want) {
			rt.Fatalf("order %v, want %v", got, want)
		}
	})
}

func order(td ptrace.Traces) (ids []string) {
	for s := range spans(td) {
		ids = append(ids, s.Span.SpanID().String())
	}
	return ids
}

func TestPiecesStayNearTheirTarget(t *testing.T) {
	t.Parallel()
	f := tracetest.Load(t, "node-auto-proto")
	m, err := parse(f.Requests[0].Plain(t))
	if err != nil {
		t.Fatal(err)
	}
	const target, prefixes = 4 << 10, 200
	n := 0
	for records, piece := range m.pieces(nil, target) {
		n++
		if len(piece) > target+prefixes && len(records) > 1 {
			t.Errorf("a piece of %d records has %d bytes", len(records), len(piece))
		}
	}
	if n < 3 {
		t.Errorf("only %d pieces", n)
	}
}

func TestExtractsEqualFullDecoding(t *testing.T) {
	t.Parallel()
	codec := Codec{Mapper: semconv.New(nil)}
	rapid.Check(t, func(rt *rapid.T) {
		td := tracetest.Generate(rt)
		n := td.SpanCount()
		if n == 0 {
			return
		}
		data := marshal(t, td)
		ordinals := rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 5).Draw(rt, "ordinals")
		got, err := codec.Details([]xray.Extract{{Data: data, Ordinals: ordinals}}, nil)
		if err != nil {
			rt.Fatal(err)
		}
		full := order(td)
		for i, o := range ordinals {
			if got[i].SpanID.String() != full[o] {
				rt.Fatalf("detail %d is span %s, want %s", i, got[i].SpanID, full[o])
			}
		}
		gone := map[int]bool{}
		for _, o := range ordinals {
			gone[o] = true
		}
		rest, err := codec.Without(xray.SignalTraces, data, ordinals)
		if err != nil {
			rt.Fatal(err)
		}
		var want []string
		for i, id := range full {
			if !gone[i] {
				want = append(want, id)
			}
		}
		if left := order(unmarshal(t, rest)); !slices.Equal(left, want) {
			rt.Fatalf("without %v: %v, want %v", ordinals, left, want)
		}
	})
}

func TestUnknownFieldsSurviveSplitting(t *testing.T) {
	t.Parallel()
	unknown := protowire.AppendString(protowire.AppendTag(nil, 777, protowire.BytesType), "from the future")
	span := append(validSpan(1), unknown...)
	scope := append(field(2, span), unknown...)
	resource := append(field(2, scope), unknown...)
	m, err := parse(field(1, resource))
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(m.encode(m.records), unknown); got != 3 {
		t.Errorf("%d of 3 unknown fields survive", got)
	}
}

func field(num protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), content)
}

// validSpan is the least that passes: two ids.
func validSpan(n byte) []byte {
	return append(field(1, append(make([]byte, 15), n)), field(2, append(make([]byte, 7), n))...)
}

func TestScanSaysWhatIsWrongWithASpan(t *testing.T) {
	t.Parallel()
	deep := func(levels int) []byte {
		v := field(1, []byte("x"))
		for range levels {
			v = field(6, field(1, field(2, v)))
		}
		return field(9, field(2, v))
	}
	tests := map[string]struct {
		span []byte
		want string // "" is sound
	}{
		"the least span":            {validSpan(1), ""},
		"no ids":                    {nil, "no usable trace id"},
		"ids of zeros":              {append(field(1, make([]byte, 16)), field(2, make([]byte, 8))...), "no usable trace id"},
		"no span id":                {field(1, bytes.Repeat([]byte{1}, 16)), "no usable span id"},
		"a short trace id":          {append(validSpan(1), field(1, []byte{1})...), "a trace id of 1 bytes"},
		"a long span id":            {append(validSpan(1), field(2, make([]byte, 9))...), "a span id of 9 bytes"},
		"a short parent":            {append(validSpan(1), field(4, []byte{1})...), "a parent span id of 1 bytes"},
		"an empty parent":           {append(validSpan(1), field(4, nil)...), ""},
		"a parent of zeros":         {append(validSpan(1), field(4, make([]byte, 8))...), ""},
		"nested 499 deep":           {append(validSpan(1), deep(maxDepth-1)...), ""},
		"nested 500 deep":           {append(validSpan(1), deep(maxDepth)...), "nested deeper than 500"},
		"nested 10,000 deep":        {append(validSpan(1), deep(10_000)...), "nested deeper than 500"},
		"a truncated attribute":     {append(validSpan(1), field(9, []byte{0x0a, 9})...), "malformed"},
		"a truncated nested value":  {append(validSpan(1), field(9, field(2, field(5, []byte{0x0a, 9})))...), "malformed"},
		"a truncated event":         {append(validSpan(1), field(11, []byte{0x0a, 9})...), "malformed"},
		"unknown fields everywhere": {append(append(validSpan(1), field(99, []byte("?"))...), field(9, field(2, field(5, field(9, []byte{0xff}))))...), ""},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			got := scanSpan(tt.span).fault
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("fault %q, want %q", got, tt.want)
			}
		})
	}
}

// A span of a large segment must cost no more than finding it.
func BenchmarkDetailOfOneSpan(b *testing.B) {
	codec := Codec{Mapper: semconv.New(nil)}
	td := tracetest.LLM(64 * 2)
	data := marshal(b, td)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		x := xray.Extract{Data: data, Ordinals: []int{rand.IntN(td.SpanCount())}}
		if _, err := codec.Details([]xray.Extract{x}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// A header is repeated in every piece; however large, that must not multiply
// a request.
func TestLargeHeadersAreNotRepeatedOften(t *testing.T) {
	t.Parallel()
	body := field(1, bytes.Repeat([]byte{'x'}, 10_000))
	for n := range byte(200) {
		body = append(body, field(2, field(2, validSpan(n+1)))...)
	}
	m, err := parse(field(1, body))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, piece := range m.pieces(nil, 1000) {
		total += len(piece)
	}
	if total > 3*len(body) {
		t.Errorf("%d bytes became %d", len(body), total)
	}
}

func BenchmarkScan(b *testing.B) {
	m, err := parse(marshal(b, tracetest.Micro(512)))
	if err != nil {
		b.Fatal(err)
	}
	report := tracetest.CPUPerSpan(b, len(m.records))
	defer report()
	for b.Loop() {
		for _, r := range m.records {
			if s := scanSpan(r.body); s.fault != "" {
				b.Fatal(s.fault)
			}
		}
	}
}

// What the scans find sound, pdata decodes: nothing is stored that cannot be
// read again.
func FuzzSoundMeansDecodable(f *testing.F) {
	data := marshal(f, tracetest.Micro(100))
	m, err := parse(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.records[9].body)
	f.Add(m.records[99].body) // has an event
	f.Add(m.scopes[0].fields)
	f.Add(m.resources[0])
	f.Fuzz(func(t *testing.T, data []byte) {
		envelopes := map[string][]byte{}
		if scanSpan(data).fault == "" {
			envelopes["span"] = field(1, field(2, field(2, data)))
		}
		if scanScope(data).fault == "" && !hasField(data, fieldRecord) {
			envelopes["scope"] = field(1, field(2, append(field(2, validSpan(1)), data...)))
		}
		if scanResource(data).fault == "" && !hasField(data, fieldScope) && !hasField(data, fieldOldScope) {
			envelopes["resource"] = field(1, append(field(2, field(2, validSpan(1))), data...))
		}
		for what, message := range envelopes {
			if _, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(message); err != nil {
				t.Errorf("a sound %s does not decode: %v", what, err)
			}
		}
		if scanLog(data).fault == "" {
			if _, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(field(1, field(2, field(2, data)))); err != nil {
				t.Errorf("a sound log record does not decode: %v", err)
			}
		}
	})
}

func hasField(data []byte, num protowire.Number) bool {
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok || f.num == num {
			return ok
		}
		data = rest
	}
	return false
}
