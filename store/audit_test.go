package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/xraytrace/xray"
)

func TestTheAuditLogTellsEachProjectItsOwnActs(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	by := xray.Actor{Kind: xray.ActorKey, ID: "4", Name: "ci", Address: "192.0.2.7"}
	told := []xray.Act{
		{ProjectID: theProject, Actor: by, Verb: "key.create", Object: "5", Detail: json.RawMessage(`{"scope":"read"}`)},
		{ProjectID: other.ID, Actor: by, Verb: "key.create", Object: "6"},
		{ProjectID: theProject, Actor: xray.Actor{Kind: xray.ActorCLI, Name: "root"}, Verb: "keynote.set"},
		{ProjectID: 0, Actor: xray.Actor{Kind: xray.ActorMaster}, Verb: "project.create", Object: "other"},
		{ProjectID: theProject, Actor: by, Verb: "key.revoke", Object: "nul\x00byte", Detail: json.RawMessage(`"` + strings.Repeat("x", 40<<10) + `"`)},
	}
	for _, a := range told {
		if err := s.RecordAct(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	told[4].Object, told[4].Detail = "nul�byte", json.RawMessage(`{"bytesNotKept":40962}`)
	for _, tc := range []struct {
		name string
		q    xray.ActQuery
		want []xray.Act
	}{
		{"a project's, newest first", xray.ActQuery{ProjectID: theProject, Limit: 9}, []xray.Act{told[4], told[2], told[0]}},
		{"another project's", xray.ActQuery{ProjectID: other.ID, Limit: 9}, []xray.Act{told[1]}},
		{"the server's", xray.ActQuery{Limit: 9}, []xray.Act{told[3]}},
		{"of a kind, whose name may begin another's", xray.ActQuery{ProjectID: theProject, Verb: "key", Limit: 9}, []xray.Act{told[4], told[0]}},
		{"of one verb", xray.ActQuery{ProjectID: theProject, Verb: "key.create", Limit: 9}, []xray.Act{told[0]}},
		{"a page", xray.ActQuery{ProjectID: theProject, Limit: 1}, []xray.Act{told[4]}},
	} {
		got, err := s.Acts(t.Context(), tc.q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(xray.Act{}, "ID", "At"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	first, err := s.Acts(t.Context(), xray.ActQuery{ProjectID: theProject, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := s.Acts(t.Context(), xray.ActQuery{ProjectID: theProject, Before: first[0].ID, Limit: 9})
	if err != nil || len(rest) != 2 || rest[0].Verb != "keynote.set" {
		t.Errorf("behind the first page: %+v %v", rest, err)
	}
}
