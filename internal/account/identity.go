package account

import (
	"context"
	"strings"

	"github.com/xraytrace/xray"
)

// StartOIDC begins a sign-in with the provider: where to send the browser, and
// what it has to bring back. CodeNotFound if none is configured.
func (s *Service) StartOIDC(ctx context.Context, back string) (string, Flow, error) {
	if s.opts.OIDC == nil {
		return "", Flow{}, noProvider()
	}
	return s.opts.OIDC.Start(ctx, back)
}

// FinishOIDC begins a session for who the provider says is there. CodeForbidden
// for somebody who has no access here, or whose address is not verified.
func (s *Service) FinishOIDC(ctx context.Context, f Flow, state, code string, v Visit) (Login, error) {
	if s.opts.OIDC == nil {
		return Login{}, noProvider()
	}
	right, err := s.limits.visit(network(v.Address)) // each makes us ask the issuer
	if err != nil {
		return Login{}, err
	}
	id, err := s.opts.OIDC.Finish(ctx, f, state, code)
	if err != nil {
		return Login{}, err
	}
	right()
	u, err := s.userOf(ctx, id)
	if err != nil {
		return Login{}, err
	}
	return s.begin(ctx, u, xray.LoginOIDC, v)
}

func noProvider() error {
	return xray.Errorf(xray.CodeNotFound, "this server has no OpenID Connect provider: sign in with a password")
}

// userOf finds the user of an identity, in this order: the one it is linked to;
// the one with its verified address, who is linked then; a new one, by an
// invitation for the address, or because of its domain.
func (s *Service) userOf(ctx context.Context, id Identity) (xray.User, error) {
	u, err := s.store.UserByIdentity(ctx, id.Issuer, id.Subject)
	if xray.ErrorCode(err) != xray.CodeNotFound {
		return u, err
	}
	if id.Email == "" {
		return u, unverified(id)
	}
	u, _, err = s.store.UserByEmail(ctx, id.Email)
	if err == nil {
		return u, s.store.LinkIdentity(ctx, u.ID, id.Issuer, id.Subject)
	}
	if xray.ErrorCode(err) != xray.CodeNotFound {
		return u, err
	}
	return s.newcomer(ctx, id)
}

func (s *Service) newcomer(ctx context.Context, id Identity) (xray.User, error) {
	name, err := checkName(id.Name)
	if err != nil {
		name, _, _ = strings.Cut(id.Email, "@")
	}
	who := xray.NewUser{Email: id.Email, Name: name, Issuer: id.Issuer, Subject: id.Subject}
	invitation, err := s.store.InvitationFor(ctx, id.Email)
	if err == nil {
		return s.store.Join(ctx, invitation.ID, who)
	}
	if xray.ErrorCode(err) != xray.CodeNotFound {
		return xray.User{}, err
	}
	_, domain, _ := strings.Cut(id.Email, "@")
	for _, allowed := range s.opts.Domains {
		if strings.EqualFold(domain, allowed) {
			return s.store.AddUser(ctx, who, s.opts.DefaultRole)
		}
	}
	return xray.User{}, xray.Errorf(xray.CodeForbidden, "%s has no access here: ask an owner or admin for an invitation", id.Email)
}

func unverified(id Identity) error {
	if id.Unverified == "" {
		return xray.Errorf(xray.CodeForbidden, "the provider did not say your e-mail address: ask who runs it to give X-Ray the scope email")
	}
	return xray.Errorf(xray.CodeForbidden, "the provider has not verified that %s is yours: verify it there, then sign in again", id.Unverified)
}
