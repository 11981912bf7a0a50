package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
)

func TestEntries(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		want       []string
		broken     bool
	}{
		{name: "an array", file: ` [{"a":1}, {"b":2}] `, want: []string{`{"a":1}`, `{"b":2}`}},
		{name: "an empty array", file: `[]`},
		{name: "lines", file: "{\"a\":1}\n\n{\"b\":2}\n", want: []string{`{"a":1}`, `{"b":2}`}},
		{name: "one object over several lines", file: "{\n \"a\": 1\n}", want: []string{"{\n \"a\": 1\n}"}},
		{name: "nothing", file: " \n"},
		{name: "elements that are no objects are handed on, to be refused one by one", file: `[1, {"a":1}]`, want: []string{`1`, `{"a":1}`}},
		{name: "a cut-off array", file: `[{"a":1}, {"b":`, want: []string{`{"a":1}`}, broken: true},
		{name: "an array without its end", file: `[{"a":1}`, want: []string{`{"a":1}`}, broken: true},
		{name: "no JSON", file: `executions: 3`, broken: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			err := entries(strings.NewReader(tc.file), func(index int, entry json.RawMessage) error {
				if index != len(got) {
					t.Errorf("entry %d has the index %d", len(got), index)
				}
				got = append(got, string(entry))
				return nil
			})
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if (xray.ErrorCode(err) == xray.CodeInvalid) != tc.broken {
				t.Errorf("error %v, want one: %v", err, tc.broken)
			}
		})
	}
}
