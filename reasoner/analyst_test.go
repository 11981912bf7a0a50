package reasoner_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner"
)

// archive holds executions in memory, newest last.
type archive struct {
	runs []run
	read []xray.TraceID // whose payloads were read

	ignored []string
}

func (a *archive) IgnoredPaths(context.Context, int32, string) ([]string, error) {
	return a.ignored, nil
}

type run struct {
	xray.Execution
	steps []xray.StepDetail
}

func (a *archive) Execution(_ context.Context, _ int32, ref string) (xray.Execution, error) {
	for _, r := range a.runs {
		if ref == r.TraceID.String() || ref == r.ExecutionID {
			return r.Execution, nil
		}
	}
	return xray.Execution{}, xray.Errorf(xray.CodeNotFound, "there is no execution %q", ref)
}

func (a *archive) Executions(_ context.Context, _ int32, q xray.ExecutionQuery) (xray.ExecutionPage, error) {
	var page xray.ExecutionPage
	for _, r := range slices.Backward(a.runs) {
		if r.Name == q.Where[0].Values[0].Text && len(page.Executions) < q.Limit {
			page.Executions = append(page.Executions, r.Execution)
		}
	}
	return page, nil
}

func (a *archive) Details(_ context.Context, _ int32, id xray.TraceID) ([]xray.StepDetail, error) {
	a.read = append(a.read, id)
	for _, r := range a.runs {
		if r.TraceID == id {
			return slices.Clone(r.steps), nil
		}
	}
	return nil, xray.Errorf(xray.CodeNotFound, "there is no execution %s", id)
}

// add records a search and a filter that keeps what is rated best or more.
func (a *archive) add(name string, best float64, items ...string) string {
	n := byte(len(a.runs) + 1)
	r := run{Execution: xray.Execution{
		ProjectID: 1, TraceID: xray.TraceID{n}, ExecutionID: fmt.Sprintf("run-%d", n), Name: name, Status: xray.StatusOK, Start: xray.Nano(n) * 1e12, StepCount: 2, Settled: true,
	}}
	var all, kept []string
	for i, title := range items {
		item := fmt.Sprintf(`{"id":"P%d","title":%q,"rating":%d}`, i+1, title, i+1)
		if all = append(all, item); float64(i+1) >= best {
			kept = append(kept, item)
		}
	}
	step := func(id byte, name, in, out string) {
		r.steps = append(r.steps, xray.StepDetail{
			Step: xray.Step{TraceID: r.TraceID, SpanID: xray.SpanID{id}, Name: name, Type: xray.TypeFunction, Status: xray.StatusOK,
				Start: r.Start + xray.Nano(id)*1e9, End: r.Start + xray.Nano(id)*1e9 + 5e8, HasPayload: true},
			Input: json.RawMessage(in), Output: json.RawMessage(out),
		})
	}
	list := "[" + strings.Join(all, ",") + "]"
	step(1, "search", `{"query":"bottle"}`, list)
	step(2, "filter", fmt.Sprintf(`{"min_rating":%g,"items":%s}`, best, list), "["+strings.Join(kept, ",")+"]")
	a.runs = append(a.runs, r)
	return r.ExecutionID
}

var bottles = []string{"Glass bottle", "Steel bottle", "Water bottle", "Wine bottle", "Baby bottle"}

func TestAnItemIsFollowedThroughItsPipeline(t *testing.T) {
	a := &archive{}
	a.add("find", 2, bottles...)
	a.add("another pipeline", 2, bottles...)
	id := a.add("find", 4, bottles...)
	for range 30 {
		a.add("find", 1, bottles[3:]...)
	}
	an := reasoner.NewAnalyst(a)
	trail, err := an.Item(t.Context(), 1, id, "p3")
	if err != nil || trail.LeftAt != (xray.SpanID{2}) || trail.Label != "Water bottle" || len(trail.Stops) != 2 {
		t.Fatalf("trail %+v, error %v", trail, err)
	}
	if trail.LookedAt != 20 || len(trail.Elsewhere) != 0 {
		t.Errorf("looked at %d, found in %d", trail.LookedAt, len(trail.Elsewhere))
	}
	if len(a.read) != 21 {
		t.Errorf("%d executions were read for one question", len(a.read))
	}
	a.runs = a.runs[:3]
	if trail, err = an.Item(t.Context(), 1, id, "P3"); err != nil || trail.LookedAt != 1 || len(trail.Elsewhere) != 1 || !trail.Elsewhere[0].Passport.LeftAt.IsZero() {
		t.Errorf("elsewhere it came through: %+v, error %v", trail, err)
	}
	if _, err := an.Item(t.Context(), 1, id, "nothing"); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("an unknown item: %v", err)
	}
	a.runs[0].StepCount = 20_000 // more than may be read besides
	if trail, err = an.Item(t.Context(), 1, id, "P3"); err != nil || trail.LookedAt != 1 {
		t.Errorf("at the bound: %+v, error %v", trail, err)
	}
	a.runs[0].StepCount = 20_001
	if trail, err = an.Item(t.Context(), 1, id, "P3"); err != nil || trail.LookedAt != 0 {
		t.Errorf("beyond the bound: %+v, error %v", trail, err)
	}
	if _, err := an.Funnel(t.Context(), 1, "run-1"); xray.ErrorCode(err) != xray.CodeTooLarge {
		t.Errorf("an execution beyond the bound: %v", err)
	}
}

