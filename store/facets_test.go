package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// manyKinds stores 12 executions: even ones are called a and fail every third
// time; odd ones are called b.
func manyKinds(t *testing.T, s *store.Store) {
	t.Helper()
	var steps []xray.Step
	for i := range 12 {
		root := span(i, 1, 0, []string{"a", "b"}[i%2], i, i+10)
		if i%6 == 0 {
			root = failing(root, "no")
		}
		root.Service = "shop"
		root.Model, root.ModelCall = fmt.Sprintf("model-%d", i%3), true
		root.Hints = &xray.ExecutionHints{
			Tags: []string{"all", fmt.Sprintf("t%d", i)}, Environment: "prod",
			Metadata: map[string]json.RawMessage{"user": json.RawMessage(fmt.Sprint(i)), "Region": json.RawMessage(`"eu"`)},
		}
		steps = append(steps, root, span(i, 2, 1, "Filter", i, i+5))
	}
	put(t, s, batchOf(t, theProject, steps...))
}

func facetText(f xray.Facet) string {
	var parts []string
	for _, v := range f.Values {
		parts = append(parts, fmt.Sprintf("%s %d", v.Value, v.Count))
	}
	if f.More {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

func TestFacets(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	manyKinds(t, s)
	for name, tc := range map[string]struct {
		where   []xray.Condition
		counted int64
		want    map[xray.Field]string
	}{
		"everything": {nil, 12, map[xray.Field]string{
			xray.FieldStatus: "ok 10, error 2", xray.FieldName: "a 6, b 6", xray.FieldService: "shop 12",
			xray.FieldModel: "model-0 4, model-1 4, model-2 4", xray.FieldTag: "all 12, t0 1, t1 1, …", xray.FieldEnvironment: "prod 12",
		}},
		"a facet does not know its own condition": {[]xray.Condition{xray.Is(xray.FieldStatus, "error")}, 2, map[xray.Field]string{
			xray.FieldStatus: "ok 10, error 2", xray.FieldName: "a 2", xray.FieldModel: "model-0 2",
		}},
		"two conditions": {[]xray.Condition{xray.Is(xray.FieldName, "a"), xray.Is(xray.FieldModel, "model-0")}, 2, map[xray.Field]string{
			xray.FieldStatus: "error 2", xray.FieldName: "a 2, b 2", xray.FieldModel: "model-0 2, model-1 2, model-2 2",
		}},
		"of executions that only their steps tell": {[]xray.Condition{xray.Is(xray.FieldStep, "Filter"), xray.Is(xray.FieldName, "a")}, 6, map[xray.Field]string{
			xray.FieldStatus: "ok 4, error 2", xray.FieldName: "a 6, b 6", xray.FieldTag: "all 6, t0 1, t10 1, …",
		}},
		"nothing": {[]xray.Condition{xray.Is(xray.FieldName, "c")}, 0, map[xray.Field]string{
			xray.FieldStatus: "", xray.FieldName: "a 6, b 6", xray.FieldTag: "",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields := []xray.Field{xray.FieldStatus, xray.FieldName, xray.FieldService, xray.FieldModel, xray.FieldTag, xray.FieldEnvironment}
			got, err := s.Facets(t.Context(), theProject, xray.FacetQuery{
				Filter: xray.Filter{Where: tc.where, Since: ms(0)}, Fields: fields, Limit: 3,
			})
			if err != nil || got.Counted != tc.counted || got.SearchedTo != 0 {
				t.Fatalf("counted %d to %d, error %v", got.Counted, got.SearchedTo, err)
			}
			for i, f := range got.Facets {
				if f.Field != fields[i] {
					t.Errorf("facet %d is of %s, want %s", i, f.Field, fields[i])
				}
				if want, ok := tc.want[f.Field]; ok && facetText(f) != want {
					t.Errorf("%s: %q, want %q", f.Field, facetText(f), want)
				}
			}
		})
	}
}

func TestFacetsAreOfTheLastDay(t *testing.T) {
	t.Parallel()
	s, _ := openAt(t, pgtest.New(t), aStart.Time().Add(25*time.Hour))
	manyKinds(t, s)
	put(t, s, batchOf(t, theProject, span(90, 1, 0, "new", 2*3600_000, 2*3600_000+1)))
	got, err := s.Facets(t.Context(), theProject, xray.FacetQuery{Fields: []xray.Field{xray.FieldName}, Limit: 3})
	if err != nil || got.Counted != 1 || facetText(got.Facets[0]) != "new 1" {
		t.Errorf("%+v, error %v", got, err)
	}
}

func TestValuesComplete(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	manyKinds(t, s)
	for name, tc := range map[string]struct {
		q    xray.ValueQuery
		want string
	}{
		"names":                       {xray.ValueQuery{Field: xray.FieldName}, "a 6, b 6"},
		"names that no selected has":  {xray.ValueQuery{Field: xray.FieldName, Filter: where(xray.Is(xray.FieldStatus, "error"))}, "a 2, b 0"},
		"in any letter case":          {xray.ValueQuery{Field: xray.FieldModel, Prefix: "MODEL-1"}, "model-1 4"},
		"a prefix with special signs": {xray.ValueQuery{Field: xray.FieldModel, Prefix: "m.*"}, ""},
		"tags":                        {xray.ValueQuery{Field: xray.FieldTag, Prefix: "t1", Limit: 2}, "t1 1, t10 1, …"},
		"models where a step ran":     {xray.ValueQuery{Field: xray.FieldModel, Prefix: "m", Filter: where(xray.Is(xray.FieldStep, "a"))}, "model-0 2, model-1 2, model-2 2"},
		"keys of metadata":            {xray.ValueQuery{Field: xray.FieldMeta}, "Region 12, user 12"},
		"values of metadata":          {xray.ValueQuery{Field: xray.FieldMeta, Key: "user", Prefix: "1"}, "1 1, 10 1, 11 1"},
		"values of an unknown key":    {xray.ValueQuery{Field: xray.FieldMeta, Key: "none"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.q.Limit == 0 {
				tc.q.Limit = 5
			}
			got, err := s.Values(t.Context(), theProject, tc.q)
			if err != nil || facetText(got) != tc.want {
				t.Errorf("%q, want %q; error %v", facetText(got), tc.want, err)
			}
		})
	}
	if _, err := s.Values(t.Context(), theProject, xray.ValueQuery{Field: xray.FieldCost, Limit: 1}); xray.ErrorCode(err) != xray.CodeInvalid {
		t.Errorf("values of a cost: %v, want invalid", err)
	}
}

func TestNamesOfStepsCompleteFromStatistics(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, c := openAt(t, url, aStart.Time().Add(time.Hour))
	put(t, s, batchOf(t, theProject, span(1, 1, 0, "run", 0, 1), span(1, 2, 1, "Filter", 0, 1), span(1, 3, 1, "filter again", 0, 1), span(1, 4, 1, "Filter", 0, 1)))
	c.set(aStart.Time().Add(2 * time.Hour))
	inBackground(t, s.Settle)
	allSettled(t, url)
	got, err := s.Values(t.Context(), theProject, xray.ValueQuery{Field: xray.FieldStep, Prefix: "FIL", Limit: 5})
	if err != nil || facetText(got) != "Filter 2, filter again 1" {
		t.Errorf("%q, error %v", facetText(got), err)
	}
}
