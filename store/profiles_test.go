package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
)

func TestProfilesAreThoseOfEarlierRunsOfTheName(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	inBackground(t, s.Settle)
	inBackground(t, func(ctx context.Context) error {
		return s.RunJobs(ctx, explainerFunc(func(_ context.Context, job xray.ReasoningJob) (xray.Explanation, error) {
			x := xray.Explanation{Headline: "done"}
			if job.TraceID != traceID(3) { // one that left none
				x.Profile = json.RawMessage(fmt.Sprintf(`{"of":%d}`, job.TraceID[15]))
			}
			return x, nil
		}))
	})
	for i := 1; i <= 5; i++ {
		put(t, s, batchOf(t, theProject, withPayload(span(i, 1, 0, "ask", i, i+1))))
	}
	put(t, s, batchOf(t, theProject, withPayload(span(6, 1, 0, "another", 1, 2))))
	for i := 1; i <= 6; i++ {
		jobIn(t, s, traceID(i), xray.JobCompleted)
	}
	of := func(i, limit int) []string {
		t.Helper()
		e, err := s.Execution(t.Context(), theProject, traceID(i).String())
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Profiles(t.Context(), e, limit)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, raw := range found {
			texts = append(texts, string(raw))
		}
		return texts
	}
	if diff := cmp.Diff([]string{`{"of":4}`, `{"of":2}`, `{"of":1}`}, of(5, 50)); diff != "" {
		t.Errorf("before the fifth:\n%s", diff)
	}
	if diff := cmp.Diff([]string{`{"of":4}`}, of(5, 1)); diff != "" {
		t.Errorf("only the last:\n%s", diff)
	}
	if got := of(1, 50); got != nil {
		t.Errorf("before the first: %q", got)
	}
	if err := s.Delete(t.Context(), theProject, traceID(4)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"of":2}`, `{"of":1}`}, of(5, 50)); diff != "" {
		t.Errorf("after the fourth was deleted:\n%s", diff)
	}
}
