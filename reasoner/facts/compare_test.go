package facts_test

import (
	"os"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/tracetest"
	"github.com/xraytrace/xray/reasoner/facts"
)

func TestComparingARunWithItselfFindsNothing(t *testing.T) {
	pipelines, err := tracetest.LoadPipelines(os.DirFS("."), corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pipelines {
		e := run(p)
		c := facts.Compare(e, e, facts.CompareOptions{})
		if c.First != -1 || len(c.Steps) != len(e.Steps) {
			t.Errorf("%s differs from itself: %s", p.File, c.Verdict)
		}
	}
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name    string
		replace []string // old, new
		first   string
		rel     xray.Relation
		says    string
	}{
		{"a search answers differently to the same query", []string{`{"id":"P4","title":"Bottle opener","category":"Bar","rating":2.9,"price":5},
  {"id":"P9","title":"Phone case P9","category":"Phones","rating":4.9,"price":9}]}},
 {"name":"category_filter"`, `{"id":"P9","title":"Phone case P9","category":"Phones","rating":4.9,"price":9}]}},
 {"name":"category_filter"`}, "search", xray.RelOrigin, "same input, different output: 1 item missing"},
		{"the request differs", []string{`"title":"Stainless steel water bottle","category"`, `"title":"Wine glass","category"`}, "find competitor", xray.RelInherited, "given different input"},
		{"a parameter differs though nothing before it does", []string{`"min_rating":4`, `"min_rating":4.5`}, "rating_filter", xray.RelOrigin, "different input"},
		{"a step is missing", []string{`{"name":"keywords","type":"llm","input":"Give keywords for: Stainless steel water bottle","output":"{\"keywords\":[\"water bottle\",\"steel bottle\"]}"},`, ``}, "keywords", xray.RelOnlyA, "only in the first run"},
		{"a step failed", []string{`{"name":"search","type":"retriever"`, `{"name":"search","error":"timeout","type":"retriever"`}, "search", xray.RelOrigin, "only the second failed"},
		{"a parameter appears", []string{`"input":{"min_rating":4}`, `"input":{"min_rating":4,"unused":null}`}, "rating_filter", xray.RelOrigin, "different input"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(demo, tt.replace[0], tt.replace[1], 1)
			if changed == demo {
				t.Fatal("nothing was replaced")
			}
			c := facts.Compare(pipeline(t, demo), pipeline(t, changed), facts.CompareOptions{})
			if c.First < 0 || c.Steps[c.First].Name != tt.first || c.Steps[c.First].Relation != tt.rel || !strings.Contains(c.Verdict, tt.says) {
				t.Errorf("first %d: %s", c.First, c.Verdict)
				for _, s := range c.Steps {
					t.Logf("%s %s %s", s.Name, s.Relation, s.Why)
				}
			}
		})
	}
}

func TestCompareIgnoresIdsAndTimes(t *testing.T) {
	one := `[{"name":"r","input":{"q":1},"output":{"id":"0198f0a2-7c11-7b60-a000-1c22b0a9d001","at":"2026-03-01T10:00:00Z","n":5,"took_ms":17}}]`
	two := `[{"name":"r","input":{"q":1},"output":{"id":"0198f0a2-7c11-7b60-a000-ffffb0a9d777","at":"2026-03-01T11:30:00Z","n":5,"took_ms":23}}]`
	c := facts.Compare(pipeline(t, one), pipeline(t, two), facts.CompareOptions{})
	if c.First != -1 || len(c.Ignored) != 3 {
		t.Errorf("%s, ignored %v", c.Verdict, c.Ignored)
	}
	three := strings.Replace(two, `"n":5`, `"n":6`, 1)
	if c := facts.Compare(pipeline(t, one), pipeline(t, three), facts.CompareOptions{}); c.First != 0 {
		t.Errorf("n differs: %s", c.Verdict)
	}
	if c := facts.Compare(pipeline(t, one), pipeline(t, three), facts.CompareOptions{Ignore: []string{"/output/n"}}); c.First != -1 {
		t.Errorf("n is ignored: %s", c.Verdict)
	}
}
