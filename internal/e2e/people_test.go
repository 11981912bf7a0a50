package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestATeamFromItsFirstStart: whoever has the link from the log becomes the
// owner and invites others, whose roles hold.
func TestATeamFromItsFirstStart(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{args: []string{"--listen", "0.0.0.0:0"}})
	stranger := newPerson(t, srv)
	stranger.want(401, "GET", "/api/executions", nil)
	if how := stranger.want(200, "GET", "/api/account/login", nil); !strings.Contains(how, `"setup":true`) {
		t.Errorf("before the set-up: %s", how)
	}
	ada := setUp(t, srv)
	token := tokenOf(t, linkPattern.FindString(srv.log.String()), "/setup")
	stranger.want(404, "POST", "/api/account/setup", fields{"token": token, "email": "eve@example.com", "name": "Eve", "password": goodPassword})
	if how := stranger.want(200, "GET", "/api/account/login", nil); !strings.Contains(how, `"setup":false`) {
		t.Errorf("after the set-up: %s", how)
	}

	ada.want(201, "POST", "/api/projects", fields{"projectId": "shop"})
	ada.want(201, "POST", "/api/projects", fields{"projectId": "bank"})
	ada.want(409, "POST", "/api/projects", fields{"projectId": "bank"})
	bob := ada.invite("bob@example.com", "none", fields{"projectId": "shop", "role": "member"})
	eve := ada.invite("eve@example.com", "viewer")

	// Bob is a guest who sees one project, and of the others nothing.
	if session := bob.want(200, "GET", "/api/session", nil); !strings.Contains(session, `"projectId":"shop"`) || !strings.Contains(session, `"role":"member"`) {
		t.Errorf("session %s", session)
	}
	if projects := bob.want(200, "GET", "/api/projects", nil); strings.Contains(projects, "bank") || strings.Contains(projects, "default") {
		t.Errorf("projects %s", projects)
	}
	for _, path := range []string{"/api/executions", "/api/session", "/api/events", "/api/views", "/api/pipelines"} {
		hidden := bob.want(404, "GET", path, nil, "X-Xray-Project", "bank")
		absent := bob.want(404, "GET", path, nil, "X-Xray-Project", "bonk")
		if strings.ReplaceAll(hidden, "bank", "bonk") != absent {
			t.Errorf("%s tells a hidden project from none:\n%s\n%s", path, hidden, absent)
		}
	}
	view := fields{"name": "slow", "query": "duration:>2s", "columns": []string{}, "range": "", "sort": ""}
	bob.want(201, "POST", "/api/views", view)
	bob.want(403, "PUT", "/api/settings/reasoning", fields{"policy": "off"})
	bob.want(403, "GET", "/api/members", nil)
	bob.want(403, "POST", "/api/projects", fields{"projectId": "mine"})
	eve.want(200, "GET", "/api/executions?project=bank", nil) // links cannot send headers
	eve.want(403, "POST", "/api/views", view)

	// A role holds from the next request on; the last owner stays.
	id := func(email string) string {
		return memberOf(t, ada.want(200, "GET", "/api/members", nil), email)
	}
	ada.want(200, "PUT", "/api/members/"+id("eve@example.com"), fields{"role": "admin"})
	eve.want(200, "GET", "/api/invitations", nil)
	eve.want(403, "DELETE", "/api/members/"+id("ada@example.com"), nil)
	eve.want(403, "PUT", "/api/members/"+id("eve@example.com"), fields{"role": "owner"})
	ada.want(409, "PUT", "/api/members/"+id("ada@example.com"), fields{"role": "viewer"})
	ada.want(409, "DELETE", "/api/members/"+id("ada@example.com"), nil)
	ada.want(204, "DELETE", "/api/members/"+id("bob@example.com"), nil)
	bob.want(401, "GET", "/api/executions", nil)

	// What was done is in the audit log, without the secrets.
	log := ada.want(200, "GET", "/api/settings/audit?server=true", nil)
	for _, verb := range []string{"account.setup", "member.invite", "account.join", "member.set", "member.remove", "project.create"} {
		if !strings.Contains(log, verb) {
			t.Errorf("the audit log lacks %s: %s", verb, log)
		}
	}
	for _, secret := range []string{goodPassword, token, ada.cookie()} {
		if strings.Contains(log, secret) {
			t.Errorf("the audit log holds %q", secret)
		}
	}
}

