package api_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
	"github.com/xraytrace/xray/internal/api"
)

// lobby lets one person in; the rest of the interface nobody asks for here.
type lobby struct {
	api.Accounts
	flow    account.Flow // what the browser brought back
	dropped string
}

func (*lobby) LogIn(_ context.Context, email, password string, _ account.Visit) (account.Login, error) {
	if password != "right" {
		return account.Login{}, xray.Errorf(xray.CodeUnauthorized, "wrong")
	}
	return account.Login{Token: "new-token", User: xray.User{ID: 7, Email: email}}, nil
}

func (l *lobby) Drop(_ context.Context, token string) error { l.dropped = token; return nil }

func (*lobby) StartOIDC(_ context.Context, back string) (string, account.Flow, error) {
	return "https://id.example/authorize", account.Flow{State: "s", Nonce: "n", Verifier: "v", Back: back}, nil
}

func (l *lobby) FinishOIDC(_ context.Context, f account.Flow, _, _ string, _ account.Visit) (account.Login, error) {
	l.flow = f
	return account.Login{Token: "new-token"}, nil
}

// browse sends a request as a browser does.
func browse(t *testing.T, w *world, method, url, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, r)
	return rec
}

const rightLogin = `{"email":"ada@example.com","password":"right"}`

func TestTheCookieOfASession(t *testing.T) {
	for _, tc := range []struct {
		name, url string
		headers   []string
		want      string // of the cookie, "" where nobody may sign in
	}{
		{"over TLS it is for this host only", "https://xray.example/api/account/login", nil, "__Host-xray=new-token; Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"behind a proxy that ends TLS, too", "http://xray.example/api/account/login", []string{"X-Forwarded-Proto", "https"}, "__Host-xray=new-token; Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"on the machine itself it needs no TLS", "http://localhost:8080/api/account/login", nil, "xray=new-token; Path=/; HttpOnly; SameSite=Lax"},
		{"or by its number", "http://[::1]:8080/api/account/login", nil, "xray=new-token; Path=/; HttpOnly; SameSite=Lax"},
		{"over a network without TLS there is none", "http://xray.example/api/account/login", nil, ""},
		{"a name that only begins like the machine's is another", "http://localhost.evil.example/api/account/login", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			w.accounts, w.tlsOnly = &lobby{}, true
			rec := browse(t, w, "POST", tc.url, rightLogin, tc.headers...)
			if got := rec.Header().Get("Set-Cookie"); got != tc.want {
				t.Errorf("%d, cookie %q, want %q", rec.Code, got, tc.want)
			}
			if tc.want == "" && (rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "TLS")) {
				t.Errorf("refused with %d %s", rec.Code, rec.Body)
			}
		})
	}
}

func TestSigningInEndsTheSessionBefore(t *testing.T) {
	w, people := newWorld(), &lobby{}
	w.accounts = people
	if rec := browse(t, w, "POST", "http://localhost/api/account/login", strings.Replace(rightLogin, "right", "wrong", 1), "Cookie", "xray=old"); rec.Code != 401 || people.dropped != "" {
		t.Errorf("a wrong password: %d, dropped %q", rec.Code, people.dropped)
	}
	if rec := browse(t, w, "POST", "http://localhost/api/account/login", rightLogin, "Cookie", "xray=old"); rec.Code != 200 || people.dropped != "old" {
		t.Errorf("the right one: %d, dropped %q", rec.Code, people.dropped)
	}
	w.local = true
	if rec := browse(t, w, "POST", "http://localhost/api/account/login", rightLogin); rec.Code != 409 {
		t.Errorf("in local mode: %d %s", rec.Code, rec.Body)
	}
}

