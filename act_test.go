package xray_test

import (
	"testing"

	"github.com/xraytrace/xray"
)

func TestChangesNameWhatDiffersAndNothingElse(t *testing.T) {
	type settings struct {
		Policy string   `json:"policy"`
		Cap    *float64 `json:"cap,omitempty"`
		Rules  []string `json:"rules,omitempty"`
	}
	two := 2.0
	for _, tc := range []struct {
		name          string
		before, after settings
		want          string
	}{
		{"nothing differs", settings{Policy: "all"}, settings{Policy: "all"}, ""},
		{"a value is replaced", settings{Policy: "all", Cap: &two}, settings{Policy: "off", Cap: &two}, `{"policy":{"from":"all","to":"off"}}`},
		{"a value is set for the first time", settings{}, settings{Cap: &two}, `{"cap":{"to":2}}`},
		{"a value is taken away", settings{Cap: &two}, settings{}, `{"cap":{"from":2}}`},
		{"a list differs inside", settings{Rules: []string{"a"}}, settings{Rules: []string{"a", "b"}}, `{"rules":{"from":["a"],"to":["a","b"]}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := xray.Changes(tc.before, tc.after)
			if err != nil || string(got) != tc.want {
				t.Errorf("%s %v, want %s", got, err, tc.want)
			}
		})
	}
	if _, err := xray.Changes([]int{1}, settings{}); err == nil {
		t.Error("a list has no members to compare, and nothing was said")
	}
}

func TestThePrincipalSaysWhoActs(t *testing.T) {
	for _, tc := range []struct {
		name string
		p    xray.Principal
		want xray.Actor
	}{
		{"somebody who is signed in", xray.Principal{User: &xray.User{ID: 3, Email: "ada@example.com"}}, xray.Actor{Kind: xray.ActorUser, ID: "3", Name: "ada@example.com"}},
		{"a stored key", xray.Principal{Key: &xray.APIKey{ID: 7, Name: "ci"}}, xray.Actor{Kind: xray.ActorKey, ID: "7", Name: "ci"}},
		{"the master key", xray.Principal{AnyProject: true}, xray.Actor{Kind: xray.ActorMaster}},
		{"local mode", xray.Principal{AnyProject: true, Local: true}, xray.Actor{Kind: xray.ActorLocal}},
	} {
		if got := tc.p.Actor(); got != tc.want {
			t.Errorf("%s is %+v, want %+v", tc.name, got, tc.want)
		}
	}
}
