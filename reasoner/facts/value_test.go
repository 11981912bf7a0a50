package facts

import (
	"encoding/json"
	"testing"
)

func TestParseAgreesWithEncodingJSON(t *testing.T) {
	for _, s := range []string{
		`{}`, `[]`, `""`, `0`, `-1.5e3`, `true`, `false`, `null`, ` {"a" : [1, 2 , {"b":null}] } `,
		`{"a":"x\"y\\z\u00e9\ud83d\ude00\n"}`, `{"a":1,}`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `[1 2]`, `nul`, `"abc`, `{"a":"b`, `[[[[`,
		`tru`, `1 2`, `{"a":1}}`, `"\x"`, `"\u12"`, `-`, `[1`,
	} {
		v, res := parseJSON(s)
		if got, want := res == parseOK, json.Valid([]byte(s)); got != want {
			t.Errorf("%q: parsed %v, encoding/json says %v (%v)", s, got, want, v)
		}
	}
}

func TestParseTellsCutFromBad(t *testing.T) {
	for s, want := range map[string]parseResult{
		`{"a":"b`: parseCut, `[1,2`: parseCut, `{"a":tr`: parseCut, `{"a`: parseCut, `[1}`: parseBad, `{a:1}`: parseBad, `[1,2] x`: parseBad,
	} {
		if _, got := parseJSON(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

func TestFindJSONInText(t *testing.T) {
	tests := []struct {
		name, in   string
		found, cut int
	}{
		{"whole", `{"a":1}`, 1, 0},
		{"code fence", "Here:\n```json\n[{\"id\":1}]\n```\nDone.", 1, 0},
		{"two in prose", `first {"a":1} then {"b":2}.`, 2, 0},
		{"footnotes are none", `as shown [1] and [2, 3]`, 0, 0},
		{"placeholder is none", `Hello {name}, {{x}}`, 0, 0},
		{"broken off", `{"items":[{"id":1},{"id":`, 1, 1},
		{"prose with bracket", `he said [and then`, 0, 0},
		{"template with a name", `{"`, 0, 0},
	}
	for _, tt := range tests {
		got := findJSON(tt.in)
		cut := 0
		for _, e := range got {
			if e.cut {
				cut++
			}
		}
		if len(got) != tt.found || cut != tt.cut {
			t.Errorf("%s: found %d (cut %d), want %d (cut %d)", tt.name, len(got), cut, tt.found, tt.cut)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"a":[1,"x",null,{"b":true}]}`)
	f.Add(`[[[{"`)
	f.Fuzz(func(t *testing.T, s string) {
		v, res := parseJSON(s)
		if res == parseOK {
			_ = same(&v, &v)
		}
		findJSON(s)
	})
}
