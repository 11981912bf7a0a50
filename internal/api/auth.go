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
	addressKey   struct{}
)

// authenticate puts the caller's principal into the request's context, and
// refuses callers who may not have the operation.
func (s *Server) authenticate(c *gin.Context) {
	p, err := s.Auth.Authenticate(c.Request.Context(), auth.SecretFrom(c.Request.Header), c.GetHeader(auth.HeaderProject))
	if err == nil {
		err = accessFor(c.Request.Method, c.FullPath()).check(p)
	}
	if err != nil {
		s.problem(c, err)
		c.Abort()
		return
	}
	ctx := context.WithValue(c.Request.Context(), principalKey{}, p)
	c.Request = c.Request.WithContext(context.WithValue(ctx, addressKey{}, c.ClientIP()))
}

// access is what an operation asks of its caller: of a key a scope, of a person
// a role. The zero value asks for nothing but to be known.
type access struct {
	scope xray.Scope
	role  xray.Role
	// organisation asks for the role in the organisation, not in the project: no
	// key of a project will do.
	organisation bool
}

// Most operations ask for one of these.
var (
	toLook   = access{scope: xray.ScopeRead, role: xray.RoleViewer}
	toAsk    = access{scope: xray.ScopeRead, role: xray.RoleMember} // may cost money
	toShare  = access{scope: xray.ScopeAdmin, role: xray.RoleMember}
	toSend   = access{scope: xray.ScopeIngest, role: xray.RoleAdmin}
	toChange = access{scope: xray.ScopeAdmin, role: xray.RoleAdmin}
)

// accessFor is the one place that says who may do what; access_test.go walks
// over all operations. Views are a setting of the project that its members
// share: whoever may only look sees them.
func accessFor(method, route string) access {
	look := method == http.MethodGet || method == http.MethodHead
	switch {
	case route == "/api/session":
		return access{}
	case route == "/api/executions" && !look, route == "/api/demo":
		return toSend
	case route == "/api/reasoning/process", route == "/api/compare/explain", strings.HasSuffix(route, "/ask"):
		return toAsk
	case (route == "/api/views" || strings.HasPrefix(route, "/api/views/")) && !look:
		return toShare
	case route == "/api/settings/audit":
		return toChange
	case method == http.MethodPut, method == http.MethodPatch, method == http.MethodDelete:
		return toChange
	}
	return toLook
}

// check is CodeForbidden for a caller who may not.
func (a access) check(p xray.Principal) error {
	role := p.Role
	if a.organisation {
		role = p.OrganisationRole
	}
	switch {
	case a == access{}, a.role != "" && role.Allows(a.role):
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
	a.Address, _ = ctx.Value(addressKey{}).(string)
	return a
}

func limitBody(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
}
