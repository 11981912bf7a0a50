package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
	"github.com/xraytrace/xray/internal/auth"
)

// GetLoginMethods answers how one can sign in.
func (s *Server) GetLoginMethods(ctx context.Context, _ GetLoginMethodsRequestObject) (GetLoginMethodsResponseObject, error) {
	out := LoginMethods{Local: s.Auth.Local()}
	if out.Local {
		return GetLoginMethods200JSONResponse(out), nil
	}
	m, err := s.Accounts.Methods(ctx)
	if err != nil {
		return nil, err
	}
	out.Setup, out.Provider = m.Setup, m.Provider
	if e, ok := s.maySignIn(browserIn(ctx)).(*xray.Error); ok {
		out.Refused = e.Message
	}
	return GetLoginMethods200JSONResponse(out), nil
}

// LogIn begins a session for who knows the password.
func (s *Server) LogIn(ctx context.Context, r LogInRequestObject) (LogInResponseObject, error) {
	return s.signIn(ctx, "account.login", func(v account.Visit) (account.Login, error) {
		return s.Accounts.LogIn(ctx, r.Body.Email, r.Body.Password, v)
	})
}

// SetUp makes the first owner.
func (s *Server) SetUp(ctx context.Context, r SetUpRequestObject) (SetUpResponseObject, error) {
	return s.signIn(ctx, "account.setup", func(v account.Visit) (account.Login, error) {
		login, err := s.Accounts.SetUp(ctx, r.Body.Token, r.Body.Email, r.Body.Name, r.Body.Password, v)
		if err == nil && r.Body.Organisation != "" {
			err = s.Accounts.RenameOrganisation(ctx, r.Body.Organisation)
		}
		return login, err
	})
}

// ReadInvitation answers what a link offers.
func (s *Server) ReadInvitation(ctx context.Context, r ReadInvitationRequestObject) (ReadInvitationResponseObject, error) {
	i, err := s.Accounts.Invitation(ctx, r.Body.Token)
	if err != nil {
		return nil, err
	}
	o, err := s.Accounts.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.Accounts.Methods(ctx)
	return ReadInvitation200JSONResponse{
		Email: i.Email, Organisation: o.Name, InvitedBy: i.InvitedBy, Role: Role(i.Role), Projects: projectRoles(i.Projects),
		ExpiresAt: i.ExpiresAt.UTC(), Provider: m.Provider,
	}, err
}

// Join accepts an invitation.
func (s *Server) Join(ctx context.Context, r JoinRequestObject) (JoinResponseObject, error) {
	return s.signIn(ctx, "account.join", func(v account.Visit) (account.Login, error) {
		return s.Accounts.Join(ctx, r.Body.Token, r.Body.Name, r.Body.Password, v)
	})
}

// ResetPassword sets a new password with a link.
func (s *Server) ResetPassword(ctx context.Context, r ResetPasswordRequestObject) (ResetPasswordResponseObject, error) {
	return s.signIn(ctx, "account.reset", func(v account.Visit) (account.Login, error) {
		return s.Accounts.Reset(ctx, r.Body.Token, r.Body.Password, v)
	})
}

// signIn begins a session and puts it into the browser's cookie. The session
// that the browser had ends.
func (s *Server) signIn(ctx context.Context, verb string, begin func(account.Visit) (account.Login, error)) (signedIn, error) {
	b := browserIn(ctx)
	if s.Auth.Local() {
		return signedIn{}, localMode()
	}
	if err := s.maySignIn(b); err != nil {
		return signedIn{}, err
	}
	login, err := begin(b.visit)
	if err != nil {
		return signedIn{}, err
	}
	if err := s.began(ctx, verb, login); err != nil {
		return signedIn{}, err
	}
	return signedIn{person(login.User), b.set(sessionCookie, login.Token, login.Session.ExpiresAt)}, nil
}

// began ends the browser's old session and notes the new one.
func (s *Server) began(ctx context.Context, verb string, login account.Login) error {
	b := browserIn(ctx)
	if b.token != "" {
		if err := s.Accounts.Drop(ctx, b.token); err != nil {
			return err
		}
	}
	detail, err := json.Marshal(map[string]string{"method": string(login.Session.Method)})
	if err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	by := xray.Principal{User: &login.User}.Actor()
	by.Address = b.visit.Address
	return s.Audit.RecordAct(ctx, xray.Act{Actor: by, Verb: verb, Detail: detail})
}

func localMode() error {
	return xray.Errorf(xray.CodeConflict, "this server is in local mode, where nobody signs in: set XRAY_PUBLIC_URL, XRAY_MASTER_API_KEY or another address than loopback to serve a team")
}

// signedIn is the answer that brings the cookie.
type signedIn struct {
	person Person
	cookie *http.Cookie
}

func (a signedIn) write(w http.ResponseWriter) error {
	http.SetCookie(w, a.cookie)
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(a.person)
}

