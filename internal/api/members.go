package api

import (
	"context"
	"strconv"

	"github.com/xraytrace/xray"
)

// ListMembers answers who may do what.
func (s *Server) ListMembers(ctx context.Context, _ ListMembersRequestObject) (ListMembersResponseObject, error) {
	all, err := s.Accounts.Members(ctx)
	return ListMembers200JSONResponse{Members: mapTo(all, member)}, err
}

// SetMember gives a member other roles.
func (s *Server) SetMember(ctx context.Context, r SetMemberRequestObject) (SetMemberResponseObject, error) {
	id, err := number(r.Id, "member")
	if err != nil {
		return nil, err
	}
	projects, err := s.rolesOf(ctx, r.Body.Projects)
	if err != nil {
		return nil, err
	}
	m, err := s.Accounts.SetMember(ctx, caller(ctx), id, xray.Role(r.Body.Role), projects)
	if err != nil {
		return nil, err
	}
	out := member(m)
	return SetMember200JSONResponse(out), s.recordServerAct(ctx, "member.set", m.User.Email, Roles{Role: out.Role, Projects: out.Projects})
}

// RemoveMember forgets a member.
func (s *Server) RemoveMember(ctx context.Context, r RemoveMemberRequestObject) (RemoveMemberResponseObject, error) {
	id, err := number(r.Id, "member")
	if err != nil {
		return nil, err
	}
	m, err := s.Accounts.RemoveMember(ctx, caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return RemoveMember204Response{}, s.recordServerAct(ctx, "member.remove", m.User.Email, nil)
}

// CreateResetLink makes a link with which a member sets a new password.
func (s *Server) CreateResetLink(ctx context.Context, r CreateResetLinkRequestObject) (CreateResetLinkResponseObject, error) {
	id, err := number(r.Id, "member")
	if err != nil {
		return nil, err
	}
	token, m, err := s.Accounts.ResetLinkBy(ctx, caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return CreateResetLink201JSONResponse{Link: browserIn(ctx).origin + "/reset#" + token}, s.recordServerAct(ctx, "member.reset-link", m.User.Email, nil)
}

// rolesOf finds the projects that roles are given in.
func (s *Server) rolesOf(ctx context.Context, in []ProjectRole) ([]xray.ProjectRole, error) {
	if len(in) == 0 {
		return nil, nil
	}
	all, err := s.Reader.Projects(ctx)
	if err != nil {
		return nil, err
	}
	bySlug := map[string]xray.Project{}
	for _, p := range all {
		bySlug[p.Slug] = p
	}
	out := make([]xray.ProjectRole, len(in))
	for i, p := range in {
		project, ok := bySlug[p.ProjectId]
		if !ok {
			return nil, xray.Errorf(xray.CodeNotFound, "there is no project %.100q to give a role in: see GET /api/projects", p.ProjectId)
		}
		out[i] = xray.ProjectRole{Project: project, Role: xray.Role(p.Role)}
	}
	return out, nil
}

func member(m xray.Member) Member {
	return Member{
		User: person(m.User), Role: Role(m.Role), Projects: projectRoles(m.Projects), Since: m.Since.UTC(),
		LastLoginAt: m.User.LastLoginAt, HasPassword: m.User.HasPassword, Provider: m.User.Issuer,
	}
}

func projectRoles(in []xray.ProjectRole) []ProjectRole {
	return mapTo(in, func(p xray.ProjectRole) ProjectRole {
		return ProjectRole{ProjectId: p.Project.Slug, Role: Role(p.Role)}
	})
}

// ListInvitations answers those that wait to be used.
func (s *Server) ListInvitations(ctx context.Context, _ ListInvitationsRequestObject) (ListInvitationsResponseObject, error) {
	all, err := s.Accounts.Invitations(ctx)
	return ListInvitations200JSONResponse{Invitations: mapTo(all, invitation)}, err
}

// Invite makes an invitation and shows its link this once.
func (s *Server) Invite(ctx context.Context, r InviteRequestObject) (InviteResponseObject, error) {
	projects, err := s.rolesOf(ctx, r.Body.Projects)
	if err != nil {
		return nil, err
	}
	token, i, err := s.Accounts.Invite(ctx, caller(ctx), xray.Invitation{Email: r.Body.Email, Role: xray.Role(r.Body.Role), Projects: projects})
	if err != nil {
		return nil, err
	}
	out := InvitationLink{Invitation: invitation(i), Link: browserIn(ctx).origin + "/join#" + token}
	return Invite201JSONResponse(out), s.recordServerAct(ctx, "member.invite", i.Email, Roles{Role: out.Invitation.Role, Projects: out.Invitation.Projects})
}

// RevokeInvitation ends an invitation.
func (s *Server) RevokeInvitation(ctx context.Context, r RevokeInvitationRequestObject) (RevokeInvitationResponseObject, error) {
	id, err := number(r.Id, "invitation")
	if err != nil {
		return nil, err
	}
	i, err := s.Accounts.RevokeInvitation(ctx, caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return RevokeInvitation204Response{}, s.recordServerAct(ctx, "member.revoke-invitation", i.Email, nil)
}

func invitation(i xray.Invitation) Invitation {
	return Invitation{
		Id: strconv.FormatInt(i.ID, 10), Email: i.Email, Role: Role(i.Role), Projects: projectRoles(i.Projects),
		InvitedBy: i.InvitedBy, CreatedAt: i.CreatedAt.UTC(), ExpiresAt: i.ExpiresAt.UTC(),
	}
}
