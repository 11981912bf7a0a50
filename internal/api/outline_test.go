package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOutlineOfALargeValue(t *testing.T) {
	for _, tc := range []struct {
		name, raw, want string
	}{
		{"an object", `{"a":[1,{"x":2}],"b \" }":"]","c":null}`, `object 3 [a b " } c]`},
		{"an array of objects", `[{"id":1,"t":{"u":[]}}, {"id":2} ]`, `array 2 [id t]`},
		{"an array of arrays", `[[1,2],[3],"a,b"]`, `array 3 []`},
		{"nothing in it", `[ ]`, `array 0 []`},
		{"an empty object", `{}`, `object 0 []`},
		{"a text", `"ab\"c"`, `string 5 []`},
		{"a number", `12`, `other 0 []`},
		{"text that ends too early", `{"a":[1,"b`, `object 1 [a]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := outline("/input", json.RawMessage(tc.raw))
			if got := fmt.Sprintf("%s %d %v", o.Kind, o.Size, o.Fields); got != tc.want || o.Head != tc.raw || o.Tail != tc.raw {
				t.Errorf("%s, want %s (%+v)", got, tc.want, o)
			}
		})
	}
}

func TestLargeValuesAreLeftOutAndFoundAgain(t *testing.T) {
	text, _ := json.Marshal(strings.Repeat("é", 3_000))
	attributes, _ := json.Marshal(map[string]any{"small": 1, "a/b": strings.Repeat("x", 3_000)})
	d := StepDetail{Input: json.RawMessage(`{"q":1}`), Output: text, Attributes: attributes}
	whole := d
	outlineLarge(&d, 2_000)
	var left []string
	for _, o := range d.Large {
		left = append(left, o.Pointer)
		if !utf8.ValidString(o.Head) || !utf8.ValidString(o.Tail) || len(o.Head) > headBytes || len(o.Tail) > tailBytes {
			t.Errorf("%s: head %d, tail %d bytes", o.Pointer, len(o.Head), len(o.Tail))
		}
		if value := payloadAt(whole, o.Pointer); string(o.Bytes) != fmt.Sprint(len(value)) {
			t.Errorf("%s is %d bytes, said %s", o.Pointer, len(value), o.Bytes)
		}
	}
	if !slices.Equal(left, []string{"/output", "/attributes/a~1b"}) || string(d.Attributes) != `{"small":1}` || d.Output != nil || d.Input == nil {
		t.Errorf("left out %v, attributes %s", left, d.Attributes)
	}
	if payloadAt(whole, "/nope") != nil || payloadAt(whole, "/attributes/nope") != nil {
		t.Error("found what is not there")
	}
}
