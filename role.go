package xray

import "slices"

// Role is what a person may do, in the organisation or in one project. A key
// has a [Scope] instead.
type Role string

const (
	// RoleNone sees nothing: a guest of the organisation, who has roles in some
	// of its projects only, or a member who is kept out of one project.
	RoleNone   Role = "none"
	RoleViewer Role = "viewer" // looks
	RoleMember Role = "member" // also asks, explains, saves views, gives feedback, takes notes
	RoleAdmin  Role = "admin"  // also settings, keys, webhooks, alerts, limits, members
	RoleOwner  Role = "owner"  // also the organisation, other owners, and deleting projects
)

// roles in rising order.
var roles = []Role{RoleNone, RoleViewer, RoleMember, RoleAdmin, RoleOwner}

// ParseRole reads a role. An error is CodeInvalid.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(roles, r) {
		return r, nil
	}
	return "", Errorf(CodeInvalid, "unknown role %q: use owner, admin, member, viewer or none", s)
}

// Allows reports whether role r may do what needs role want. No role at all
// ("") allows nothing.
func (r Role) Allows(want Role) bool {
	has := slices.Index(roles, r)
	return has > 0 && has >= slices.Index(roles, want)
}

// Words is the role as a sentence names it.
func (r Role) Words() string {
	switch r {
	case RoleOwner:
		return "an owner"
	case RoleAdmin:
		return "an admin"
	case RoleMember:
		return "a member"
	case RoleViewer:
		return "a viewer"
	}
	return "nobody"
}

// Scope is what a person of this role may do, in the words of keys: for code
// that looks at a principal's scope only. "" for a role that sees nothing.
func (r Role) Scope() Scope {
	switch {
	case r.Allows(RoleAdmin):
		return ScopeAdmin
	case r.Allows(RoleViewer):
		return ScopeRead
	}
	return ""
}
