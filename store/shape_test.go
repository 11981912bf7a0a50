package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

func released(step xray.Step, release string) xray.Step {
	step.Hints = &xray.ExecutionHints{Release: release}
	return step
}

func TestShapeIsThatOfTheNewestExecutions(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, _ := openAt(t, url, aStart.Time().Add(time.Hour))
	const minute = 60_000
	put(t, s, batchOf(t, theProject,
		released(span(1, 1, 0, "find", 0, 100), "1.0"), span(1, 2, 1, "filter", 50, 60), span(1, 3, 1, "search", 10, 20),
		released(span(2, 1, 0, "find", 10*minute, 10*minute+100), "1.0"), span(2, 3, 1, "search", 10*minute+1, 10*minute+2),
		released(span(3, 1, 0, "find", 20*minute, 20*minute+100), "1.1"),
		span(3, 3, 1, "search", 20*minute+1, 20*minute+2), span(3, 4, 1, "search", 20*minute+3, 20*minute+4), span(3, 5, 1, "search", 20*minute+5, 20*minute+6),
		span(3, 6, 9, "astray", 20*minute+90, 20*minute+91), // its parent has not come
		span(4, 1, 0, "another", 20*minute, 20*minute+1),
	))
	station := func(trace, step int, rows string) {
		exec(t, url, fmt.Sprintf(`INSERT INTO facts (project_id, trace_id, name, start_nano, facts, profile, stations)
			SELECT project_id, trace_id, name, start_nano, '[]', '{}', '[%s]' FROM executions WHERE trace_id = '%s'`,
			fmt.Sprintf(rows, spanID(step)), traceID(trace)))
	}
	station(1, 2, `{"s":"%s","n":"filter","i":10,"o":4,"d":6,"w":[{"t":"price ≤ 9.5","k":5,"x":"a cup"},{"k":1,"x":"a lid"}]}`)
	station(2, 3, `{"s":"%s","n":"filter","i":20,"o":0,"d":20,"w":[{"t":"price ≤ 12","k":20,"x":"a pan"}]}`)
	station(3, 3, `{"s":"%s","i":9,"o":9,"d":0}`) // written before stations had names

	got, err := s.Shape(t.Context(), theProject, "find", xray.StatsQuery{Since: aStart, Until: aStart + xray.Nano(time.Hour), Buckets: 6})
	if err != nil {
		t.Fatal(err)
	}
	want := xray.Shape{
		StatsRange: got.StatsRange,
		LookedAt:   3, Counted: 2,
		Steps: []xray.ShapeStep{
			{Name: "find", Runs: 3, Calls: 1},
			{Name: "search", Depth: 1, Runs: 3, Calls: 1},
			{Name: "filter", Depth: 1, Runs: 1, Calls: 1, Items: &xray.ItemFlow{Calls: 2, In: 10, Out: 0, DropRate: 26.0 / 30, Dropped: 26}},
			{Name: "astray", Runs: 1, Calls: 1},
		},
		Drops: []xray.DropSum{
			{Step: "filter", Text: "price ≤ 12", Items: 25, Executions: 2, Sample: "a pan", Example: xray.StepRef{Trace: traceID(2), Step: spanID(3)}},
			{Step: "filter", Text: "", Items: 1, Executions: 1, Sample: "a lid", Example: xray.StepRef{Trace: traceID(1), Step: spanID(2)}},
		},
		Releases: []xray.ReleaseSeen{{Release: "1.0", At: aStart, TraceID: traceID(1)}, {Release: "1.1", At: ms(20 * minute), TraceID: traceID(3)}},
	}
	for i := range got.Steps {
		got.Steps[i].Type = "" // what spans of the tests are
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	later, err := s.Shape(t.Context(), theProject, "find", xray.StatsQuery{Since: ms(15 * minute), Until: aStart + xray.Nano(time.Hour), Buckets: 60})
	if err != nil || len(later.Releases) != 1 || later.Releases[0].Release != "1.1" {
		t.Errorf("a release that ran before the range: %+v, error %v", later.Releases, err)
	}
	none, err := s.Shape(t.Context(), theProject+1, "find", xray.StatsQuery{Since: aStart, Until: aStart + 1, Buckets: 2})
	if err != nil || len(none.Steps)+len(none.Drops)+len(none.Releases) != 0 {
		t.Errorf("another project: %+v, error %v", none, err)
	}
}

func TestShapeEndsWithStepsInACircle(t *testing.T) {
	t.Parallel()
	s, _ := openAt(t, pgtest.New(t), aStart.Time().Add(time.Hour))
	put(t, s, batchOf(t, theProject, span(1, 1, 2, "a", 0, 1), span(1, 2, 1, "b", 1, 2), span(1, 3, 3, "itself", 2, 3)))
	list, err := s.Executions(t.Context(), theProject, xray.ExecutionQuery{})
	if err != nil || len(list.Executions) != 1 {
		t.Fatalf("%+v, error %v", list, err)
	}
	got, err := s.Shape(t.Context(), theProject, list.Executions[0].Name, xray.StatsQuery{Since: aStart, Until: aStart + xray.Nano(time.Hour), Buckets: 6})
	if err != nil || len(got.Steps) != 3 {
		t.Errorf("%+v, error %v, want each of the three steps once", got.Steps, err)
	}
}
