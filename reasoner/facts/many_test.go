package facts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/facts"
)

func TestStability(t *testing.T) {
	var runs []facts.Execution
	for i := range 4 {
		runs = append(runs, pipeline(t, fmt.Sprintf(`[{"name":"run","input":{"q":"x"},"output":1},
			{"name":"steady","input":{"a":1,"request_id":"0198f0a2-7c11-7b60-a000-1c22b0a9d00%d"},"output":{"b":2,"at":"2026-03-0%dT10:00:00Z"}},
			{"name":"wobbly","input":{"a":1},"output":{"b":%d}},
			{"name":"once","input":{"n":%d},"output":{"b":%d}}]`, i, i+1, i/2, i, i)))
	}
	got := facts.Stability(runs, nil)
	if len(got) != 3 || got[0].Name != "wobbly" || got[0].Share != 1 || len(got[0].Example) != 2 || got[1].Share != 0 {
		t.Errorf("%+v", got)
	}
}

func TestStabilityLeavesOutWhatIsIgnored(t *testing.T) {
	var runs []facts.Execution
	for i := range 2 {
		runs = append(runs, pipeline(t, fmt.Sprintf(`[{"name":"rank","input":{"seed":%d,"n":1},"output":[{"score":%d,"id":"a"}]}]`, i, i)))
	}
	if got := facts.Stability(runs, []string{"/input/seed"}); len(got) != 1 || got[0].Unstable != 1 {
		t.Errorf("the same input but for what is ignored, another output: %+v", got)
	}
	if got := facts.Stability(runs, []string{"/input/seed", "/output/*/score"}); len(got) != 1 || got[0].Unstable != 0 {
		t.Errorf("the same output but for what is ignored: %+v", got)
	}
}

func TestContrastFindsWhatTellsGroupsApart(t *testing.T) {
	var good, bad []facts.Execution
	for i := range 6 {
		good = append(good, pipeline(t, strings.ReplaceAll(demo, `"category":"",`, `"category":"Kitchen",`)))
		changed := strings.ReplaceAll(demo, `"min_rating":4`, `"min_rating":4.85`)
		if i%2 == 0 {
			changed = strings.ReplaceAll(changed, `"name":"keywords","type":"llm"`, `"name":"keywords","type":"llm","model":"tiny-1"`)
		}
		bad = append(bad, pipeline(t, changed))
	}
	got := facts.Contrast(bad, good)
	var texts []string
	for _, c := range got {
		texts = append(texts, c.Text)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"/input/min_rating", "tiny-1", "empty_parameter"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not among the differences:\n%s", want, all)
		}
	}
	if got := facts.Contrast(good, good); len(got) != 0 {
		t.Errorf("a group differs from itself: %+v", got)
	}
	if got := facts.Contrast(good[:2], bad); got != nil {
		t.Error("two runs are no group")
	}
}

// What was not read is said, and not taken for health.
func TestWhatIsLeftOutIsSaid(t *testing.T) {
	e := facts.Execution{Steps: []xray.StepDetail{step(1, 0, "run", 0, 100, `{"q":1}`, `{"n":1}`)}}
	long := `"` + strings.Repeat("word ", 1<<20) + `"`
	for i := range byte(8) {
		e.Steps = append(e.Steps, step(i+2, 1, "load", xray.Nano(i), xray.Nano(i)+1, long, `1`))
	}
	e.Steps[1].Input, e.Steps[1].Output, e.Steps[1].HasPayload = nil, nil, true // it has expired
	r := facts.Compute(e, nil)
	last := r.Facts[len(r.Facts)-1]
	if last.Kind != facts.KindLeftOut || string(last.Values["steps"]) != "2" || !strings.Contains(last.Text, "5.0 MB") {
		t.Errorf("the last fact is %+v", last)
	}
	if r = facts.Compute(pipeline(t, demo), nil); r.Facts[len(r.Facts)-1].Kind == facts.KindLeftOut {
		t.Error("nothing was left out")
	}
}

func TestArrayElementsBeyondTheLimitAreCounted(t *testing.T) {
	ids := "[" + strings.Repeat(`{"id":1},`, 109_999) + `{"id":1}]`
	e := facts.Execution{Steps: []xray.StepDetail{step(1, 0, "run", 0, 100, `{"q":1}`, `{"a":`+ids+`,"b":`+ids+`,"c":`+ids+`}`)}}
	r := facts.Compute(e, nil)
	last := r.Facts[len(r.Facts)-1]
	if last.Kind != facts.KindLeftOut || string(last.Values["items"]) != "110000" || !strings.Contains(last.Text, "110000 array elements") {
		t.Errorf("the last fact is %+v", last)
	}
	if left := facts.Follow(e).LeftOut(); left.Items < 110_000 {
		t.Errorf("the lineage left out %+v", left)
	}
}
