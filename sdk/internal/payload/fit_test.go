package payload

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the shared test vectors anew")

const vectorsFile = "../../testdata/truncation.json"

// vector is one case of the shared test vectors: every language's SDK makes
// Output and Cuts of Input and Limit.
type vector struct {
	Name   string          `json:"name"`
	Input  json.RawMessage `json:"input"`
	Limit  int             `json:"limit"`
	Output string          `json:"output"` // the exact text
	Cuts   []Cut           `json:"cuts"`
}

func vectors() []vector {
	list := func(n int, f func(i int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = f(i)
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	text := func(s string, n int) string { return `"` + strings.Repeat(s, n) + `"` }
	cases := []struct {
		name, input string
		limit       int
	}{
		{"what fits is left alone", `{"a":[1,2,3],"b":"text"}`, 64},
		{"exactly the limit", `[1,2,3]`, 7},
		{"a long text keeps its two ends", text("abcdefghij", 50), 100},
		{"a cut never splits a character", text("ü🎬é", 60), 101},
		{"a cut never splits an escape", text(`\n\"\u0001\\`, 40), 103},
		{"a long list keeps its first elements", list(100, func(i int) string { return fmt.Sprint(i) }), 64},
		{"candidates keep their places", list(200, func(i int) string { return fmt.Sprintf(`{"id":%d,"name":"candidate %d"}`, i, i) }), 600},
		{"a threshold after a huge list survives", `{"candidates":` + list(500, func(i int) string { return fmt.Sprintf(`{"id":%d}`, i) }) + `,"threshold":7}`, 300},
		{"documents share the space", list(5, func(i int) string { return fmt.Sprintf(`{"id":%d,"text":%s}`, i, text("lorem ipsum ", 200)) }), 2000},
		{"many fields share the space", `{"a":` + text("a", 400) + `,"b":` + text("b", 400) + `,"c":1,"d":` + text("d", 400) + `}`, 400},
		{"nothing of a number can be kept", `{"n":123456789012345678901234567890,"m":1}`, 12},
		{"names with slashes and tildes in pointers", `{"a/b~c":` + text("x", 300) + `}`, 120},
		{"deep inside", `{"a":{"b":{"c":` + text("deep ", 200) + `,"d":1},"e":2},"f":3}`, 200},
		{"no room for anything", `"` + strings.Repeat("x", 100) + `"`, 8},
		{"an array of arrays", list(30, func(i int) string { return list(30, func(j int) string { return fmt.Sprint(i * j) }) }), 500},
	}
	var out []vector
	for _, c := range cases {
		text, cuts := Fit([]byte(c.input), c.limit, "/input", nil)
		if cuts == nil {
			cuts = []Cut{}
		}
		out = append(out, vector{c.name, json.RawMessage(c.input), c.limit, string(text), cuts})
	}
	return out
}

func TestTheSharedVectorsHold(t *testing.T) {
	got := vectors()
	if *update {
		b, err := json.MarshalIndent(got, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var want []vector
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d vectors in the file, %d here: run with -update and read the difference", len(want), len(got))
	}
	for i := range got {
		if got[i].Output != want[i].Output || !reflect.DeepEqual(got[i].Cuts, want[i].Cuts) {
			t.Errorf("%s:\ngot  %s %v\nwant %s %v", want[i].Name, got[i].Output, got[i].Cuts, want[i].Output, want[i].Cuts)
		}
	}
}

// FuzzFit checks what must hold for any JSON and any limit.
func FuzzFit(f *testing.F) {
	for _, v := range vectors() {
		f.Add(string(v.Input), v.Limit)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		var v any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if d.Decode(&v) != nil || limit < 4 || limit > 1<<20 {
			return
		}
		whole, _ := Encode(v, 1<<30, "")
		got, cuts := Fit(whole, limit, "", nil)
		if len(got) > limit {
			t.Errorf("%d bytes, limit %d: %s", len(got), limit, got)
		}
		if !json.Valid(got) {
			t.Errorf("not JSON: %s", got)
		}
		if (len(whole) > limit) != (len(cuts) > 0) {
			t.Errorf("%d bytes with limit %d: cuts %v", len(whole), limit, cuts)
		}
	})
}

func TestACountFromBeforeIsKept(t *testing.T) {
	_, cuts := Fit([]byte(`{"a":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}`), 24, "/input", []Cut{{At: "/input/a", Kept: 15, Of: 5000}, {At: "/input/b", Kept: 1, Of: 2}})
	if len(cuts) != 2 || cuts[0].Of != 5000 || cuts[0].Kept >= 15 || cuts[1].At != "/input/b" {
		t.Errorf("cuts %v", cuts)
	}
}

func TestMaskMembersReplacesAtAnyDepth(t *testing.T) {
	hide := func(k string) bool { return k == "password" }
	got := MaskMembers(`{"user":{"password":{"old":"a"},"name":"n"},"list":[{"password":1}]}`, `"*"`, hide)
	if want := `{"user":{"password":"*","name":"n"},"list":[{"password":"*"}]}`; got != want {
		t.Errorf("got %s", got)
	}
	if got := MaskMembers("no JSON", `"*"`, hide); got != "no JSON" {
		t.Errorf("got %s", got)
	}
}
