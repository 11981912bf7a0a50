package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// person is somebody before a browser: cookies, and nothing else.
type person struct {
	t      testing.TB
	server *server
	client *http.Client
}

func newPerson(t testing.TB, s *server) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, s, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// at is the same browser before another server: cookies know no ports.
func (p *person) at(s *server) *person { return &person{p.t, s, p.client} }

// ask sends a request as a page of the server does; body is nil for none.
func (p *person) ask(method, path string, body any, headers ...string) (int, string, http.Header) {
	p.t.Helper()
	var raw string
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		raw = string(b)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server.UI+path, strings.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", p.server.UI)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(answer), resp.Header
}

// want asks and fails the test on another status.
func (p *person) want(status int, method, path string, body any, headers ...string) string {
	p.t.Helper()
	got, answer, _ := p.ask(method, path, body, headers...)
	if got != status {
		p.t.Fatalf("%s %s: %d %s, want %d", method, path, got, answer, status)
	}
	return answer
}

type fields = map[string]any

const goodPassword = "the heron sleeps standing up"

// tokenOf takes the secret out of a link: /join#SECRET.
func tokenOf(t testing.TB, link, path string) string {
	t.Helper()
	_, token, ok := strings.Cut(link, path+"#")
	if !ok {
		t.Fatalf("%q is no link to %s", link, path)
	}
	return token
}

var linkPattern = regexp.MustCompile(`https?://\S+/setup#\S+`)

// setUp makes Ada the owner with the link that the server has printed.
func setUp(t testing.TB, s *server) *person {
	t.Helper()
	var link string
	eventually(t, "the set-up link is printed", 10*time.Second, func() bool {
		link = linkPattern.FindString(s.log.String())
		return link != ""
	})
	ada := newPerson(t, s)
	ada.want(200, "POST", "/api/account/setup", fields{
		"token": tokenOf(t, link, "/setup"), "email": "Ada@example.com", "name": "Ada", "password": goodPassword, "organisation": "Analytical Engines",
	})
	return ada
}

// invite makes a member with a role in the organisation and in projects.
func (p *person) invite(email, role string, projects ...fields) *person {
	p.t.Helper()
	made := decode[struct{ Link string }](p.t, p.want(201, "POST", "/api/invitations", fields{"email": email, "role": role, "projects": projects}))
	token := tokenOf(p.t, made.Link, "/join")
	other := newPerson(p.t, p.server)
	if offer := other.want(200, "POST", "/api/account/invitation", fields{"token": token}); !strings.Contains(offer, email) || !strings.Contains(offer, "Analytical Engines") {
		p.t.Errorf("the link offers %s", offer)
	}
	other.want(200, "POST", "/api/account/join", fields{"token": token, "name": email, "password": goodPassword})
	newPerson(p.t, p.server).want(404, "POST", "/api/account/join", fields{"token": token, "name": "Eve", "password": goodPassword})
	return other
}

// cookie is the browser's for the session.
func (p *person) cookie() string {
	u, err := url.Parse(p.server.UI)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range p.client.Jar.Cookies(u) {
		if c.Name == "xray" {
			return c.Value
		}
	}
	return ""
}

func decode[T any](t testing.TB, raw string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}
