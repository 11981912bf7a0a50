package auth_test

import (
	"context"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/auth"
)

func TestAMemberSeesTheProjectsOfTheirRolesOnly(t *testing.T) {
	in := func(project int32, role xray.Role) []xray.ProjectRole {
		return []xray.ProjectRole{{Project: xray.Project{ID: project}, Role: role}}
	}
	for _, tc := range []struct {
		name        string
		member      xray.Member
		project     string
		wantProject string
		wantRole    xray.Role
		wantScope   xray.Scope
		wantCode    xray.Code
	}{
		{name: "without a name it is the default project", member: xray.Member{Role: xray.RoleMember}, wantProject: "default", wantRole: xray.RoleMember, wantScope: xray.ScopeRead},
		{name: "or the first that is seen", member: xray.Member{Role: xray.RoleNone, Projects: in(2, xray.RoleAdmin)}, wantProject: "shop", wantRole: xray.RoleAdmin, wantScope: xray.ScopeAdmin},
		{name: "or none", member: xray.Member{Role: xray.RoleNone}, wantCode: xray.CodeForbidden},
		{name: "a project by its name", member: xray.Member{Role: xray.RoleOwner}, project: "shop", wantProject: "shop", wantRole: xray.RoleOwner, wantScope: xray.ScopeAdmin},
		{name: "a project that is not seen", member: xray.Member{Role: xray.RoleNone, Projects: in(1, xray.RoleAdmin)}, project: "shop", wantCode: xray.CodeNotFound},
		{name: "a project that one is kept out of", member: xray.Member{Role: xray.RoleMember, Projects: in(2, xray.RoleNone)}, project: "shop", wantCode: xray.CodeNotFound},
		{name: "a project that is not there", member: xray.Member{Role: xray.RoleOwner}, project: "none", wantCode: xray.CodeNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := auth.NewGate(&keyring{}, auth.Options{}).Enter(t.Context(), tc.member, tc.project)
			if xray.ErrorCode(err) != tc.wantCode {
				t.Fatalf("error %v, want code %q", err, tc.wantCode)
			}
			if p.Project.Slug != tc.wantProject || p.Role != tc.wantRole || p.Scope != tc.wantScope {
				t.Errorf("got %q as %q with scope %q", p.Project.Slug, p.Role, p.Scope)
			}
			if err == nil && (p.User == nil || p.AnyProject) {
				t.Errorf("principal %+v", p)
			}
		})
	}
}

func TestAProjectThatIsNotSeenIsAsOneThatIsNotThere(t *testing.T) {
	gate := auth.NewGate(&keyring{}, auth.Options{})
	stranger := xray.Member{Role: xray.RoleNone}
	_, hidden := gate.Enter(t.Context(), stranger, "shop")
	_, absent := gate.Enter(t.Context(), stranger, "shoq")
	if strings.Replace(hidden.Error(), "shop", "shoq", 1) != absent.Error() {
		t.Errorf("%v\n%v", hidden, absent)
	}
}

// people knows one token.
type people struct{}

func (people) Use(_ context.Context, token, _ string) (xray.Session, xray.Member, string, error) {
	if token != "right" {
		return xray.Session{}, xray.Member{}, "", xray.Errorf(xray.CodeUnauthorized, "signed out")
	}
	return xray.Session{ID: 5}, xray.Member{User: xray.User{ID: 7}}, "next", nil
}

func (people) Still(_ context.Context, session int64) (xray.Member, error) {
	if session != 5 {
		return xray.Member{}, xray.Errorf(xray.CodeUnauthorized, "signed out")
	}
	return xray.Member{Role: xray.RoleNone, Projects: []xray.ProjectRole{{Project: projects["shop"], Role: xray.RoleViewer}}}, nil
}

func TestStillSignedIn(t *testing.T) {
	gate := auth.NewGate(&keyring{}, auth.Options{People: people{}})
	for _, tc := range []struct {
		name    string
		session int64
		project int32
		want    xray.Code
	}{
		{"is and sees the project", 5, 2, ""},
		{"is and does not see it any more", 5, 1, xray.CodeNotFound},
		{"is not any more", 6, 2, xray.CodeUnauthorized},
	} {
		if err := gate.Still(t.Context(), auth.Signed{Session: xray.Session{ID: tc.session}}, tc.project); xray.ErrorCode(err) != tc.want {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestSignedIn(t *testing.T) {
	gate := auth.NewGate(&keyring{}, auth.Options{People: people{}})
	if s, err := gate.SignedIn(t.Context(), "right", ""); err != nil || s.Session.ID != 5 || s.Member.User.ID != 7 || s.Fresh != "next" {
		t.Errorf("signed %+v, error %v", s, err)
	}
	for name, g := range map[string]*auth.Gate{"a wrong token": gate, "a server without people": auth.NewGate(&keyring{}, auth.Options{})} {
		if _, err := g.SignedIn(t.Context(), "wrong", ""); xray.ErrorCode(err) != xray.CodeUnauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
}
