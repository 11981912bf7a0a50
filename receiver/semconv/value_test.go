package semconv_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/xraytrace/xray/receiver/semconv"
)

func value(t testing.TB, raw any) pcommon.Value {
	t.Helper()
	v := pcommon.NewValueEmpty()
	if err := v.FromRaw(raw); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLenientJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"text":                        {"hi", `"hi"`},
		"an object in text":           {` {"a":1} `, `{"a":1}`},
		"an array in text":            {`[1,2]`, `[1,2]`},
		"quoted once":                 {`"hi"`, `"hi"`},
		"quoted twice":                {`"{\"a\":1}"`, `{"a":1}`},
		"an empty quoted text":        {`""`, `""`},
		"cut off":                     {`{"a":`, `"{\"a\":"`},
		"braces around no JSON":       {`{hello}`, `"{hello}"`},
		"a number in text stays text": {"42", `"42"`},
		"null in text stays text":     {"null", `"null"`},
		"an int":                      {int64(math.MinInt64), `-9223372036854775808`},
		"a double":                    {0.1, `0.1`},
		"not a number":                {math.NaN(), `"NaN"`},
		"infinity":                    {math.Inf(-1), `"-Infinity"`},
		"a bool":                      {true, `true`},
		"bytes":                       {[]byte{1, 2}, `"AQI="`},
		"a list":                      {[]any{"a", 1, nil}, `["a",1,null]`},
		"a kvlist":                    {map[string]any{"a": map[string]any{"b": "c"}}, `{"a":{"b":"c"}}`},
		"invalid UTF-8":               {"a\xffb", `"a` + "\uFFFD" + `b"`},
		"a NUL":                       {"a\x00b", `"a\u0000b"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := semconv.JSONOf(value(t, test.value))
			if got != test.want || !json.Valid([]byte(got)) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestLenientNumbers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value any
		want  float64
		ok    bool
	}{
		"an int":       {5, 5, true},
		"a double":     {5.5, 5.5, true},
		"text":         {" 5 ", 5, true},
		"quoted text":  {`"5"`, 5, true},
		"a word":       {"five", 0, false},
		"nothing":      {"", 0, false},
		"not a number": {math.NaN(), 0, false},
		"infinite":     {"Inf", 0, false},
		"a bool":       {true, 0, false},
	} {
		if got, ok := semconv.NumberOf(value(t, test.value)); ok != test.ok || ok && got != test.want {
			t.Errorf("%s: got %v, %v", name, got, ok)
		}
	}
}

func TestLenientLists(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value any
		want  []string
	}{
		"an array":               {[]any{"a", "b"}, []string{"a", "b"}},
		"JSON text":              {`["a","b"]`, []string{"a", "b"}},
		"commas":                 {"travel, demo,", []string{"travel", "demo"}},
		"one word":               {"demo", []string{"demo"}},
		"a quoted word":          {`"demo"`, []string{"demo"}},
		"numbers":                {[]any{1, 2.5}, []string{"1", "2.5"}},
		"nothing":                {"", nil},
		"empty words":            {[]any{"", " "}, nil},
		"a list that is cut off": {`["a","b`, []string{`["a"`, `"b`}},
	} {
		if got := semconv.ListOf(value(t, test.value)); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestOfAKeyThatIsThereTwiceTheLastCounts decodes such a span from the wire:
// pdata's setters cannot make one.
func TestOfAKeyThatIsThereTwiceTheLastCounts(t *testing.T) {
	t.Parallel()
	traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[
		{"key":"user.id","value":{"stringValue":"first"}},{"key":"a","value":{"intValue":"1"}},{"key":"user.id","value":{"stringValue":"second"}},
		{"key":"","value":{"stringValue":"no key"}},{"key":"nothing","value":{}},{"value":{"stringValue":"no key either"}}]}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	d := mapper(t).Detail(spansOf(traces)[0], nil)
	want := `{"user.id":"second","a":1,"":"no key either","nothing":null}`
	if d.Hints == nil || d.Hints.UserID != "second" || string(d.Attributes) != want {
		t.Errorf("got %+v %s", d.Hints, d.Attributes)
	}
}
