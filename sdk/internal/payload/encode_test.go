package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

const plenty = 1 << 20

type inner struct {
	A int `json:"a,omitempty"`
	B string
}

type node2 struct {
	Name string
	Next *node2 `json:",omitempty"`
}

type outer struct {
	inner
	*node2
	B    string `json:"B"`
	Skip string `json:"-"`
	//lint:ignore SA5008 encoding/json still calls this field "-", and so must we
	Dash   string    `json:"-,"`
	Quoted int       `json:"quoted,string"`
	Empty  []int     `json:"empty,omitempty"`
	Zero   time.Time `json:"zero,omitzero"`
	At     time.Time
	Took   time.Duration
	Raw    json.RawMessage
	Any    any
	Map    map[string]any
	Ints   map[int]string
	Ptr    *inner
	Nil    *inner
	Bytes  []byte
	Array  [2]bool
	F32    float32
	F64    []float64
	//lint:ignore U1000 it is here to be left out
	private int
}

func TestWhatEncodingJSONWritesEncodeWritesToo(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC)
	for name, v := range map[string]any{
		"nil":             nil,
		"text":            "a \"quoted\" line\nwith \t control \x01 and ünïcode 🎬",
		"numbers":         []any{1, -1, int64(math.MinInt64), uint64(math.MaxUint64), 0.1, 1e21, 1e-7, float32(3.4), math.Copysign(0, -1), 1.5e300},
		"nested":          map[string]any{"b": []any{true, nil}, "a": map[string]int{"z": 1, "y": 2}},
		"nil slice":       []int(nil),
		"nil map":         map[string]int(nil),
		"empty":           []any{[]int{}, map[string]int{}, ""},
		"big struct":      outer{inner: inner{1, "hidden"}, B: "b", Dash: "-", Quoted: 7, At: at, Took: 3, Raw: json.RawMessage(`{"x": [1, 2]}`), Any: inner{2, "x"}, Map: map[string]any{"k": 1}, Ints: map[int]string{2: "b", 10: "a"}, Ptr: &inner{}, Bytes: []byte("hello"), F32: 0.1, F64: []float64{1, 2.5}},
		"embedded":        outer{node2: &node2{Name: "n"}},
		"pointer to text": new(string),
		"json.Number":     json.Number("12.50"),
	} {
		t.Run(name, func(t *testing.T) {
			var want bytes.Buffer
			e := json.NewEncoder(&want)
			e.SetEscapeHTML(false)
			if err := e.Encode(v); err != nil {
				t.Fatal(err)
			}
			got, cuts := Encode(v, plenty, "")
			if string(got) != strings.TrimSpace(want.String()) || cuts != nil {
				t.Errorf("got  %s\nwant %s(cuts %v)", got, want.String(), cuts)
			}
		})
	}
}

type (
	failing   struct{}
	panicking struct{}
	garbage   struct{}
	loud      struct{ error }
)

func (failing) MarshalJSON() ([]byte, error)   { return nil, errors.New("no luck") }
func (panicking) MarshalJSON() ([]byte, error) { panic("boom") }
func (garbage) MarshalJSON() ([]byte, error)   { return []byte("{oops"), nil }

func TestWhatEncodingJSONRefusesBecomesANote(t *testing.T) {
	loop := &node2{Name: "a"}
	loop.Next = &node2{Name: "b", Next: loop}
	self := map[string]any{}
	self["self"] = self
	for name, c := range map[string]struct {
		v    any
		want string
	}{
		"a function among fields": {struct {
			A int
			F func()
		}{1, nil}, `{"A":1,"F":"[func()]"}`},
		"a channel":                   {make(chan int), `"[chan int]"`},
		"not a number":                {[]float64{math.NaN(), math.Inf(1), math.Inf(-1), 1}, `["NaN","+Inf","-Inf",1]`},
		"a complex number":            {complex(1, 2), `"[complex128]"`},
		"a pointer cycle":             {loop, `{"Name":"a","Next":{"Name":"b","Next":"[cycle: *payload.node2]"}}`},
		"a map in itself":             {self, `{"self":"[cycle: map[string]interface {}]"}`},
		"a MarshalJSON that fails":    {[]any{failing{}, 1}, `["[not recorded: no luck]",1]`},
		"a MarshalJSON that panics":   {[]any{panicking{}, 1}, `["[not recorded: panic: boom]",1]`},
		"a MarshalJSON without JSON":  {garbage{}, `"{oops"`},
		"an error":                    {errors.New("went wrong"), `"went wrong"`},
		"an error in a field":         {struct{ Err error }{errors.New("x")}, `{"Err":"x"}`},
		"an error method that panics": {loud{}, `"[not recorded: panic: runtime error: invalid memory address or nil pointer dereference]"`},
		"invalid UTF-8":               {"a\xffb", `"a` + "\uFFFD" + `b"`},
		"a large blob":                {make([]byte, 5000), `"[5000 bytes]"`},
		"HTML stays readable":         {"<b>&</b>", `"<b>&</b>"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := Encode(c.v, plenty, "")
			if string(got) != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestASharedValueIsNotACycle(t *testing.T) {
	shared := &inner{A: 1, B: "x"}
	got, _ := Encode([]any{shared, shared, []*inner{shared}}, plenty, "")
	if strings.Contains(string(got), "cycle") {
		t.Errorf("got %s", got)
	}
}

func TestTheWorkLimitBoundsTheEffortAndSparesLaterFields(t *testing.T) {
	v := struct {
		Items     []string       `json:"items"`
		Blob      string         `json:"blob"`
		ByKey     map[string]int `json:"byKey"`
		Threshold int            `json:"threshold"`
	}{make([]string, 1_000_000), strings.Repeat("x", 10_000_000), map[string]int{"a": 1}, 7}
	got, cuts := Encode(v, 10_000, "/input")
	if len(got) > 12_000 || !json.Valid(got) {
		t.Fatalf("%d bytes, valid %v", len(got), json.Valid(got))
	}
	if !strings.HasSuffix(string(got), `"byKey":{},"threshold":7}`) {
		t.Errorf("the end is %s", got[len(got)-60:])
	}
	if len(cuts) != 3 || cuts[0].At != "/input/items" || cuts[0].Of != 1_000_000 || cuts[1].At != "/input/blob" || cuts[1].Of != 10_000_000 {
		t.Errorf("cuts %+v", cuts)
	}
}

func TestDepthIsBounded(t *testing.T) {
	var v any = "bottom"
	for range 500 {
		v = []any{v}
	}
	got, _ := Encode(v, plenty, "")
	if !json.Valid(got) || !strings.Contains(string(got), "deeper than") {
		t.Errorf("got %s", got)
	}
}

func BenchmarkEncode(b *testing.B) {
	type item struct {
		ID     string  `json:"id"`
		Title  string  `json:"title"`
		Price  float64 `json:"price"`
		Rating float64 `json:"rating"`
	}
	items := make([]item, 200)
	for i := range items {
		items[i] = item{"B0ABCDEF12", "Stainless Steel Water Bottle, 32 oz", 24.99, 4.5}
	}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			Encode(items, plenty, "")
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		for b.Loop() {
			_, _ = json.Marshal(items)
		}
	})
}
