package mcp

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"sync"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/auth"
)

// maxRequest bounds the body of a call: arguments are short.
const maxRequest = 256 << 10

type callerKey struct{}

// caller is who asks, and for which project.
type caller struct {
	project xray.Project
	key     [32]byte // of the same key and project
	gate    *gate
}

// Handler serves the protocol over streamable HTTP. It keeps no sessions: every
// request stands for itself, with its key, so that it does not matter which of
// several servers gets it. Pages of other origins and, in local mode, foreign
// host names are the business of the engine that it is mounted on.
func (s *Server) Handler() http.Handler {
	on := newServer(s.Version, slog.New(slog.DiscardHandler), toolbox{answers: s})
	protocol := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return on }, &sdk.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, MaxRequestBodyBytes: maxRequest, PropagateRequestCancellation: true,
		DisableLocalhostProtection: true, // a proxy on the same machine passes public names on; local mode has its own wall
	})
	under := &gate{waiting: make(map[[32]byte]*queue)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret := auth.SecretFrom(r.Header)
		p, err := s.Auth.Authenticate(r.Context(), secret, r.Header.Get(auth.HeaderProject))
		if err == nil && !p.Scope.Allows(xray.ScopeRead) {
			err = xray.Errorf(xray.CodeForbidden, "this key has the scope %q, and reading needs %q: use another key", p.Scope, xray.ScopeRead)
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		key := sha256.Sum256([]byte(p.Project.Slug + "\x00" + secret))
		ctx := context.WithValue(r.Context(), callerKey{}, caller{p.Project, key, under})
		protocol.ServeHTTP(w, r.WithContext(ctx))
	})
}

// refuse answers whoever may not ask, with a problem document.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := map[xray.Code]int{
		xray.CodeUnauthorized: http.StatusUnauthorized, xray.CodeForbidden: http.StatusForbidden, xray.CodeNotFound: http.StatusNotFound,
		xray.CodeLimit: http.StatusTooManyRequests, xray.CodeUnavailable: http.StatusServiceUnavailable,
	}
	e, ok := errors.AsType[*xray.Error](err)
	if !ok || status[e.Code] == 0 {
		s.Logger.ErrorContext(r.Context(), "request failed", "route", "/mcp", "error", err)
		e = xray.Errorf(xray.CodeUnavailable, "something went wrong on the server: try again, and look into its log if it stays")
	}
	code := status[e.Code]
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="xray"`)
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "about:blank", "title": http.StatusText(code), "status": code, "code": e.Code, "detail": e.Message,
	})
}

// gate lets a few calls of each caller through at the same time.
type gate struct {
	mu      sync.Mutex
	waiting map[[32]byte]*queue
}

type queue struct {
	places chan struct{}
	users  int // under way or waiting
}

// enter waits for a place, and returns how to give it back.
func (g *gate) enter(ctx context.Context, key [32]byte) (release func(), err error) {
	g.mu.Lock()
	q := g.waiting[key]
	if q == nil {
		q = &queue{places: make(chan struct{}, maxCalls)}
		g.waiting[key] = q
	}
	q.users++
	g.mu.Unlock()
	leave := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if q.users--; q.users == 0 {
			delete(g.waiting, key)
		}
	}
	select {
	case q.places <- struct{}{}:
		return func() { <-q.places; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, xray.Errorf(xray.CodeLimit, "%d calls are under way already, and none ended in time: wait for them before you call again", maxCalls)
	}
}
