package xray

import (
	"net/mail"
	"strings"
	"time"
)

// User is a person who can sign in.
type User struct {
	ID          int64
	Email       string // as [ParseEmail] writes it
	Name        string
	HasPassword bool
	Issuer      string // of the OpenID Connect identity that is linked, "" for none
	CreatedAt   time.Time
	LastLoginAt *time.Time
}

// ParseEmail reads an address that names a person: without a display name, in
// lower case, since no mail server in use tells people apart by case. An error
// is CodeInvalid.
func ParseEmail(s string) (string, error) {
	const most = 254 // RFC 5321, 4.5.3.1.3
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > most || strings.ContainsAny(s, "\x00\" <>") {
		return "", Errorf(CodeInvalid, "%.300q is no e-mail address: write it as in ada@example.com", s)
	}
	return s, nil
}

// Organisation is whom a server belongs to; a server has one.
type Organisation struct {
	ID        int32
	Name      string
	CreatedAt time.Time
}

// ProjectRole is a role that somebody has in one project in place of that in
// the organisation.
type ProjectRole struct {
	Project Project
	Role    Role
}

// Member is a user in the organisation.
type Member struct {
	User     User
	Role     Role // in the organisation; holds in every project unless Projects says otherwise
	Projects []ProjectRole
	Since    time.Time
}

// RoleIn is the member's role in a project. Owners and admins of the
// organisation are that everywhere: they could give themselves any role back.
func (m Member) RoleIn(project int32) Role {
	if m.Role.Allows(RoleAdmin) {
		return m.Role
	}
	for _, p := range m.Projects {
		if p.Project.ID == project {
			return p.Role
		}
	}
	return m.Role
}

// Check finds what cannot be in a member's roles: an owner is one of the whole
// organisation. An error is CodeInvalid.
func (m Member) Check() error {
	if _, err := ParseRole(string(m.Role)); err != nil {
		return err
	}
	seen := map[int32]bool{}
	for _, p := range m.Projects {
		if _, err := ParseRole(string(p.Role)); err != nil {
			return err
		}
		if p.Role == RoleOwner {
			return Errorf(CodeInvalid, "a project has no owner of its own: use admin in project %s, or make the person an owner of the organisation", p.Project.Slug)
		}
		if seen[p.Project.ID] {
			return Errorf(CodeInvalid, "project %s is named twice: give one role in it", p.Project.Slug)
		}
		seen[p.Project.ID] = true
	}
	return nil
}

// Invitation offers somebody to become a member. Its secret is in the link that
// was shown when it was made, and nowhere else.
type Invitation struct {
	ID        int64
	Email     string
	Role      Role
	Projects  []ProjectRole
	InvitedBy string // e-mail address, or how else it was made
	CreatedAt time.Time
	ExpiresAt time.Time
}

// NewUser is somebody who becomes a user: with a password's hash, with an
// identity of an issuer, or both.
type NewUser struct {
	Email, Name     string
	Password        string // argon2id in PHC format, "" for none
	Issuer, Subject string // "" for none
}
