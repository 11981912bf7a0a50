package xray_test

import (
	"testing"

	"github.com/xraytrace/xray"
)

func TestRolesRise(t *testing.T) {
	rising := []xray.Role{xray.RoleNone, xray.RoleViewer, xray.RoleMember, xray.RoleAdmin, xray.RoleOwner}
	for i, has := range rising {
		for j, want := range rising {
			if got := has.Allows(want); got != (i >= j && i > 0) {
				t.Errorf("%s allows what needs %s: %v", has, want, got)
			}
		}
		if xray.Role("").Allows(has) {
			t.Errorf("no role allows what needs %s", has)
		}
	}
}

func TestTheRoleInAProject(t *testing.T) {
	const shop, bank = 1, 2
	in := func(project int32, role xray.Role) []xray.ProjectRole {
		return []xray.ProjectRole{{Project: xray.Project{ID: project}, Role: role}}
	}
	for _, tc := range []struct {
		name   string
		member xray.Member
		want   xray.Role // in shop
	}{
		{"is that in the organisation", xray.Member{Role: xray.RoleMember}, xray.RoleMember},
		{"goes before that in the organisation", xray.Member{Role: xray.RoleViewer, Projects: in(shop, xray.RoleAdmin)}, xray.RoleAdmin},
		{"may be less", xray.Member{Role: xray.RoleMember, Projects: in(shop, xray.RoleNone)}, xray.RoleNone},
		{"does not hold in another project", xray.Member{Role: xray.RoleNone, Projects: in(bank, xray.RoleMember)}, xray.RoleNone},
		{"takes nothing from an admin of the organisation", xray.Member{Role: xray.RoleAdmin, Projects: in(shop, xray.RoleViewer)}, xray.RoleAdmin},
		{"takes nothing from an owner", xray.Member{Role: xray.RoleOwner, Projects: in(shop, xray.RoleNone)}, xray.RoleOwner},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.member.RoleIn(shop); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestEmailAddresses(t *testing.T) {
	for in, want := range map[string]string{
		" Ada@Example.COM ": "ada@example.com",
		"a+b@x.org":         "a+b@x.org",
		"Ada <ada@x.org>":   "",
		"ada":               "",
		"":                  "",
		"a@b@c":             "",
		"a b@x.org":         "",
		"ada@x.org\x00":     "",
	} {
		got, err := xray.ParseEmail(in)
		if got != want && err == nil || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, error %v, want %q", in, got, err, want)
		}
	}
}
