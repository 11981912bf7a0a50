package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

// betterFacts finds what an update of X-Ray would.
type betterFacts struct{ seen *[]xray.TraceID }

func (b betterFacts) FromFacts(_ context.Context, _ int32, id xray.TraceID) (xray.Explanation, error) {
	*b.seen = append(*b.seen, id)
	if id == traceID(4) {
		return xray.Explanation{}, xray.Errorf(xray.CodeInvalid, "The execution no longer exists.")
	}
	x := anExplanation(id)
	x.Facts[0].ID = "F3" // what was most telling is so no more
	return xray.Explanation{
		Facts:    []xray.Fact{{ID: "F1", Kind: "new", Text: "Found since"}, x.Facts[1], x.Facts[0]},
		Headline: "Better", Funnel: []int64{7}, Profile: json.RawMessage(`{"new":1}`),
		Reasonings: []xray.Reasoning{
			{Source: xray.SourceFacts, Headline: "Better", VerifiedRate: 1},
			{Source: xray.SourceFacts, StepID: spanID(2), Headline: "Better step", VerifiedRate: 1},
		},
	}, nil
}

func TestFactsAreFoundAnew(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	inBackground(t, s.Settle)
	inBackground(t, func(ctx context.Context) error {
		return s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
			x := anExplanation(job.TraceID)
			if job.TraceID != traceID(1) { // only the first was written by a model
				x.Reasonings[0].Source = xray.SourceFacts
			}
			return x, nil
		}))
	})
	for i := 6; i >= 1; i-- {
		put(t, s, batchOf(t, theProject, withPayload(span(i, 1, 0, "ask", i*10, i*10+5)), span(i, 2, 1, "filter", i*10, i*10+1)))
	}
	silent := span(7, 1, 0, "silent", 1, 2)
	silent.Hints = &xray.ExecutionHints{AutoReasoning: new(false)}
	put(t, s, batchOf(t, theProject, silent))
	for i := 1; i <= 6; i++ {
		jobIn(t, s, traceID(i), xray.JobCompleted)
	}
	settled(t, s, traceID(7))
	exec(t, url, fmt.Sprintf("UPDATE executions SET first_segment = 1 WHERE trace_id = '%s'", traceID(5))) // its payloads have expired

	var seen []xray.TraceID
	last := 0
	if err := s.Recompute(t.Context(), betterFacts{&seen}, func(done int) { last = done }); err != nil {
		t.Fatal(err)
	}
	if want := []xray.TraceID{traceID(1), traceID(2), traceID(3), traceID(4), traceID(6)}; !slices.Equal(seen, want) || last != len(want) {
		t.Errorf("explained %v, want %v, the oldest first; %d counted", seen, want, last)
	}
	for i, want := range map[int]string{1: "Nothing was left", 2: "Better", 4: "Nothing was left", 5: "Nothing was left", 6: "Better", 7: "1 step in 1 ms"} {
		if e := settled(t, s, traceID(i)); e.Headline != want || (want == "Better") != slices.Equal(e.Funnel, []int64{7}) && i != 1 {
			t.Errorf("execution %d: headline %q, funnel %v", i, e.Headline, e.Funnel)
		}
	}
	facts, err := s.Facts(t.Context(), theProject, traceID(1))
	if err != nil || len(facts) != 3 || facts[0].Kind != "new" {
		t.Errorf("facts %+v, error %v", facts, err)
	}
	reasonings, err := s.Reasonings(t.Context(), theProject, traceID(1))
	if err != nil || len(reasonings) != 2 || reasonings[0].Source != xray.SourceModel || reasonings[1].Headline != "Better step" {
		t.Fatalf("reasonings %+v, error %v", reasonings, err)
	}
	if diff := cmp.Diff([]string{"F3"}, reasonings[0].Claims[0].Facts); diff != "" {
		t.Errorf("the claim does not cite the fact it did, under its new number:\n%s", diff)
	}
}