// Pages hold every item once, and the passports agree with the funnel.
func TestPassportsAgreeWithTheFunnel(t *testing.T) {
	a := &archive{}
	an := reasoner.NewAnalyst(a)
	id := a.add("find", 4, bottles...)
	funnel, err := an.Funnel(t.Context(), 1, id)
	if err != nil || len(funnel.Stations) != 1 {
		t.Fatalf("funnel %+v, error %v", funnel, err)
	}
	var keys []string
	left := 0
	for from := 0; ; {
		page, err := an.Items(t.Context(), 1, id, "", from, 2)
		if err != nil || page.Total != len(bottles) {
			t.Fatalf("page %+v, error %v", page, err)
		}
		for _, it := range page.Items {
			keys = append(keys, it.Key)
			trail, err := an.Item(t.Context(), 1, id, it.Key)
			if err != nil || trail.Item != it {
				t.Errorf("listed as %+v, passport %+v, error %v", it, trail.Item, err)
			}
			if it.LeftAt == funnel.Stations[0].Step {
				left++
			}
		}
		if from = page.Next; from == 0 {
			break
		}
	}
	slices.Sort(keys)
	if got := strings.Join(keys, " "); got != "P1 P2 P3 P4 P5" {
		t.Errorf("pages hold %s", got)
	}
	if st := funnel.Stations[0]; left != st.Dropped || st.In != len(bottles) {
		t.Errorf("%d items left at %+v", left, st)
	}
	if page, _ := an.Items(t.Context(), 1, id, "STEEL", 0, 50); len(page.Items) != 1 || page.Items[0].Key != "P2" {
		t.Errorf("search found %+v", page.Items)
	}
	if why, err := an.WhyNot(t.Context(), 1, id, "phone case"); err != nil || why.Match != xray.MatchNever || len(why.Searches) != 1 {
		t.Errorf("why not: %+v, error %v", why, err)
	}
}

func TestRunsAreCompared(t *testing.T) {
	a := &archive{}
	an := reasoner.NewAnalyst(a)
	for range 4 {
		a.add("find", 2, bottles...)
	}
	for range 3 {
		a.add("find", 5, bottles...)
	}
	if c, err := an.Compare(t.Context(), 1, "run-1", "run-1", nil); err != nil || c.First != -1 {
		t.Errorf("with itself: %+v, error %v", c, err)
	}
	c, err := an.Compare(t.Context(), 1, "run-1", "run-5", nil)
	if err != nil || c.First < 0 || c.Steps[c.First].Name != "filter" || c.A.ExecutionID != "run-1" || c.B.ExecutionID != "run-5" {
		t.Errorf("with another: %+v, error %v", c, err)
	}
	if c, err := an.Compare(t.Context(), 1, "run-1", "run-5", []string{"/input/min_rating", "/output"}); err != nil || len(c.Steps[1].Input.Changes) != 0 {
		t.Errorf("what is ignored is compared: %+v, error %v", c, err)
	}
	a.ignored = []string{"/output"}
	if c, err := an.Compare(t.Context(), 1, "run-1", "run-5", []string{"/input/min_rating"}); err != nil || len(c.Steps[1].Input.Changes) != 0 || len(c.Steps[1].Output.Changes) != 0 {
		t.Errorf("what the pipeline ignores is compared: %+v, error %v", c, err)
	}
	if _, err := an.Compare(t.Context(), 1, "run-1", "run-5", []string{"min_rating"}); xray.ErrorCode(err) != xray.CodeInvalid {
		t.Errorf("no pointer: %v", err)
	}
	got, err := an.Contrast(t.Context(), 1, []string{"run-5", "run-6", "run-7", "run-7"}, nil)
	if err != nil || got.Selected != 3 || got.Baseline != 4 || len(got.Differences) == 0 || got.Differences[0].Step != "filter" {
		t.Errorf("contrast %+v, error %v", got, err)
	}
	for _, groups := range [][2][]string{{{"run-1", "run-2"}, nil}, {{"run-1", "run-2", "run-3"}, {"run-3", "run-4", "run-5"}}} {
		if _, err := an.Contrast(t.Context(), 1, groups[0], groups[1]); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("groups %v: %v", groups, err)
		}
	}
	stable, err := an.Stability(t.Context(), 1, "find", 30)
	if err != nil || stable.LookedAt != 7 || len(stable.Steps) != 2 || stable.Steps[0].Share != 0 {
		t.Errorf("stability %+v, error %v", stable, err)
	}
	if _, err := an.Stability(t.Context(), 1, "none", 30); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("an unknown pipeline: %v", err)
	}
}

func TestWhoDoesNotWaitLeavesTheQueue(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &archive{}
	an := reasoner.NewAnalyst(a)
	for range 50 { // either way is taken when both are open
		if _, err := an.Funnel(ctx, 1, "x"); err == nil {
			t.Fatal("an execution that is not there has a funnel")
		}
	}
	if _, err := an.Funnel(t.Context(), 1, a.add("find", 1, bottles...)); err != nil {
		t.Errorf("nobody is left in the queue, and yet: %v", err)
	}
}
