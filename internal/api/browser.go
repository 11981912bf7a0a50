package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
)

// Names of cookies. A browser takes one with the prefix __Host- only over TLS,
// from this very host and for all its paths: no neighbour can put one there.
const (
	sessionCookie = "xray"
	flowCookie    = "xray-oidc"
	hostPrefix    = "__Host-"
)

// flowFor is how long somebody may take at the provider's pages.
const flowFor = 10 * time.Minute

type browserKey struct{}

// browser is what a request says of where it comes from.
type browser struct {
	visit  account.Visit
	secure bool   // the way to us is TLS, at least as far as a proxy of ours
	local  bool   // it asked for this machine by name
	origin string // what links to this server begin with
	token  string // of the session's cookie, "" for none
	flow   string // of a sign-in under way
}

// browserOf reads it of a request.
func (s *Server) browserOf(c *gin.Context) browser {
	r := c.Request
	b := browser{
		visit:  account.Visit{Agent: r.UserAgent(), Address: c.ClientIP()},
		secure: strings.HasPrefix(s.About.PublicURL, "https://") || r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"),
		local:  namesLoopback(r.Host),
		origin: s.About.PublicURL,
	}
	if b.origin == "" {
		b.origin = "http://" + r.Host
		if b.secure {
			b.origin = "https://" + r.Host
		}
	}
	b.token, b.flow = b.cookie(r, sessionCookie), b.cookie(r, flowCookie)
	return b
}

func browserIn(ctx context.Context) browser {
	b, _ := ctx.Value(browserKey{}).(browser)
	return b
}

// name of a cookie on this way.
func (b browser) name(cookie string) string {
	if b.secure {
		return hostPrefix + cookie
	}
	return cookie
}

func (b browser) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(b.name(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// set makes a cookie; one without a value is taken away.
func (b browser) set(name, value string, until time.Time) *http.Cookie {
	c := &http.Cookie{
		Name: b.name(name), Value: value, Path: "/", Expires: until,
		HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// maySignIn refuses to take a password, and to give a cookie, over a way that
// others on the network can read.
func (s *Server) maySignIn(b browser) error {
	if b.secure || b.local || s.About.PlainLogin {
		return nil
	}
	return xray.Errorf(xray.CodeForbidden, "this page came without TLS, so others on the network could read your password: open it as https://… (and set XRAY_PUBLIC_URL), "+
		"or as http://localhost on the server itself; XRAY_PLAIN_LOGIN=true allows it nevertheless")
}

// namesLoopback reports whether a Host header names the machine of the browser.
func namesLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}
