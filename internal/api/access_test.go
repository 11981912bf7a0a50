package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
)

// need is what an operation asks: of a key a scope, of a person a role.
type need struct {
	scope xray.Scope
	role  xray.Role
}

// noKey is what no stored key has.
const noKey xray.Scope = "none"

// open is what anybody may ask for, and person what nobody may with a key,
// whatever their role.
var (
	open   = need{}
	person = need{scope: noKey}
	admin  = need{xray.ScopeAdmin, xray.RoleAdmin}
)

// needs says what an operation asks where its method does not tell: looking
// needs read or a viewer, changing a setting admin.
var needs = map[string]need{
	"POST /api/executions":               {xray.ScopeIngest, xray.RoleAdmin},
	"POST /api/demo":                     {xray.ScopeIngest, xray.RoleAdmin},
	"POST /api/views":                    {xray.ScopeAdmin, xray.RoleMember},
	"PUT /api/views/:id":                 {xray.ScopeAdmin, xray.RoleMember},
	"DELETE /api/views/:id":              {xray.ScopeAdmin, xray.RoleMember},
	"POST /api/executions/:id/ask":       {xray.ScopeRead, xray.RoleMember},
	"POST /api/compare/explain":          {xray.ScopeRead, xray.RoleMember},
	"POST /api/reasoning/process":        {xray.ScopeRead, xray.RoleMember},
	"GET /api/settings/ingest":           {xray.ScopeAdmin, xray.RoleAdmin},
	"GET /api/settings/audit":            {xray.ScopeAdmin, xray.RoleAdmin},
	"GET /api/settings/keys":             {xray.ScopeAdmin, xray.RoleAdmin},
	"POST /api/settings/keys":            {xray.ScopeAdmin, xray.RoleAdmin},
	"POST /api/settings/keys/:id/rotate": {xray.ScopeAdmin, xray.RoleAdmin},
	"GET /api/session":                   open, // whoever is known may ask who it is

	"POST /api/alerts": admin,
	// Where webhooks lead may be a secret.
	"GET /api/webhooks":                                  admin,
	"POST /api/webhooks":                                 admin,
	"POST /api/webhooks/:id/secret":                      admin,
	"POST /api/webhooks/:id/test":                        admin,
	"GET /api/webhooks/:id/deliveries":                   admin,
	"GET /api/webhooks/:id/deliveries/:delivery":         admin,
	"POST /api/webhooks/:id/deliveries/:delivery/resend": admin,

	"GET /api/account/login":         open,
	"POST /api/account/login":        open,
	"POST /api/account/setup":        open,
	"POST /api/account/invitation":   open,
	"POST /api/account/join":         open,
	"POST /api/account/reset":        open,
	"GET /api/account/oidc":          open,
	"GET /api/account/oidc/callback": open,

	"GET /api/account":                    person,
	"PATCH /api/account":                  person,
	"POST /api/account/logout":            person,
	"POST /api/account/logout-everywhere": person,
	"POST /api/account/password":          person,
	"GET /api/account/sessions":           person,
	"DELETE /api/account/sessions/:id":    person,

	"GET /api/organisation":            {noKey, xray.RoleMember},
	"PATCH /api/organisation":          {noKey, xray.RoleOwner},
	"GET /api/members":                 {noKey, xray.RoleMember},
	"PUT /api/members/:id":             {noKey, xray.RoleAdmin},
	"DELETE /api/members/:id":          {noKey, xray.RoleAdmin},
	"POST /api/members/:id/reset-link": {noKey, xray.RoleAdmin},
	"GET /api/invitations":             {noKey, xray.RoleAdmin},
	"POST /api/invitations":            {noKey, xray.RoleAdmin},
	"DELETE /api/invitations/:id":      {noKey, xray.RoleAdmin},
	"POST /api/projects":               {noKey, xray.RoleAdmin},
	"PATCH /api/projects/:id":          {noKey, xray.RoleAdmin},

	"POST /api/scores":                           {xray.ScopeIngest, xray.RoleMember},
	"POST /api/executions/:id/scores":            {xray.ScopeIngest, xray.RoleMember},
	"DELETE /api/executions/:id/scores/:scoreId": {xray.ScopeAdmin, xray.RoleMember},
	"POST /api/executions/:id/notes":             {xray.ScopeAdmin, xray.RoleMember},
	"PUT /api/executions/:id/notes/:noteId":      {xray.ScopeAdmin, xray.RoleMember},
	"DELETE /api/executions/:id/notes/:noteId":   {xray.ScopeAdmin, xray.RoleMember},
}

// TestWhoMayDoWhat walks over every operation that is mounted, with a key of
// each scope and as a person of each role. A new operation is in the walk by
// itself; one that is not to be had for looking has to say so above.
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
			want = need{xray.ScopeAdmin, xray.RoleAdmin}
		default:
			want = need{xray.ScopeRead, xray.RoleViewer}
		}
		for _, has := range []xray.Scope{xray.ScopeIngest, xray.ScopeRead, xray.ScopeAdmin} {
			allowed := want.scope == "" || want.scope != noKey && has.Allows(want.scope)
			if got := refusedFor(t, route, xray.Principal{Project: shop, Scope: has}); got == allowed {
				t.Errorf("%s with a key of scope %s: refused is %v", name, has, got)
			}
		}
		for _, has := range []xray.Role{xray.RoleNone, xray.RoleViewer, xray.RoleMember, xray.RoleAdmin, xray.RoleOwner} {
			allowed := want.role == "" || has.Allows(want.role)
			person := xray.Principal{Project: shop, Scope: has.Scope(), User: &xray.User{ID: 1}, Role: has, OrganisationRole: has}
			if got := refusedFor(t, route, person); got == allowed {
				t.Errorf("%s as a person who is %s: refused is %v", name, has, got)
			}
		}
	}
	if walked < 25 {
		t.Errorf("walked over %d operations only", walked)
	}
}

// everyParameter is what some operation requires: a request that lacks one is
// answered before anybody looks at the key.
const everyParameter = "?executionId=run-1&q=x&pointer=/input&a=run-1&b=run-1&field=name&format=otlp&payloadDays=1&structureDays=2&provider=p&model=m"

// refusedFor asks for an operation and reports whether the caller was refused.
// The server stops, so that no answer streams for ever.
func refusedFor(t *testing.T, route gin.RouteInfo, p xray.Principal) bool {
	t.Helper()
	w := newWorld()
	w.principal = p
	stopping := make(chan struct{})
	close(stopping)
	w.stopping = stopping
	path := strings.NewReplacer(":id", "run-1", ":stepId", spanID.String(), ":key", "k", ":name", "n", ":view", "1").Replace(route.Path) + everyParameter
	rec := httptest.NewRecorder()
	func() {
		defer func() { _ = recover() }() // a handler that does not like the request was allowed to see it
		req := httptest.NewRequestWithContext(t.Context(), route.Method, path, strings.NewReader("{}"))
		req.Header.Set("Content-Type", "application/json")
		w.handler().ServeHTTP(rec, req)
	}()
	return rec.Code == http.StatusForbidden
}
