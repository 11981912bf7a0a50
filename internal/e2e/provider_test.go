package e2e

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// cast are the people whom the provider knows, by the name they type there.
type cast map[string]*storage.User

func (c cast) GetUserByID(id string) *storage.User { return c[id] }

func (c cast) GetUserByUsername(name string) *storage.User { return c[name] }

func (c cast) ExampleClientID() string { return "service" }

func newCast(verified map[string]bool) cast {
	c := cast{}
	for email, ok := range verified {
		c[email] = &storage.User{ID: email, Username: email, Password: "at-the-provider", FirstName: "Grace", LastName: "Hopper", Email: email, EmailVerified: ok}
	}
	return c
}

// startProvider runs an OpenID Connect provider with one client.
func startProvider(t *testing.T, people cast, redirect string) (issuer string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	issuer = "http://" + l.Addr().String()
	clients := map[string]*storage.Client{}
	client := storage.WebClient("xray-client", "xray-client-secret", redirect)
	clients[client.GetID()] = client
	known := storage.NewStorageWithClients(people, clients)
	quiet := slog.New(slog.DiscardHandler)
	server := &http.Server{Handler: exampleop.SetupServer(issuer, known, quiet, false, op.WithAllowInsecure(), op.WithLogger(quiet))}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // ends when the test does
	}()
	t.Cleanup(func() { _ = server.Shutdown(context.Background()); <-done })
	return issuer
}

var requestID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// signInWith goes to the provider, types a name there, and comes back; it
// returns the address at which the browser ends.
func (p *person) signInWith(issuer, name string) *url.URL {
	p.t.Helper()
	resp, err := p.client.Get(p.server.UI + "/api/account/oidc?back=/executions%3Fq%3Dstatus:error")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	found := requestID.FindSubmatch(page)
	if found == nil {
		p.t.Fatalf("no login page of the provider at %s: %s", resp.Request.URL, page)
	}
	back, err := p.client.PostForm(issuer+"/login/username", url.Values{"id": {string(found[1])}, "username": {name}, "password": {"at-the-provider"}})
	if err != nil {
		p.t.Fatal(err)
	}
	back.Body.Close()
	return back.Request.URL
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// TestSigningInWithAProvider runs the code flow with a real one.
func TestSigningInWithAProvider(t *testing.T) {
	t.Parallel()
	ui := "http://localhost:" + freePort(t)
	issuer := startProvider(t, newCast(map[string]bool{
		"ada@example.com": true, "grace@navy.example": true, "mary@navy.example": false, "invited@other.example": true, "stranger@other.example": true,
	}), ui+"/api/account/oidc/callback")
	srv := start(t, settings{args: []string{"--listen", strings.TrimPrefix(ui, "http://"), "--public-url", ui,
		"--oidc-issuer", issuer, "--oidc-client-id", "xray-client", "--oidc-domains", "navy.example", "--oidc-role", "member"},
		env: []string{"XRAY_OIDC_CLIENT_SECRET=xray-client-secret"}})
	ada := setUp(t, srv)
	ada.want(201, "POST", "/api/invitations", fields{"email": "invited@other.example", "role": "admin"})

	for _, tc := range []struct{ name, who, role, problem string }{
		{name: "the verified address of an account", who: "ada@example.com", role: "owner"},
		{name: "the same person again, now by the identity", who: "ada@example.com", role: "owner"},
		{name: "an address of an allowed domain", who: "grace@navy.example", role: "member"},
		{name: "an invited address", who: "invited@other.example", role: "admin"},
		{name: "an address that is not verified", who: "mary@navy.example", problem: "forbidden"},
		{name: "a stranger", who: "stranger@other.example", problem: "forbidden"},
	} {
		p := newPerson(t, srv)
		end := p.signInWith(issuer, tc.who)
		if tc.problem != "" {
			if end.Path != "/login" || end.Query().Get("problem") != tc.problem {
				t.Errorf("%s ends at %s", tc.name, end)
			}
			p.want(401, "GET", "/api/session", nil)
			continue
		}
		if end.RequestURI() != "/executions?q=status:error" {
			t.Errorf("%s ends at %s", tc.name, end)
		}
		account := decode[struct {
			User struct{ Email string }
			Role string
		}](t, p.want(200, "GET", "/api/account", nil))
		if account.User.Email != tc.who || account.Role != tc.role {
			t.Errorf("%s is %+v", tc.name, account)
		}
	}

	// An answer that this browser did not ask for signs nobody in.
	victim := newPerson(t, srv)
	victim.ask("GET", "/api/account/oidc/callback?state=x&code=y", nil)
	victim.want(401, "GET", "/api/session", nil)
	if victim.cookie() != "" {
		t.Error("a cookie is set")
	}
}