func TestACookieOpensWhatItsPersonMaySee(t *testing.T) {
	ada := xray.Principal{Project: shop, Scope: xray.ScopeRead, User: &xray.User{ID: 7}, Role: xray.RoleViewer}
	for _, tc := range []struct {
		name, url string
		headers   []string
		fresh     string
		authErr   error // of the keys' gate
		want      int
	}{
		{name: "a cookie", url: "/api/executions", headers: []string{"Cookie", "xray=a-token"}, want: 200},
		{name: "a project by the header", url: "/api/executions", headers: []string{"Cookie", "xray=a-token", "X-Xray-Project", "shop"}, want: 200},
		{name: "a project by the query, for links", url: "/api/executions?project=bank", headers: []string{"Cookie", "xray=a-token"}, want: 404},
		{name: "another's cookie", url: "/api/executions", headers: []string{"Cookie", "xray=b-token"}, want: 401},
		{name: "the plain cookie where only the one for this host counts", url: "https://localhost/api/executions", headers: []string{"Cookie", "xray=a-token"}, authErr: xray.Errorf(xray.CodeUnauthorized, "who?"), want: 401},
		{name: "a key goes before a cookie", url: "/api/executions", headers: []string{"Cookie", "xray=a-token", "X-Api-Key", "bad"}, authErr: xray.Errorf(xray.CodeUnauthorized, "who?"), want: 401},
		{name: "a token that is exchanged", url: "/api/executions", headers: []string{"Cookie", "xray=a-token"}, fresh: "c-token", want: 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			w.principal, w.fresh, w.authErr = ada, tc.fresh, tc.authErr
			url := tc.url
			if strings.HasPrefix(url, "/") {
				url = "http://localhost" + url
			}
			rec := browse(t, w, "GET", url, "", tc.headers...)
			if rec.Code != tc.want {
				t.Errorf("%d %s, want %d", rec.Code, rec.Body, tc.want)
			}
			if set := rec.Header().Get("Set-Cookie"); strings.HasPrefix(set, "xray="+tc.fresh+";") != (tc.fresh != "") {
				t.Errorf("cookie %q", set)
			}
			if tc.want == 200 && rec.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", rec.Header().Get("Cache-Control"))
			}
		})
	}
}

func TestASignInWithTheProviderEndsOnThisServer(t *testing.T) {
	for back, want := range map[string]string{
		"/executions?q=a":       "/executions?q=a",
		"":                      "/",
		"//evil.example":        "/",
		"/\\evil.example":       "/",
		"https://evil.example/": "/",
		"javascript:alert(1)":   "/",
		"/a\r\nSet-Cookie: x=y": "/",
	} {
		w, people := newWorld(), &lobby{}
		w.accounts = people
		start := browse(t, w, "GET", "http://localhost/api/account/oidc", "")
		if start.Code != http.StatusFound || start.Header().Get("Location") != "https://id.example/authorize" {
			t.Fatalf("start: %d %v", start.Code, start.Header())
		}
		// The cookie as this browser would bring it back, after any tampering.
		cookie := flowCookieWith(t, back)
		end := browse(t, w, "GET", "http://localhost/api/account/oidc/callback?state=s&code=c", "", "Cookie", cookie)
		if got := end.Header().Get("Location"); end.Code != http.StatusFound || got != want {
			t.Errorf("back to %q ends at %q (%d), want %q", back, got, end.Code, want)
		}
		if people.flow.State != "s" || people.flow.Verifier != "v" {
			t.Errorf("the flow came back as %+v", people.flow)
		}
	}
}

func flowCookieWith(t *testing.T, back string) string {
	t.Helper()
	raw, err := json.Marshal(account.Flow{State: "s", Nonce: "n", Verifier: "v", Back: back})
	if err != nil {
		t.Fatal(err)
	}
	return "xray-oidc=" + base64.RawURLEncoding.EncodeToString(raw)
}

func TestAStreamEndsWithItsSession(t *testing.T) {
	w := newWorld()
	w.principal.User, w.principal.Role = &xray.User{ID: 7}, xray.RoleViewer
	w.idle = time.Millisecond
	w.authErr = xray.Errorf(xray.CodeUnauthorized, "signed out") // what Still says, too
	server := httptest.NewServer(w.handler())
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "xray=a-token")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body) // comes back, or the test hangs
	if err != nil || !strings.Contains(string(all), "event: ready") {
		t.Errorf("%s, error %v", all, err)
	}
}
