package store_test

import (
	"slices"
	"testing"
)

func TestIgnoredPathsAreOfANameInAProject(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	check := func(project int32, name string, want ...string) {
		t.Helper()
		if got, err := s.IgnoredPaths(t.Context(), project, name); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d %q ignores %q, error %v, want %q", project, name, got, err, want)
		}
	}
	set := func(paths ...string) {
		t.Helper()
		if err := s.SetIgnoredPaths(t.Context(), theProject, "find\x00", paths); err != nil {
			t.Fatal(err)
		}
	}
	check(theProject, "find\x00")
	set("/input/at", "/output/\x00")
	check(theProject, "find\x00", "/input/at", "/output/\uFFFD")
	check(theProject, "another")
	check(other.ID, "find\x00")
	set("/input")
	check(theProject, "find\x00", "/input")
	set()
	check(theProject, "find\x00")
}
