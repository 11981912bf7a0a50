package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/auth"
)

// maxBody bounds what the API reads of one request. An execution posted
// without OTLP is the largest.
const maxBody = 20 << 20

type principalKey struct{}

// authenticate puts the caller's principal into the request's context, and
// refuses callers whose key does not allow the operation: reading needs read,
// sending needs ingest, asking for an explanation (which may cost money) admin
// or read, changing a setting admin.
func (s *Server) authenticate(c *gin.Context) {
	p, err := s.Auth.Authenticate(c.Request.Context(), auth.SecretFrom(c.Request.Header), c.GetHeader(auth.HeaderProject))
	if err != nil {
		s.problem(c, err)
		c.Abort()
		return
	}
	want := scopeFor(c.Request.Method, c.FullPath())
	if !p.Scope.Allows(want) && c.FullPath() != "/api/session" {
		s.problem(c, xray.Errorf(xray.CodeForbidden, "this key has the scope %q, and this needs %q: use another key", p.Scope, want))
		c.Abort()
		return
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), principalKey{}, p))
}

// scopeFor is what a key must allow. Views are a setting of the project: whoever
// may only read it sees them.
func scopeFor(method, route string) xray.Scope {
	switch {
	case method == http.MethodPost && (route == "/api/executions" || route == "/api/demo"):
		return xray.ScopeIngest
	case method == http.MethodPut, method == http.MethodDelete, method == http.MethodPost && route == "/api/views":
		return xray.ScopeAdmin
	}
	return xray.ScopeRead
}

// caller is the principal that authenticate stored; every operation runs
// behind it.
func caller(ctx context.Context) xray.Principal {
	return ctx.Value(principalKey{}).(xray.Principal)
}

func limitBody(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
}
