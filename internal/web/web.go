// Package web is the front door of the UI port and of OTLP/HTTP: it makes the
// engine that everything is mounted on, with the headers, guards and logs that
// hold for every answer, tells load balancers how the server is, and serves
// the embedded UI. It knows no resource of the API.
package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
)

// contentSecurityPolicy lets the page load only what this server serves, and
// nothing inline: a trace's text can hold any HTML and never runs.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Options of an engine.
type Options struct {
	Logger *slog.Logger
	// LoopbackOnly refuses requests whose Host is not a loopback name. A server
	// without keys needs it: a page from elsewhere could otherwise reach it
	// through a host name that resolves to 127.0.0.1 (DNS rebinding).
	LoopbackOnly bool
	// Origin is that of the server's public URL: a proxy may tell us another host
	// than the page has. "" for none.
	Origin string
	// TrustedProxies are addresses and networks whose X-Forwarded-For is
	// believed; of everybody else it is what the connection says.
	TrustedProxies []string
}

// NewEngine makes an engine with what holds for every answer.
func NewEngine(o Options) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.ContextWithFallback = true // handlers pass the gin context to the store
	e.HandleMethodNotAllowed = true
	_ = e.SetTrustedProxies(o.TrustedProxies) // the flag was checked; what cannot be read is not believed
	e.Use(recovery(o.Logger), securityHeaders, sameOrigin(o.Origin))
	if o.LoopbackOnly {
		e.Use(loopbackHost)
	}
	e.Use(compressJSON())
	return e
}

// recovery answers 500 after a panic and logs it. An abort is how a handler
// breaks a connection on purpose and goes on.
func recovery(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			switch r := recover(); r {
			case nil:
			case http.ErrAbortHandler:
				panic(r)
			default:
				log.Error("panic in a handler", "panic", r, "route", c.FullPath(), "stack", string(debug.Stack()))
				if !c.Writer.Written() {
					c.AbortWithStatus(http.StatusInternalServerError)
				}
			}
		}()
		c.Next()
	}
}

func securityHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// sameOrigin refuses what a page of another origin makes a browser send: a
// server without keys has nothing else to tell it from its owner's requests, and
// one with people would take their cookies for their will.
func sameOrigin(public string) gin.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	if u, err := url.Parse(public); err == nil && u.Host != "" {
		_ = protection.AddTrustedOrigin(u.Scheme + "://" + u.Host) // of that form it cannot fail
	}
	return func(c *gin.Context) {
		if protection.Check(c.Request) != nil {
			c.Abort()
			c.String(http.StatusForbidden, "A page of another origin may not send requests here.\n")
		}
	}
}

func loopbackHost(c *gin.Context) {
	if !isLoopback(c.Request.Host) {
		c.Abort()
		c.String(http.StatusForbidden, "This server has no keys and answers only to localhost, not to %q.\n"+
			"To serve others set XRAY_PUBLIC_URL or XRAY_MASTER_API_KEY.\n", c.Request.Host)
	}
}

// isLoopback reports whether a Host header names this machine.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// Health tells how the server is. Its zero value is alive and not ready.
type Health struct {
	ready atomic.Pointer[func(context.Context) error]
}

// SetReady says that the server has started; from now on check decides.
func (h *Health) SetReady(check func(context.Context) error) { h.ready.Store(&check) }

// SetStopping says that the server takes no more work.
func (h *Health) SetStopping() { h.ready.Store(nil) }

// readyTimeout bounds the database's answer to a readiness probe.
const readyTimeout = 2 * time.Second

// Register mounts /healthz (the process lives) and /readyz (it can take
// requests: migrated, and the database answers).
func (h *Health) Register(r gin.IRouter) {
	r.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	r.GET("/readyz", func(c *gin.Context) {
		check := h.ready.Load()
		if check == nil {
			c.String(http.StatusServiceUnavailable, "starting or stopping\n")
			return
		}
		ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
		defer cancel()
		if err := (*check)(ctx); err != nil {
			c.String(http.StatusServiceUnavailable, "the database does not answer\n")
			return
		}
		c.String(http.StatusOK, "ready\n")
	})
}

// Switch is a handler that can be exchanged while it serves: a port is bound
// before the server is ready, so that a taken port is found at once and
// probes and clients get an answer rather than a refused connection.
type Switch struct{ current atomic.Pointer[http.Handler] }

// Set exchanges the handler.
func (s *Switch) Set(h http.Handler) { s.current.Store(&h) }

func (s *Switch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*s.current.Load()).ServeHTTP(w, r)
}

// Under serves h below a base path such as "/xray", for a proxy that passes
// paths on as they come. One that cuts the base off first is served alike.
func Under(base string, h http.Handler) http.Handler {
	if base == "" {
		return h
	}
	below := http.StripPrefix(base, h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == base:
			http.Redirect(w, r, base+"/", http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, base+"/"):
			below.ServeHTTP(w, r)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// Starting answers while the server starts: OTLP clients come again.
func Starting(h *Health) http.Handler {
	e := NewEngine(Options{Logger: slog.New(slog.DiscardHandler)})
	h.Register(e)
	e.NoRoute(func(c *gin.Context) {
		c.Header("Retry-After", "1")
		c.String(http.StatusServiceUnavailable, "X-Ray is starting\n")
	})
	return e
}
