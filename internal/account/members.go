package account

import (
	"context"

	"github.com/xraytrace/xray"
)

// Invite makes an invitation and the token of its link. An earlier one for the
// same address stops working. Errors: CodeForbidden for a role above the
// inviter's own, CodeConflict for somebody who is a member.
func (s *Service) Invite(ctx context.Context, by xray.Principal, i xray.Invitation) (string, xray.Invitation, error) {
	var err error
	if i.Email, err = xray.ParseEmail(i.Email); err != nil {
		return "", i, err
	}
	if err := (xray.Member{Role: i.Role, Projects: i.Projects}).Check(); err != nil {
		return "", i, err
	}
	if err := mayGive(by, i.Role); err != nil {
		return "", i, err
	}
	switch {
	case by.User != nil:
		i.InvitedBy = by.User.Email
	case i.InvitedBy == "":
		i.InvitedBy = "the master key"
	}
	i.CreatedAt = s.opts.Now()
	i.ExpiresAt = i.CreatedAt.Add(invitationFor)
	token, hash := newToken()
	i, err = s.store.Invite(ctx, i, hash)
	return token, i, err
}

// mayGive refuses to let an admin make or unmake owners.
func mayGive(by xray.Principal, role xray.Role) error {
	if !by.OrganisationRole.Allows(role) && role != xray.RoleNone {
		return xray.Errorf(xray.CodeForbidden, "you are %s: only owners make, change and remove owners", by.OrganisationRole.Words())
	}
	return nil
}

// Invitations returns the open ones, the newest first.
func (s *Service) Invitations(ctx context.Context) ([]xray.Invitation, error) {
	return s.store.Invitations(ctx)
}

// RevokeInvitation ends an open invitation. CodeForbidden for an admin who would
// end one of an owner's.
func (s *Service) RevokeInvitation(ctx context.Context, by xray.Principal, id int64) (xray.Invitation, error) {
	open, err := s.store.Invitations(ctx)
	if err != nil {
		return xray.Invitation{}, err
	}
	for _, i := range open {
		if i.ID == id {
			if err := mayGive(by, i.Role); err != nil {
				return i, err
			}
		}
	}
	return s.store.RevokeInvitation(ctx, id)
}

// Invitation is what a link offers.
func (s *Service) Invitation(ctx context.Context, token string) (xray.Invitation, error) {
	return s.store.InvitationByLink(ctx, xray.HashKey(token))
}

// Join makes a member of who has the link of an invitation.
func (s *Service) Join(ctx context.Context, token, name, password string, v Visit) (Login, error) {
	i, err := s.Invitation(ctx, token)
	if err != nil {
		return Login{}, err
	}
	if name, err = checkName(name); err != nil {
		return Login{}, err
	}
	hash, err := s.newPassword(ctx, password, i.Email, name)
	if err != nil {
		return Login{}, err
	}
	u, err := s.store.Join(ctx, i.ID, xray.NewUser{Email: i.Email, Name: name, Password: hash})
	if err != nil {
		return Login{}, err
	}
	return s.begin(ctx, u, xray.LoginLink, v)
}

// Members returns everybody, by name.
func (s *Service) Members(ctx context.Context) ([]xray.Member, error) { return s.store.Members(ctx) }

// SetMember gives a member other roles. CodeForbidden for what only owners may
// do, CodeConflict where no owner would be left.
func (s *Service) SetMember(ctx context.Context, by xray.Principal, user int64, role xray.Role, projects []xray.ProjectRole) (xray.Member, error) {
	if err := (xray.Member{Role: role, Projects: projects}).Check(); err != nil {
		return xray.Member{}, err
	}
	m, err := s.store.Member(ctx, user)
	if err != nil {
		return xray.Member{}, err
	}
	for _, r := range []xray.Role{m.Role, role} {
		if err := mayGive(by, r); err != nil {
			return xray.Member{}, err
		}
	}
	return s.store.SetMember(ctx, user, role, projects)
}

// RemoveMember forgets a user, who is signed out at once. CodeForbidden and
// CodeConflict as for [Service.SetMember].
func (s *Service) RemoveMember(ctx context.Context, by xray.Principal, user int64) (xray.Member, error) {
	m, err := s.store.Member(ctx, user)
	if err != nil {
		return m, err
	}
	if err := mayGive(by, m.Role); err != nil {
		return m, err
	}
	return m, s.store.RemoveMember(ctx, user)
}

// ResetLinkBy makes the token of a link with which a member sets a new password.
// CodeForbidden for an admin who would get into an owner's account.
func (s *Service) ResetLinkBy(ctx context.Context, by xray.Principal, user int64) (string, xray.Member, error) {
	m, err := s.store.Member(ctx, user)
	if err != nil {
		return "", m, err
	}
	if err := mayGive(by, m.Role); err != nil {
		return "", m, err
	}
	token, err := s.ResetLink(ctx, user)
	return token, m, err
}

// Organisation is whom the server belongs to.
func (s *Service) Organisation(ctx context.Context) (xray.Organisation, error) {
	return s.store.Organisation(ctx)
}

// RenameOrganisation changes what it is called.
func (s *Service) RenameOrganisation(ctx context.Context, name string) error {
	name, err := checkName(name)
	if err != nil {
		return err
	}
	return s.store.RenameOrganisation(ctx, name)
}
