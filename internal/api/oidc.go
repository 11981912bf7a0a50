package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
)

// elsewhere sends the browser to another page, with cookies.
type elsewhere struct {
	to      string
	cookies []*http.Cookie
}

func (e elsewhere) write(w http.ResponseWriter) error {
	for _, c := range e.cookies {
		http.SetCookie(w, c)
	}
	w.Header().Set("Location", e.to)
	w.WriteHeader(http.StatusFound)
	return nil
}

// VisitStartOidcResponse sends the browser to the provider, or back.
func (e elsewhere) VisitStartOidcResponse(w http.ResponseWriter) error { return e.write(w) }

// VisitFinishOidcResponse sends the browser to where it came from.
func (e elsewhere) VisitFinishOidcResponse(w http.ResponseWriter) error { return e.write(w) }

// StartOidc sends the browser to the provider.
func (s *Server) StartOidc(ctx context.Context, r StartOidcRequestObject) (StartOidcResponseObject, error) {
	b := browserIn(ctx)
	if s.Auth.Local() {
		return elsewhere{to: s.page("/")}, nil
	}
	if err := s.maySignIn(b); err != nil {
		return nil, err
	}
	to, flow, err := s.Accounts.StartOIDC(ctx, localPath(r.Params.Back))
	if err != nil {
		return s.notSignedIn(ctx, err), nil
	}
	raw, err := json.Marshal(flow)
	if err != nil {
		return nil, fmt.Errorf("encode a sign-in: %w", err)
	}
	return elsewhere{to, []*http.Cookie{b.set(flowCookie, base64.RawURLEncoding.EncodeToString(raw), time.Now().Add(flowFor))}}, nil
}

// FinishOidc begins a session for who the provider says is there. People stand
// before a browser here: an error is a page that says what to do.
func (s *Server) FinishOidc(ctx context.Context, r FinishOidcRequestObject) (FinishOidcResponseObject, error) {
	b := browserIn(ctx)
	var flow account.Flow
	if raw, err := base64.RawURLEncoding.DecodeString(b.flow); err == nil {
		_ = json.Unmarshal(raw, &flow) // a flow that cannot be read is none
	}
	if s.Auth.Local() || r.Params.Error != "" {
		return s.notSignedIn(ctx, xray.Errorf(xray.CodeUnauthorized, "the provider answered %.100q", r.Params.Error)), nil
	}
	login, err := s.Accounts.FinishOIDC(ctx, flow, r.Params.State, r.Params.Code, b.visit)
	if err == nil {
		err = s.began(ctx, "account.login", login)
	}
	if err != nil {
		return s.notSignedIn(ctx, err), nil
	}
	return elsewhere{s.page(localPath(flow.Back)), []*http.Cookie{
		b.set(sessionCookie, login.Token, login.Session.ExpiresAt), b.set(flowCookie, "", time.Time{}),
	}}, nil
}

// notSignedIn leads to the login page, which has a sentence for each kind of
// problem: no text of an address is ever shown there.
func (s *Server) notSignedIn(ctx context.Context, err error) elsewhere {
	s.Logger.WarnContext(ctx, "a sign-in with the provider did not end well", "error", err)
	return elsewhere{s.page("/login?problem=" + url.QueryEscape(string(xray.ErrorCode(err)))), []*http.Cookie{browserIn(ctx).set(flowCookie, "", time.Time{})}}
}

// page is the address of a page of the UI, which may live under a base path.
func (s *Server) page(path string) string {
	u, err := url.Parse(s.About.PublicURL)
	if err != nil || strings.HasPrefix(path, u.EscapedPath()+"/") && u.EscapedPath() != "" {
		return path
	}
	return u.EscapedPath() + path
}

// localPath keeps a sign-in from ending on another server.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}
