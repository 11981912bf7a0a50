package store_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/xraytrace/xray"
)

func TestEachStepVisitsWhatDetailsReturns(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	var steps []xray.Step
	for i := range 250 {
		steps = append(steps, span(1, i+1, min(i, 1), "step", 500-i, 501))
	}
	put(t, s, batchOf(t, theProject, steps...))
	want, err := s.Details(t.Context(), theProject, traceID(1))
	if err != nil {
		t.Fatal(err)
	}
	var got []xray.StepDetail
	err = s.EachStep(t.Context(), theProject, traceID(1), func(d xray.StepDetail) error {
		got = append(got, d)
		return nil
	})
	if err != nil || len(got) != 250 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d steps, want the %d of Details; error %v", len(got), len(want), err)
	}
	enough := errors.New("enough")
	if err := s.EachStep(t.Context(), theProject, traceID(1), func(xray.StepDetail) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("the visitor's error became %v", err)
	}
}
