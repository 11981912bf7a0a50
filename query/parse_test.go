package query_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestSentences holds what each sentence of testdata/sentences.txt means: its
// canonical form and its parts, or what is wrong with it and where.
func TestSentences(t *testing.T) {
	path := filepath.Join("testdata", "sentences.txt")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(old)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			out.WriteString(line)
		} else if text, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "> "); ok {
			fmt.Fprintf(&out, "> %s\n%s", text, meaning(text))
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := out.String(); got != string(old) && !*update {
		t.Errorf("sentences mean something else than %s says; -update writes it anew:\n%s", path, firstDifference(string(old), got))
	}
}

// meaning writes what a query says, or its faults with the part underlined.
func meaning(text string) string {
	var b strings.Builder
	q, err := query.Parse(text)
	if err != nil {
		for _, f := range err.(*query.Error).Faults {
			part := utf16.Encode([]rune(text))[f.Start:f.End]
			fmt.Fprintf(&b, "  ! %d-%d %q: %s", f.Start, f.End, string(utf16.Decode(part)), f.Message)
			if len(f.Suggestions) > 0 {
				fmt.Fprintf(&b, " %q", f.Suggestions)
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
	for _, c := range q.Where {
		fmt.Fprintf(&b, "  %s\n", query.Print(c))
	}
	for _, step := range q.Steps {
		b.WriteString("  one step:")
		for _, c := range step {
			b.WriteString(" " + query.Print(c))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, x[i], y[i])
		}
	}
	return "one is longer"
}

func TestEveryExampleParses(t *testing.T) {
	for _, f := range query.Fields() {
		if len(f.Examples) == 0 || f.Doc == "" || len(f.Operators) == 0 {
			t.Errorf("%s has no example, doc or operator", f.Name)
		}
		for _, e := range f.Examples {
			checkExample(t, e)
		}
	}
	for _, e := range query.Examples() {
		checkExample(t, e.Query)
	}
}

func checkExample(t *testing.T, text string) {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Errorf("example %q: %v", text, err)
		return
	}
	if again, err := query.Parse(q.String()); err != nil || !reflect.DeepEqual(again, q) {
		t.Errorf("example %q is written as %q, which means %+v, want %+v; error %v", text, q, again, q, err)
	}
}

// Every field can be asked for in all the ways that its word of the vocabulary
// promises, and in no other.
func TestFieldsDoWhatTheVocabularySays(t *testing.T) {
	values := map[query.Kind]string{
		query.KindString: "a", query.KindText: "a", query.KindInteger: "1", query.KindMoney: "1", query.KindShare: "0.5",
		query.KindDuration: "1s", query.KindTime: "2026-01-01", query.KindAny: "1",
	}
	for _, f := range query.Fields() {
		name, value := string(f.Name), values[f.Kind]
		if f.Keyed {
			name += ".key"
		}
		if f.Kind == query.KindChoice {
			value = f.Values[0]
		}
		texts := map[query.Operator]string{
			query.Is: name + ":" + value, query.Prefix: name + ":" + value + "*", query.Has: "has:" + name,
			query.Compare: name + ":>" + value, query.Range: name + ":" + value + ".." + value,
		}
		can := map[query.Operator]bool{}
		for _, op := range f.Operators {
			can[op] = true
		}
		for op, text := range texts {
			if op == query.Prefix && f.Kind == query.KindText || op == query.Range && f.Kind == query.KindString || op == query.Range && f.Kind == query.KindText {
				continue // a star says nothing there, and dots belong to a text
			}
			if _, err := query.Parse(text); (err == nil) != can[op] {
				t.Errorf("%s: error %v, and the vocabulary says %v", text, err, can[op])
			}
		}
		for _, alias := range f.Aliases {
			if found, ok := query.Lookup(strings.ToUpper(alias)); !ok || found.Name != f.Name {
				t.Errorf("the alias %s is %q", alias, found.Name)
			}
		}
	}
}

func TestAStepConditionIsOfAStep(t *testing.T) {
	for _, f := range query.Fields() {
		if got, want := f.Name.OfStep(), f.Name == xray.FieldStep || strings.HasPrefix(string(f.Name), "step."); got != want {
			t.Errorf("%s: OfStep is %v", f.Name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, field := range query.Fields() {
		for _, e := range field.Examples {
			f.Add(e)
		}
	}
	for _, seed := range []string{
		`score."a b":>0.8 feedback:(up OR down) -has:note note:x`, `score.:1 has:score. thumb:`,
		`a "b c" -(d OR e,f)`, `name:"\"\\\n*"*`, `meta."a b":>-1e3`, "started:2026-11-22T10:00:00.000Z..2026-11-23", `x:y`, "step:a step.drop:>1 -step:b step:c",
		"😀 nme:x", "cost:..", "((", `"`, "has:", "- NOT", "AND OR", "\xff:\x00", "duration:>1d2h3m4.5s", "NOT status!=ok", `attr."":1`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := query.Parse(text)
		if err != nil {
			checkFaults(t, text, err)
			return
		}
		printed := q.String()
		if len(printed) > query.MaxLength { // quotes and units make it longer
			return
		}
		again, err := query.Parse(printed)
		if err != nil {
			t.Fatalf("%q is written as %q, which fails: %v", text, printed, err)
		}
		if !reflect.DeepEqual(again, q) {
			t.Fatalf("%q is written as %q, which means %+v, want %+v", text, printed, again, q)
		}
	})
}

func checkFaults(t *testing.T, text string, err error) {
	t.Helper()
	length := len(utf16.Encode([]rune(strings.ToValidUTF8(text, "\uFFFD"))))
	faults := err.(*query.Error).Faults
	if len(faults) == 0 {
		t.Fatalf("%q fails without a fault", text)
	}
	for _, f := range faults {
		if f.Start < 0 || f.End < f.Start || f.End > length || f.Message == "" {
			t.Fatalf("%q has a fault outside of it: %+v", text, f)
		}
	}
}
