package account

import (
	"context"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

// SetupLink makes the token of a link that makes the first owner, or returns ""
// if there is one. Links made before go on working until one is used: another
// process may have shown it.
func (s *Service) SetupLink(ctx context.Context) (string, error) {
	has, err := s.store.HasOwner(ctx)
	if err != nil || has {
		return "", err
	}
	token, hash := newToken()
	return token, s.store.AddLink(ctx, xray.LinkSetup, hash, 0, s.opts.Now().Add(setupFor))
}

// SetUp makes the first owner. CodeNotFound for a link that is unknown, used or
// expired.
func (s *Service) SetUp(ctx context.Context, token, email, name, password string, v Visit) (Login, error) {
	link := xray.HashKey(token)
	if has, err := s.store.HasLink(ctx, xray.LinkSetup, link); err != nil {
		return Login{}, err
	} else if !has {
		return Login{}, xray.Errorf(xray.CodeNotFound, "this set-up link is used up or too old: start X-Ray again, it prints a new one while there is no owner")
	}
	email, err := xray.ParseEmail(email)
	if err != nil {
		return Login{}, err
	}
	if name, err = checkName(name); err != nil {
		return Login{}, err
	}
	hash, err := s.newPassword(ctx, password, email, name)
	if err != nil {
		return Login{}, err
	}
	u, err := s.store.SetUp(ctx, link, xray.User{Email: email, Name: name}, hash)
	if err != nil {
		return Login{}, err
	}
	return s.begin(ctx, u, xray.LoginLink, v)
}

// ResetLink makes the token of a link that sets a user's password anew.
func (s *Service) ResetLink(ctx context.Context, user int64) (string, error) {
	token, hash := newToken()
	return token, s.store.AddLink(ctx, xray.LinkReset, hash, user, s.opts.Now().Add(resetFor))
}

// Reset sets the password of the user whose link it is, and ends their sessions.
func (s *Service) Reset(ctx context.Context, token, password string, v Visit) (Login, error) {
	link := xray.HashKey(token)
	u, err := s.store.UserOfLink(ctx, link)
	if err != nil {
		return Login{}, err
	}
	hash, err := s.newPassword(ctx, password, u.Email, u.Name)
	if err != nil {
		return Login{}, err
	}
	if u, err = s.store.UseResetLink(ctx, link, hash); err != nil {
		return Login{}, err
	}
	return s.begin(ctx, u, xray.LoginLink, v)
}

func (s *Service) newPassword(ctx context.Context, password string, names ...string) (string, error) {
	if err := CheckPassword(password, names...); err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, password)
}

// checkName cleans what a person wants to be called.
func checkName(name string) (string, error) {
	const most = 100
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > most || strings.ContainsRune(name, 0) {
		return "", xray.Errorf(xray.CodeInvalid, "a name has 1 to %d characters: write how the others know you", most)
	}
	return name, nil
}

// network is what guessing is counted by: the address, and of IPv6 the /64 that
// one customer has.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	p, _ := a.WithZone("").Prefix(64) // 64 fits every IPv6 address
	return p.String()
}