// VisitLogInResponse writes the answer; so do the next ones.
func (a signedIn) VisitLogInResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSetUpResponse writes the answer.
func (a signedIn) VisitSetUpResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitJoinResponse writes the answer.
func (a signedIn) VisitJoinResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitResetPasswordResponse writes the answer.
func (a signedIn) VisitResetPasswordResponse(w http.ResponseWriter) error { return a.write(w) }

// signedOut is the answer that takes the cookie away.
type signedOut struct{ cookie *http.Cookie }

func (a signedOut) write(w http.ResponseWriter) error {
	http.SetCookie(w, a.cookie)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// VisitLogOutResponse writes the answer.
func (a signedOut) VisitLogOutResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitLogOutEverywhereResponse writes the answer.
func (a signedOut) VisitLogOutEverywhereResponse(w http.ResponseWriter) error { return a.write(w) }

// LogOut ends this browser's session.
func (s *Server) LogOut(ctx context.Context, _ LogOutRequestObject) (LogOutResponseObject, error) {
	me := signedBy(ctx)
	return signedOut{browserIn(ctx).set(sessionCookie, "", time.Time{})}, s.Accounts.LogOut(ctx, me.Member.User.ID, me.Session.ID)
}

// LogOutEverywhere ends all sessions of the caller.
func (s *Server) LogOutEverywhere(ctx context.Context, _ LogOutEverywhereRequestObject) (LogOutEverywhereResponseObject, error) {
	if err := s.Accounts.LogOutEverywhere(ctx, signedBy(ctx).Member.User.ID); err != nil {
		return nil, err
	}
	return signedOut{browserIn(ctx).set(sessionCookie, "", time.Time{})}, s.recordServerAct(ctx, "account.logout-everywhere", "", nil)
}

// GetAccount answers who is signed in.
func (s *Server) GetAccount(ctx context.Context, _ GetAccountRequestObject) (GetAccountResponseObject, error) {
	m := signedBy(ctx).Member
	projects, err := s.Auth.ProjectsOf(ctx, m)
	if err != nil {
		return nil, err
	}
	o, err := s.Accounts.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	out := Account{
		User: person(m.User), Organisation: o.Name, Role: Role(m.Role), HasPassword: m.User.HasPassword, Provider: m.User.Issuer,
		Projects: []ProjectRole{},
	}
	for _, p := range projects {
		out.Projects = append(out.Projects, ProjectRole{ProjectId: p.Slug, Role: Role(m.RoleIn(p.ID))})
	}
	return GetAccount200JSONResponse(out), nil
}

// ChangeAccount changes what the caller is called.
func (s *Server) ChangeAccount(ctx context.Context, r ChangeAccountRequestObject) (ChangeAccountResponseObject, error) {
	return ChangeAccount204Response{}, s.Accounts.Rename(ctx, signedBy(ctx).Member.User.ID, r.Body.Name)
}

// ChangePassword sets a new password and ends the other sessions.
func (s *Server) ChangePassword(ctx context.Context, r ChangePasswordRequestObject) (ChangePasswordResponseObject, error) {
	me, b := signedBy(ctx), browserIn(ctx)
	if err := s.maySignIn(b); err != nil {
		return nil, err
	}
	if err := s.Accounts.ChangePassword(ctx, me.Member.User.ID, me.Session.ID, r.Body.Current, r.Body.Password, b.visit); err != nil {
		return nil, err
	}
	return ChangePassword204Response{}, s.recordServerAct(ctx, "account.password", "", nil)
}

// ListSessions answers where the caller is signed in.
func (s *Server) ListSessions(ctx context.Context, _ ListSessionsRequestObject) (ListSessionsResponseObject, error) {
	me := signedBy(ctx)
	all, err := s.Accounts.Sessions(ctx, me.Member.User.ID)
	return ListSessions200JSONResponse{Sessions: mapTo(all, func(v xray.Session) LoginSession {
		return LoginSession{
			Id: strconv.FormatInt(v.ID, 10), Here: v.ID == me.Session.ID, Method: LoginSessionMethod(v.Method), Agent: v.Agent, Address: v.Address,
			CreatedAt: v.CreatedAt.UTC(), LastSeenAt: v.LastSeenAt.UTC(), ExpiresAt: v.ExpiresAt.UTC(),
		}
	})}, err
}

// EndSession signs the caller out in another browser.
func (s *Server) EndSession(ctx context.Context, r EndSessionRequestObject) (EndSessionResponseObject, error) {
	id, err := number(r.Id, "session")
	if err != nil {
		return nil, err
	}
	return EndSession204Response{}, s.Accounts.EndSession(ctx, signedBy(ctx).Member.User.ID, id)
}

// signedBy is who is signed in, in operations for persons.
func signedBy(ctx context.Context) auth.Signed {
	return *ctx.Value(signedKey{}).(*auth.Signed)
}

func person(u xray.User) Person {
	return Person{Id: strconv.FormatInt(u.ID, 10), Email: u.Email, Name: u.Name}
}

// number reads what a path names; there is nothing of another form.
func number(text, what string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, xray.Errorf(xray.CodeNotFound, "there is no %s %.40q: list them first", what, text)
	}
	return id, nil
}
