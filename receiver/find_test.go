package receiver

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
)

// carrying makes a segment of one span with one text.
func carrying(t testing.TB, text string) []byte {
	t.Helper()
	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1})
	s.SetSpanID([8]byte{1})
	s.Attributes().PutStr("gen_ai.input.messages", text)
	return marshal(t, td)
}

func hasText(t testing.TB, data []byte, text string) bool {
	t.Helper()
	hits, err := find(t, xray.Is(xray.FieldText, text)).Find(xray.SignalTraces, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return len(hits) == 1
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestText(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text, wanted string
		want         bool
	}{
		"a piece of a word":               {"recommendation", "commend", true},
		"another letter case":             {"The Grand Budapest Hotel", "grand BUDAPEST", true},
		"Cyrillic in another letter case": {"Привет, мир", "ПРИВЕТ", true},
		"Greek with a final sigma":        {"Οδυσσεύς", "ΟΔΥΣΣΕΎΣ", true},
		"Japanese":                        {"映画を検索しました", "検索", true},
		"an emoji":                        {"done 🎬 now", "🎬", true},
		"only punctuation":                {`[{"a":1}]`, `"a":1`, true},
		"an escaped letter":               {`{"q":"caf\u00e9 cr\u00E8me"}`, "Café Crème", true},
		"escaped Japanese":                {`{"q":"\u691c\u7d22"}`, "検索", true},
		"an escaped emoji":                {`{"q":"\ud83c\udfac"}`, "🎬", true},
		"a line break for a space":        {`{"q":"find\nmovies"}`, "find movies", true},
		"a space for a line break":        {"find movies", "find\n  movies", true},
		"quotes in JSON":                  {`{"q":"say \"hello\" twice"}`, `say "hello" twice`, true},
		"a slash that PHP escapes":        {`{"url":"https:\/\/shop.example\/a"}`, "https://shop.example/a", true},
		"an angle that Go escapes":        {`{"q":"\u003cb\u003e"}`, "<b>", true},
		"JSON in JSON in JSON":            {asJSON(t, map[string]string{"a": asJSON(t, map[string]string{"b": asJSON(t, "naïve \"quoted\" 検索")})}), `naïve "quoted" 検索`, true},
		"what is not there":               {"recommendation", "recommendations", false},
		"a letter that is not there":      {"映画", "検索", false},
		"pieces, but not together":        {"grand hotel", "grand budapest", false},
		"a backslash at the end":          {`broken \`, "broken", true},
		"half an escape":                  {`broken \u00`, `broken \u00`, true},
		"nothing":                         {"something", "  ", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := hasText(t, carrying(t, tc.text), tc.wanted); got != tc.want {
				t.Errorf("%q in %q: %v, want %v", tc.wanted, tc.text, got, tc.want)
			}
		})
	}
}

// What looks through the bytes first must let through all that would be found.
func TestNoTextIsOverlooked(t *testing.T) {
	t.Parallel()
	// Some are rare, with some all are frequent, which is looked for in another way.
	alphabets := [][]rune{[]rune("aZ9 é検ЖжΣςσ🎬\"\\\n/<_ß'ſK"), []rune("etaETAo nn")}
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n int) string {
		letters := alphabets[r.IntN(len(alphabets))]
		var b strings.Builder
		for range n {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	for range 5000 {
		wanted := random(1 + r.IntN(8))
		if strings.TrimSpace(wanted) == "" {
			continue
		}
		text := random(r.IntN(20)) + wanted + random(r.IntN(20))
		for nested := 0; nested < 3; nested++ {
			if !hasText(t, carrying(t, text), wanted) {
				t.Fatalf("%q is not found in %q", wanted, text)
			}
			text = asJSON(t, map[string]string{"k": text})
		}
	}
}

func TestEveryLetterIsFoundInEveryCase(t *testing.T) {
	t.Parallel()
	byFold := map[rune][]rune{}
	for r := rune('a'); r <= unicode.MaxRune; r++ {
		if unicode.IsLetter(r) {
			f := foldRune(r)
			byFold[f] = append(byFold[f], r)
		}
	}
	for _, all := range byFold {
		for _, wanted := range all {
			n := needles(xray.Is(xray.FieldText, string(wanted)))
			for _, there := range all {
				if !n[0].mayBeIn([]byte(string(there))) {
					t.Errorf("%q (%U) is overlooked when %q (%U) is wanted", there, there, wanted, wanted)
				}
			}
		}
	}
}

func TestTextIsWhatASpanCarries(t *testing.T) {
	t.Parallel()
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "in the resource")
	s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1})
	s.SetSpanID([8]byte{1})
	s.SetName("in the name")
	s.Attributes().PutEmptyMap("map").PutEmptySlice("slice").AppendEmpty().SetStr("in the depth")
	s.Events().AppendEmpty().Attributes().PutStr("gen_ai.completion", "in the event")
	data := marshal(t, td)
	for wanted, want := range map[string]bool{
		"in the depth": true, "in the event": true,
		"in the resource": false, "in the name": false, "gen_ai.completion": false,
	} {
		if got := hasText(t, data, wanted); got != want {
			t.Errorf("%q: %v, want %v", wanted, got, want)
		}
	}
}

func TestTextOfLogRecords(t *testing.T) {
	t.Parallel()
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for i, text := range []string{"nothing", "the answer"} {
		rec := records.AppendEmpty()
		rec.SetTraceID([16]byte{byte(i + 1)})
		rec.Body().SetEmptyMap().PutStr("content", text)
	}
	data, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	if err != nil {
		t.Fatal(err)
	}
	f := find(t, xray.Is(xray.FieldText, "Answer"))
	if hits, err := f.Find(xray.SignalLogs, data, map[xray.TraceID]bool{{1}: true}); err != nil || len(hits) != 0 {
		t.Errorf("of another trace: %+v, error %v", hits, err)
	}
	hits, err := f.Find(xray.SignalLogs, data, map[xray.TraceID]bool{{2}: true})
	if err != nil || len(hits) != 1 || hits[0].Ordinal != 1 || hits[0].TraceID != (xray.TraceID{2}) {
		t.Errorf("%+v, error %v", hits, err)
	}
}

func TestAttributeConditions(t *testing.T) {
	t.Parallel()
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.version", "1.4.2")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().Attributes().PutBool("experimental", true)
	for i := range 2 {
		s := ss.Spans().AppendEmpty()
		s.SetTraceID([16]byte{1})
		s.SetSpanID([8]byte{byte(i + 1)})
		s.Attributes().PutInt("status", int64(200+300*i))
	}
	e := ss.Spans().At(1).Events().AppendEmpty()
	e.Attributes().PutStr("exception.type", "TimeoutError")
	a := ss.Spans().At(1).Attributes()
	a.PutDouble("score", 0.5)
	a.PutStr("retries", "3")
	list := a.PutEmptySlice("tags")
	list.AppendEmpty().SetStr("red")
	list.AppendEmpty().SetInt(7)
	a.PutEmptyMap("order").PutStr("id", "o-1")
	data := marshal(t, td)
	is := func(key string, values ...xray.Value) xray.Condition {
		return xray.Condition{Field: xray.FieldAttr, Key: key, Values: values}
	}
	op := func(key string, op xray.Op, numbers ...float64) xray.Condition {
		c := xray.Condition{Field: xray.FieldAttr, Key: key, Op: op}
		for _, n := range numbers {
			c.Values = append(c.Values, xray.Value{Number: n})
		}
		return c
	}
	text := func(s string) xray.Value { return xray.Value{Text: s} }
	for name, tc := range map[string]struct {
		cond xray.Condition
		want int // spans
	}{
		"of the resource":          {is("service.version", text("1.4.2")), 2},
		"of the scope":             {is("experimental", text("true")), 2},
		"of an event":              {is("exception.type", text("TimeoutError")), 1},
		"an integer":               {is("status", text("500")), 1},
		"an integer as a fraction": {is("score", text("0.50")), 1},
		"one of two":               {is("status", text("500"), text("200")), 2},
		"the beginning":            {is("service.version", xray.Value{Text: "1.4", Prefix: true}), 2},
		"the beginning of digits":  {is("status", xray.Value{Text: "5", Prefix: true}), 1},
		"an element":               {is("tags", text("red")), 1},
		"an element, a number":     {is("tags", text("7")), 1},
		"inside a map":             {is("order.id", text("o-1")), 1},
		"another value":            {is("status", text("404")), 0},
		"another key":              {is("statu", text("500")), 0},
		"any value":                {op("score", xray.OpHas), 1},
		"more":                     {op("status", xray.OpMore, 200), 1},
		"at least":                 {op("status", xray.OpAtLeast, 200), 2},
		"less":                     {op("score", xray.OpLess, 0.5), 0},
		"at most":                  {op("score", xray.OpAtMost, 0.5), 1},
		"between":                  {op("status", xray.OpBetween, 300, 500), 1},
		"a text that is a number":  {op("retries", xray.OpMore, 2), 1},
		"a text that is none":      {op("service.version", xray.OpMore, 0), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hits, err := find(t, tc.cond).Find(xray.SignalTraces, data, nil)
			if err != nil || len(hits) != tc.want {
				t.Errorf("%d spans, want %d; error %v", len(hits), tc.want, err)
			}
		})
	}
}

// BenchmarkFindText says what looking through model calls costs, for a text that
// is in none of them.
func BenchmarkFindText(b *testing.B) {
	data := marshal(b, tracetest.LLM(64))
	for name, wanted := range map[string]string{"rare letters": "zyzzogeton", "frequent letters": "notions", "Japanese": "検索"} {
		b.Run(name, func(b *testing.B) {
			f := find(b, xray.Is(xray.FieldText, wanted))
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if hits, err := f.Find(xray.SignalTraces, data, nil); err != nil || len(hits) > 0 {
					b.Fatal(hits, err)
				}
			}
		})
	}
}
