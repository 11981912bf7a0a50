package facts_test

import (
	"strings"
	"testing"

	"github.com/xraytrace/xray/reasoner/facts"
)

// relations lists the steps in the order in which they ended, each with its relation.
func relations(c facts.Comparison) string {
	var out []string
	for _, s := range c.Steps {
		out = append(out, s.Name+" "+string(s.Relation))
	}
	return strings.Join(out, ", ")
}

func TestStepsAreAlignedAsTheyCorrespond(t *testing.T) {
	const (
		root  = `{"name":"run","input":{"q":"x"},"output":1}`
		plan  = `{"name":"plan","input":"x","output":"p"}`
		one   = `{"name":"call","input":{"n":1},"output":"one"}`
		two   = `{"name":"call","input":{"n":2},"output":"two"}`
		three = `{"name":"call","input":{"n":3},"output":"three"}`
		sum   = `{"name":"sum","input":["one","two","three"],"output":6}`
	)
	list := func(steps ...string) string { return "[" + strings.Join(steps, ",") + "]" }
	base := list(root, plan, one, two, three, sum)
	for name, tc := range map[string]struct{ a, b, want, first string }{
		"the same": {base, base, "plan same, call same, call same, call same, sum same, run same", ""},
		"an inserted step": {base, list(root, plan, `{"name":"check","input":"p","output":true}`, one, two, three, sum),
			"plan same, check only_b, call same, call same, call same, sum same, run same", "check"},
		"a missing step": {base, list(root, one, two, three, sum),
			"plan only_a, call same, call same, call same, sum same, run same", "plan"},
		"a call less among its like": {base, list(root, plan, one, three, sum),
			"plan same, call same, call only_a, call same, sum same, run same", "call"},
		"a call repeated": {base, list(root, plan, one, two, two, three, sum),
			"plan same, call same, call same, call only_b, call same, sum same, run same", "call"},
		"parallel calls that began in another order": {base, list(root, plan, three, one, two, sum),
			"plan same, call same, call same, call same, sum same, run same", ""},
		"one of the parallel calls answered otherwise": {base, list(root, plan, three, one, strings.Replace(two, `"two"`, `"zwei"`, 1), sum),
			"plan same, call same, call origin, call same, sum same, run same", "call"},
	} {
		t.Run(name, func(t *testing.T) {
			c := facts.Compare(pipeline(t, tc.a), pipeline(t, tc.b), facts.CompareOptions{})
			got := relations(c)
			first := ""
			if c.First >= 0 {
				first = c.Steps[c.First].Name
			}
			if got != tc.want || first != tc.first {
				t.Errorf("got %s; first %q\nwant %s; first %q\n%s", got, first, tc.want, tc.first, c.Verdict)
			}
		})
	}
}

func TestAVerdictStaysShort(t *testing.T) {
	var a []string
	for i := range 30 {
		a = append(a, `{"id":"`+strings.Repeat("long name ", 9)+string(rune('a'+i))+`","n":1}`)
	}
	with := func(out string) string {
		return `[{"name":"run","input":1,"output":2},{"name":"search","input":{"q":"x"},"output":[` + out + `]}]`
	}
	c := facts.Compare(pipeline(t, with(strings.Join(a[:15], ","))), pipeline(t, with(strings.Join(a[15:], ","))), facts.CompareOptions{})
	if c.First < 0 || len(c.Verdict) > 330 || !strings.Contains(c.Verdict, "15 items missing") {
		t.Errorf("%d bytes: %s", len(c.Verdict), c.Verdict)
	}
}