// TestSessionsEndWhereverTheyAre: two servers on one database share them.
func TestSessionsEndWhereverTheyAre(t *testing.T) {
	t.Parallel()
	open := []string{"--listen", "0.0.0.0:0"}
	first := start(t, settings{args: open})
	second := start(t, settings{args: append(open, "--database-url",
		fmt.Sprintf("postgres:///xray?user=xray&host=%s", filepath.Join(first.dataDir, "socket")))})
	here := setUp(t, second) // either's link does
	here.at(first).want(200, "GET", "/api/executions", nil)

	login := fields{"email": "ada@example.com", "password": goodPassword}
	there := newPerson(t, first)
	there.want(200, "POST", "/api/account/login", login)
	old := there.cookie()
	there.want(200, "POST", "/api/account/login", login)
	if there.cookie() == old || old == "" {
		t.Error("a login does not change the token")
	}
	newPerson(t, first).want(401, "GET", "/api/session", nil, "Cookie", "xray="+old)

	// A page elsewhere cannot use the cookie.
	for _, from := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
		there.want(403, "POST", "/api/account/logout-everywhere", nil, from...)
	}
	there.want(200, "GET", "/api/session", nil)

	there.want(400, "POST", "/api/account/password", fields{"current": "wrong", "password": "another heron sleeps too"})
	there.want(400, "POST", "/api/account/password", fields{"current": goodPassword, "password": "short"})
	there.want(204, "POST", "/api/account/password", fields{"current": goodPassword, "password": "another heron sleeps too"})
	here.want(401, "GET", "/api/session", nil)
	there.at(second).want(200, "GET", "/api/session", nil)
	there.at(second).want(204, "POST", "/api/account/logout-everywhere", nil)
	there.want(401, "GET", "/api/session", nil)

	// Who forgot the password gets a link from who runs the server.
	link := run(t, "user", "reset-password", "ada@example.com", "--data-dir", first.dataDir)
	there.want(200, "POST", "/api/account/reset", fields{"token": tokenOf(t, link, "/reset"), "password": goodPassword})
	there.want(200, "GET", "/api/account", nil)
	if list := run(t, "user", "list", "--data-dir", first.dataDir); !strings.Contains(list, "ada@example.com") || !strings.Contains(list, "owner") {
		t.Errorf("xray user list says %s", list)
	}
	run(t, "user", "sign-out", "ada@example.com", "--data-dir", first.dataDir)
	there.want(401, "GET", "/api/session", nil)
}

func TestGuessingIsAnsweredAlikeAndNotForLong(t *testing.T) {
	t.Parallel()
	srv := start(t, settings{args: []string{"--listen", "0.0.0.0:0"}})
	setUp(t, srv)
	guess := func(email string) (int, string, http.Header) {
		return newPerson(t, srv).ask("POST", "/api/account/login", fields{"email": email, "password": "wrong horse battery"})
	}
	status, known, _ := guess("ada@example.com")
	_, unknown, _ := guess("nobody@example.com")
	if status != 401 || known != unknown {
		t.Errorf("%d\nwith an account:    %s\nwithout an account: %s", status, known, unknown)
	}
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		limited := false
		for range 8 {
			status, body, header := guess(email)
			if status == http.StatusTooManyRequests {
				limited = true
				if header.Get("Retry-After") == "" {
					t.Errorf("no Retry-After: %s", body)
				}
			}
		}
		if !limited {
			t.Errorf("nobody stops who guesses at %s", email)
		}
	}
}

// memberOf finds a member's number in a list.
func memberOf(t testing.TB, list, email string) string {
	t.Helper()
	all := decode[struct {
		Members []struct {
			User struct{ ID, Email string }
		}
	}](t, list)
	for _, m := range all.Members {
		if m.User.Email == email {
			return m.User.ID
		}
	}
	t.Fatalf("%s is no member: %s", email, list)
	return ""
}
