package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/auth"
)

// maxBody bounds what the API reads of one request. An execution posted
// without OTLP is the largest.
const maxBody = 20 << 20

type (
	principalKey struct{}
	signedKey    struct{}
)

// authenticate puts the caller's principal into the request's context, and
// refuses callers who may not have the operation.
func (s *Server) authenticate(c *gin.Context) {
	b := s.browserOf(c)
	ctx := context.WithValue(c.Request.Context(), browserKey{}, b)
	want := accessFor(c.Request.Method, c.FullPath())
	if want.open {
		c.Header("Cache-Control", "no-store")
		c.Request = c.Request.WithContext(ctx)
		return
	}
	p, signed, err := s.identify(c, b, want)
	if err == nil {
		err = want.check(p)
	}
	if err != nil {
		s.problem(c, err)
		c.Abort()
		return
	}
	ctx = context.WithValue(ctx, principalKey{}, p)
	if signed != nil {
		ctx = context.WithValue(ctx, signedKey{}, signed)
	}
	c.Request = c.Request.WithContext(ctx)
}

// identify finds out who asks: by a key, or else by the cookie of who is signed
// in. The project is in a header, or for links, which can have none, in the
// query.
func (s *Server) identify(c *gin.Context, b browser, want access) (xray.Principal, *auth.Signed, error) {
	ctx, secret, project := c.Request.Context(), auth.SecretFrom(c.Request.Header), c.GetHeader(auth.HeaderProject)
	if project == "" {
		project = c.Query("project")
	}
	if secret != "" || b.token == "" || s.Auth.Local() {
		p, err := s.Auth.Authenticate(ctx, secret, project)
		return p, nil, err
	}
	c.Header("Cache-Control", "no-store")
	signed, err := s.Auth.SignedIn(ctx, b.token, b.visit.Address)
	if err != nil {
		return xray.Principal{}, nil, err
	}
	if signed.Fresh != "" {
		http.SetCookie(c.Writer, b.set(sessionCookie, signed.Fresh, signed.Session.ExpiresAt))
	}
	if want.person || want.organisation {
		return auth.Outside(signed.Member), &signed, nil
	}
	p, err := s.Auth.Enter(ctx, signed.Member, project)
	return p, &signed, err
}

// still reports whether the caller may go on with what takes long: somebody may
// have signed out since, or lost the role.
func (s *Server) still(ctx context.Context) bool {
	signed, ok := ctx.Value(signedKey{}).(*auth.Signed)
	if !ok {
		return true
	}
	err := s.Auth.Still(ctx, *signed, caller(ctx).Project.ID)
	switch xray.ErrorCode(err) {
	case xray.CodeUnauthorized, xray.CodeNotFound:
		return false
	}
	return true // the database may be away for a moment
}

// access is what an operation asks of its caller: of a key a scope, of a person
// a role. The zero value asks for nothing but to be known.
type access struct {
	scope xray.Scope
	role  xray.Role
	// organisation asks for the role in the organisation, not in the project: no
	// key of a project will do.
	organisation bool
	person       bool // only somebody who is signed in
	open         bool // anybody, known or not
}

// Most operations ask for one of these.
var (
	toLook   = access{scope: xray.ScopeRead, role: xray.RoleViewer}
	toAsk    = access{scope: xray.ScopeRead, role: xray.RoleMember} // may cost money
	toShare  = access{scope: xray.ScopeAdmin, role: xray.RoleMember}
	toScore  = access{scope: xray.ScopeIngest, role: xray.RoleMember} // what traces may evaluate them
	toSend   = access{scope: xray.ScopeIngest, role: xray.RoleAdmin}
	toChange = access{scope: xray.ScopeAdmin, role: xray.RoleAdmin}
	toManage = access{role: xray.RoleAdmin, organisation: true}
)

// accessFor is the one place that says who may do what; access_test.go walks
// over all operations. Views are a setting of the project that its members
// share: whoever may only look sees them.
func accessFor(method, route string) access {
	look := method == http.MethodGet || method == http.MethodHead
	switch {
	case route == "/api/session":
		return access{}
	case route == "/api/account", strings.HasPrefix(route, "/api/account/"):
		return accountAccess(route)
	case route == "/api/organisation" && !look:
		return access{role: xray.RoleOwner, organisation: true}
	case (route == "/api/organisation" || route == "/api/members") && look:
		return access{role: xray.RoleMember, organisation: true}
	case strings.HasPrefix(route, "/api/members/"), strings.HasPrefix(route, "/api/invitations"),
		strings.HasPrefix(route, "/api/projects") && !look:
		return toManage
	case route == "/api/executions" && !look, route == "/api/demo":
		return toSend
	case route == "/api/reasoning/process", route == "/api/compare/explain", strings.HasSuffix(route, "/ask"):
		return toAsk
	case method == http.MethodPost && (route == "/api/scores" || route == "/api/executions/:id/scores"):
		return toScore
	case (strings.HasPrefix(route, "/api/executions/:id/scores/") || strings.HasPrefix(route, "/api/executions/:id/notes")) && !look:
		return toShare
	case (route == "/api/views" || strings.HasPrefix(route, "/api/views/")) && !look:
		return toShare
	case route == "/api/alerts" && !look, route == "/api/settings/audit", route == "/api/webhooks", strings.HasPrefix(route, "/api/webhooks/"),
		strings.HasPrefix(route, "/api/settings/keys"), route == "/api/settings/ingest":
		return toChange
	case method == http.MethodPut, method == http.MethodPatch, method == http.MethodDelete:
		return toChange
	}
	return toLook
}

// accountAccess tells how one becomes somebody from what somebody may do.
func accountAccess(route string) access {
	switch strings.TrimPrefix(route, "/api/account/") {
	case "login", "setup", "invitation", "join", "reset", "oidc", "oidc/callback":
		return access{open: true}
	}
	return access{person: true}
}

// check is CodeForbidden for a caller who may not.
func (a access) check(p xray.Principal) error {
	role := p.Role
	if a.organisation {
		role = p.OrganisationRole
	}
	switch {
	case a.person && p.User == nil:
		return xray.Errorf(xray.CodeForbidden, "this is about somebody who is signed in, and a key or local mode is nobody: sign in on the web page")
	case a.person, a == access{}, a.role != "" && role.Allows(a.role):
		return nil
	case p.User != nil:
		return xray.Errorf(xray.CodeForbidden, "you are %s here, and this needs %s: ask an owner or admin for that role", role.Words(), a.role.Words())
	case a.organisation:
		return xray.Errorf(xray.CodeForbidden, "a key belongs to one project, and this is about the organisation: sign in as one who may, or use the master key")
	case !p.Scope.Allows(a.scope):
		return xray.Errorf(xray.CodeForbidden, "this key has the scope %q, and this needs %q: use another key", p.Scope, a.scope)
	}
	return nil
}

// caller is the principal that authenticate stored; every operation runs
// behind it.
func caller(ctx context.Context) xray.Principal {
	return ctx.Value(principalKey{}).(xray.Principal)
}

// actor is the caller as the audit log names them.
func actor(ctx context.Context) xray.Actor {
	a := caller(ctx).Actor()
	a.Address = browserIn(ctx).visit.Address
	return a
}

func limitBody(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
}
