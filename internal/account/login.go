package account

import (
	"context"

	"github.com/xraytrace/xray"
)

// Visit is where somebody asks from.
type Visit struct {
	Agent   string // User-Agent
	Address string // IP address; what guessing is counted by
}

// Login is a session that began: the token goes into the browser's cookie and
// is kept nowhere else.
type Login struct {
	Token   string
	Session xray.Session
	User    xray.User
}

// wrong is the one answer to everything that is wrong at signing in.
func wrong() error {
	return xray.Errorf(xray.CodeUnauthorized, "the e-mail address or the password is wrong: try again, or ask an owner or admin for a new link")
}

// LogIn begins a session for who knows the password. CodeUnauthorized if they
// do not, or if there is nobody of the name, with the same work; CodeLimit after
// too many wrong tries.
func (s *Service) LogIn(ctx context.Context, email, password string, v Visit) (Login, error) {
	name, err := xray.ParseEmail(email)
	if err != nil {
		return Login{}, wrong()
	}
	right, err := s.limits.attempt(name, network(v.Address))
	if err != nil {
		return Login{}, err
	}
	u, stored, err := s.store.UserByEmail(ctx, name)
	if err != nil && xray.ErrorCode(err) != xray.CodeNotFound {
		return Login{}, err
	}
	if len(password) > maxPassword {
		password = "" // hashing megabytes is work that a guesser chooses
	}
	ok, weak, err := s.hasher.verify(ctx, password, stored)
	if err != nil {
		return Login{}, err
	}
	if !ok {
		return Login{}, wrong()
	}
	right()
	if weak {
		if err := s.rehash(ctx, u.ID, stored, password); err != nil {
			return Login{}, err
		}
	}
	return s.begin(ctx, u, xray.LoginPassword, v)
}

// rehash brings a password's hash to today's parameters.
func (s *Service) rehash(ctx context.Context, user int64, old, password string) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.Rehash(ctx, user, old, hash)
}

// begin starts a session. Its token is always a new one, so that nobody can
// have put it there before.
func (s *Service) begin(ctx context.Context, u xray.User, how xray.LoginMethod, v Visit) (Login, error) {
	token, hash := newToken()
	now := s.opts.Now()
	session, err := s.store.StartSession(ctx, xray.Session{
		UserID: u.ID, Method: how, Agent: v.Agent, Address: v.Address,
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(s.opts.Rules.Most),
	}, hash)
	return Login{Token: token, Session: session, User: u}, err
}

// Use finds who is signed in with a token. fresh is "" or the token that takes
// its place: the browser's cookie is to be set to it. CodeUnauthorized for one
// that is unknown, ended or expired.
func (s *Service) Use(ctx context.Context, token, address string) (session xray.Session, m xray.Member, fresh string, err error) {
	next, nextHash := newToken()
	session, m, rotated, err := s.store.UseSession(ctx, xray.HashKey(token), nextHash, address, s.opts.Rules)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return session, m, "", signedOut()
	}
	if err != nil || !rotated {
		next = ""
	}
	return session, m, next, err
}

// Still finds the member of a session that may have ended since: CodeUnauthorized
// then.
func (s *Service) Still(ctx context.Context, session int64) (xray.Member, error) {
	m, err := s.store.MemberOfSession(ctx, session, s.opts.Rules.Idle)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return m, signedOut()
	}
	return m, err
}

func signedOut() error {
	return xray.Errorf(xray.CodeUnauthorized, "you are signed out: sign in to go on")
}

// Drop ends the session of a token; none is no error.
func (s *Service) Drop(ctx context.Context, token string) error {
	return s.store.EndSessionOf(ctx, xray.HashKey(token))
}

// LogOut ends one session of a user. One that has ended is no error.
func (s *Service) LogOut(ctx context.Context, user, session int64) error {
	err := s.store.EndSession(ctx, user, session)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return nil
	}
	return err
}

// LogOutEverywhere ends all sessions of a user.
func (s *Service) LogOutEverywhere(ctx context.Context, user int64) error {
	return s.store.EndSessions(ctx, user)
}

// Sessions returns where a user is signed in, the last seen first.
func (s *Service) Sessions(ctx context.Context, user int64) ([]xray.Session, error) {
	return s.store.Sessions(ctx, user, s.opts.Rules.Idle)
}

// EndSession ends a session of a user; none of this number is CodeNotFound.
func (s *Service) EndSession(ctx context.Context, user, session int64) error {
	return s.store.EndSession(ctx, user, session)
}

// ChangePassword sets a new password for who knows the old one, and ends all
// other sessions. A wrong old one is CodeInvalid, for the person is signed in.
// Who has no password yet proves nothing more than the session does.
func (s *Service) ChangePassword(ctx context.Context, user, session int64, old, password string, v Visit) error {
	u, stored, err := s.store.UserByID(ctx, user)
	if err != nil {
		return err
	}
	right, err := s.limits.attempt(u.Email, network(v.Address))
	if err != nil {
		return err
	}
	if stored != "" {
		ok, _, err := s.hasher.verify(ctx, old, stored)
		if err != nil {
			return err
		}
		if !ok {
			return xray.Errorf(xray.CodeInvalid, "the present password is wrong: type it again")
		}
	}
	right()
	if err := CheckPassword(password, u.Email, u.Name); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.SetPassword(ctx, user, hash, session)
}

// Rename changes what a user is called.
func (s *Service) Rename(ctx context.Context, user int64, name string) error {
	name, err := checkName(name)
	if err != nil {
		return err
	}
	return s.store.RenameUser(ctx, user, name)
}
