package store_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/xraytrace/xray"
)

func TestViewsBelongToTheirProject(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	ctx := t.Context()
	other, err := s.CreateProject(ctx, "other")
	if err != nil {
		t.Fatal(err)
	}
	slow, err := s.CreateView(ctx, theProject, xray.View{Name: "slow", Query: "duration:>2s", Columns: []string{"name", "cost"}, Range: "24h"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateView(ctx, theProject, xray.View{Name: "errors", Query: "status:error"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateView(ctx, other.ID, xray.View{Name: "slow", Query: "duration:>9s"}); err != nil {
		t.Errorf("another project has a view of the name: %v", err)
	}
	if all, err := s.Views(ctx, theProject); err != nil || len(all) != 2 || all[0].Name != "errors" || !reflect.DeepEqual(all[1], slow) {
		t.Errorf("views %+v, error %v", all, err)
	}
	slow.Query = "duration:>3s"
	if got, err := s.ReplaceView(ctx, theProject, slow); err != nil || got.Query != slow.Query || got.ID != slow.ID {
		t.Errorf("replaced: %+v, error %v", got, err)
	}
	for name, err := range map[string]error{
		"a name that is taken":        second(s.CreateView(ctx, theProject, xray.View{Name: "errors"})),
		"another view's name":         second(s.ReplaceView(ctx, theProject, xray.View{ID: slow.ID, Name: "errors"})),
		"another project replaces it": second(s.ReplaceView(ctx, other.ID, slow)),
		"another project deletes it":  s.DeleteView(ctx, other.ID, slow.ID),
	} {
		want := xray.CodeConflict
		if name[0:7] == "another" && name != "another view's name" {
			want = xray.CodeNotFound
		}
		if xray.ErrorCode(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if err := s.DeleteView(ctx, theProject, slow.ID); err != nil {
		t.Error(err)
	}
	if err := s.DeleteView(ctx, theProject, slow.ID); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestViewsAreNotManyWithoutEnd(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	for i := range xray.MaxViews {
		if _, err := s.CreateView(t.Context(), theProject, xray.View{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.CreateView(t.Context(), theProject, xray.View{Name: "one more"}); xray.ErrorCode(err) != xray.CodeConflict {
		t.Errorf("one more: %v, want a conflict", err)
	}
}

func second[T any](_ T, err error) error { return err }
