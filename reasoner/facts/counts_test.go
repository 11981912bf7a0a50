package facts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

func TestCountsAreOfEveryStepThatHasToDoWithItems(t *testing.T) {
	items := `[{"id":"a","rating":5},{"id":"b","rating":3},{"id":"c","rating":1}]`
	e := facts.Execution{Steps: []xray.StepDetail{
		step(1, 0, "think", 1, 2, `{"q":"cases"}`, `"phone cases"`),
		step(2, 0, "search", 3, 4, `{"q":"phone cases"}`, items),
		step(3, 0, "filter", 5, 6, `{"items":`+items+`}`, `[{"id":"a","rating":5}]`),
		step(4, 0, "search again", 7, 8, `{"q":"tablets"}`, `{"results":[]}`),
		step(5, 0, "search bare", 9, 10, `{"q":"tablets"}`, `[]`),
	}}
	var got []string
	for _, c := range facts.Compute(e, nil).Counts {
		got = append(got, fmt.Sprintf("%s %d→%d -%d", c.Name, c.In, c.Out, c.Dropped))
	}
	want := "filter 3→1 -2, search 0→3 -0, search again 0→0 -0, search bare 0→0 -0"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

func TestCountsSayWhyItemsWereDropped(t *testing.T) {
	items := `[{"id":"a","name":"Ann","kind":"cup"},{"id":"b","name":"Bob","kind":"lid"},{"id":"c","name":"Cy","kind":"cup"},{"id":"d","name":"Di","kind":"lid"},{"id":"e","name":"Ed","kind":"lid"},{"id":"f","name":"Flo","kind":"cup"}]`
	kept := `[{"id":"a","name":"Ann","kind":"cup"},{"id":"c","name":"Cy","kind":"cup"},{"id":"f","name":"Flo","kind":"cup"}]`
	recorded := step(2, 0, "check", 3, 4, `{}`, `{}`)
	recorded.Items = &xray.ItemRecord{
		Kept: []xray.ItemDecision{{Key: "a"}},
		Dropped: []xray.ItemDecision{
			{Key: "b", Reason: "too dear"}, {Key: "c", Reason: "too old"}, {Key: "d", Reason: "too old"},
		},
	}
	e := facts.Execution{Steps: []xray.StepDetail{
		step(1, 0, "filter", 1, 2, `{"kind":"cup","items":`+items+`}`, kept),
		recorded,
	}}
	got := map[string][]xray.Drop{}
	for _, c := range facts.Compute(e, nil).Counts {
		got[c.Name] = c.Drops
	}
	want := map[string][]xray.Drop{
		"filter": {{Text: "kind = “cup”", Items: 3, Sample: "Bob"}},
		"check":  {{Text: "too old", Items: 2, Sample: "c"}, {Text: "too dear", Items: 1, Sample: "b"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
