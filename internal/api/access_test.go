package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
)

// needs says which scope an operation needs where its method does not tell:
// looking needs read, and so does asking; changing a setting needs admin.
var needs = map[string]xray.Scope{
	"POST /api/executions": xray.ScopeIngest,
	"POST /api/demo":       xray.ScopeIngest,
	"POST /api/views":      xray.ScopeAdmin,
	"GET /api/session":     "", // whoever has a key may ask what it is
}

// TestWhoMayDoWhat walks over every operation that is mounted with a key of
// each scope. A new operation is in the walk by itself; one that is not to be
// had for a read key has to say so above.
func TestWhoMayDoWhat(t *testing.T) {
	engine := newWorld().handler().(*gin.Engine)
	walked := 0
	for _, route := range engine.Routes() {
		if !strings.HasPrefix(route.Path, "/api/") || strings.HasPrefix(route.Path, "/api/docs") || route.Path == "/api/openapi.yaml" {
			continue
		}
		walked++
		name := route.Method + " " + route.Path
		want, special := needs[name]
		switch {
		case special:
		case route.Method == http.MethodPut, route.Method == http.MethodDelete, route.Method == http.MethodPatch:
			want = xray.ScopeAdmin
		default:
			want = xray.ScopeRead
		}
		for _, has := range []xray.Scope{xray.ScopeIngest, xray.ScopeRead, xray.ScopeAdmin} {
			allowed := want == "" || has.Allows(want)
			if got := refusedFor(t, route, has); got == allowed {
				t.Errorf("%s with a key of scope %s: refused is %v", name, has, got)
			}
		}
	}
	if walked < 25 {
		t.Errorf("walked over %d operations only", walked)
	}
}

// everyParameter is what some operation requires: a request that lacks one is
// answered before anybody looks at the key.
const everyParameter = "?q=x&pointer=/input&a=run-1&b=run-1&field=name&format=otlp"

// refusedFor asks for an operation and reports whether the scope was refused.
// Nobody waits for an answer that streams.
func refusedFor(t *testing.T, route gin.RouteInfo, scope xray.Scope) bool {
	t.Helper()
	w := newWorld()
	w.principal.Scope = scope
	ctx, cancel := context.WithCancel(t.Context())
	path := strings.NewReplacer(":id", "run-1", ":stepId", spanID.String(), ":key", "k", ":name", "n", ":view", "1").Replace(route.Path) + everyParameter
	rec := httptest.NewRecorder()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }() // a handler that does not like the request was allowed to see it
		req := httptest.NewRequestWithContext(ctx, route.Method, path, strings.NewReader("{}"))
		req.Header.Set("Content-Type", "application/json")
		w.handler().ServeHTTP(rec, req)
	}()
	if route.Path == "/api/events" && scope != xray.ScopeIngest {
		cancel()
	}
	<-done
	cancel()
	return rec.Code == http.StatusForbidden
}
