// Package auth answers one question for every way in: whose request is this,
// and what may it do? It knows keys, projects and what a member sees of them; it
// does not know HTTP, gRPC or SQL, lets nobody sign in (internal/account does),
// and has no opinion on what a scope or a role allows where.
package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/xraytrace/xray"
)

// HeaderProject names the project, for callers that may choose one.
const HeaderProject = "X-Xray-Project"

// Keys looks keys and projects up; the store does. Not found is CodeNotFound.
type Keys interface {
	KeyByHash(ctx context.Context, hash [32]byte) (xray.APIKey, xray.Project, error)
	HasKeys(ctx context.Context) (bool, error)
	ProjectBySlug(ctx context.Context, slug string) (xray.Project, error)
	Projects(ctx context.Context) ([]xray.Project, error) // by name
	// NoteKeyUses keeps when keys, by their numbers, were last used.
	NoteKeyUses(ctx context.Context, uses map[int64]time.Time) error
}

// Options of a [Gate].
type Options struct {
	// Local lets callers without a key into the project [xray.DefaultProject].
	// Only for a server that listens on loopback alone and has no master key.
	Local bool
	// MasterKey is an admin key for every project; "" for none.
	MasterKey string
	// People knows who is signed in; nil where nobody can.
	People People
	// CacheFor bounds how long a revoked key still works. Default 5 s.
	CacheFor time.Duration
	// LookFor bounds how long a database that hangs keeps a caller waiting.
	// Default 3 s.
	LookFor time.Duration
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// maxCached bounds the memory that known keys take.
const maxCached = 10_000

// Gate authenticates. It is safe for concurrent use.
type Gate struct {
	keys    Keys
	opts    Options
	master  [32]byte
	mu      sync.Mutex
	byKey   map[[32]byte]cached[xray.Principal]
	project map[string]cached[xray.Project]
	none    map[struct{}]cached[bool] // whether there is no key at all

	usesMu sync.Mutex
	uses   map[int64]time.Time // of keys, since they were last written
}

type cached[T any] struct {
	value T
	until time.Time
}

// NewGate makes a gate over the stored keys.
func NewGate(keys Keys, opts Options) *Gate {
	if opts.CacheFor == 0 {
		opts.CacheFor = 5 * time.Second
	}
	if opts.LookFor == 0 {
		opts.LookFor = 3 * time.Second
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Gate{
		keys:    keys,
		opts:    opts,
		master:  sha256.Sum256([]byte(opts.MasterKey)),
		byKey:   map[[32]byte]cached[xray.Principal]{},
		project: map[string]cached[xray.Project]{},
		none:    map[struct{}]cached[bool]{},
		uses:    map[int64]time.Time{},
	}
}

// Local reports whether callers without a key are let in.
func (g *Gate) Local() bool { return g.opts.Local }

// Authenticate tells who a secret belongs to. projectSlug is what the caller
// put into [HeaderProject], "" if nothing. Errors: CodeUnauthorized for a
// missing or unknown key, CodeForbidden for a key of another project,
// CodeNotFound for an unknown project, CodeUnavailable without a database.
func (g *Gate) Authenticate(ctx context.Context, secret, projectSlug string) (xray.Principal, error) {
	switch {
	case secret == "" && g.opts.Local:
		return g.local(ctx, projectSlug)
	case secret == "":
		return xray.Principal{}, xray.Errorf(xray.CodeUnauthorized,
			"this server wants to know who asks: sign in on its web page, or send a key as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY' (make one with 'xray key create')")
	case g.isMaster(secret):
		return g.anyProject(ctx, projectSlug)
	}
	p, err := g.stored(ctx, secret)
	if xray.ErrorCode(err) == xray.CodeUnauthorized && g.anyKeyWillDo(ctx, secret) {
		return g.local(ctx, projectSlug)
	}
	if err != nil {
		return xray.Principal{}, err
	}
	if projectSlug != "" && projectSlug != p.Project.Slug {
		return xray.Principal{}, xray.Errorf(xray.CodeForbidden,
			"this key does not belong to project %q: use a key of that project, or leave %s out", projectSlug, HeaderProject)
	}
	return p, nil
}

// anyKeyWillDo reports whether a secret counts as none: in local mode, where
// nobody has made a key yet, examples that come with "your-api-key" must run.
// One that has the form of ours was made for some server, and not for this one.
func (g *Gate) anyKeyWillDo(ctx context.Context, secret string) bool {
	if !g.opts.Local || xray.IsKeySecret(secret) {
		return false
	}
	none, known := lookUp(g, g.none, struct{}{})
	if !known {
		has, err := g.keys.HasKeys(ctx)
		if err != nil {
			return false
		}
		none = !has
		keep(g, g.none, struct{}{}, none)
	}
	return none
}

// isMaster compares digests, in constant time whatever the lengths are.
func (g *Gate) isMaster(secret string) bool {
	if g.opts.MasterKey == "" {
		return false
	}
	sum := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(sum[:], g.master[:]) == 1
}

// local serves a laptop: a project that the SDK names but nobody made is no
// reason to refuse its data.
func (g *Gate) local(ctx context.Context, slug string) (xray.Principal, error) {
	p, err := g.anyProject(ctx, slug)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		p, err = g.anyProject(ctx, xray.DefaultProject)
	}
	p.Local = err == nil
	return p, err
}

func (g *Gate) anyProject(ctx context.Context, slug string) (xray.Principal, error) {
	if slug == "" {
		slug = xray.DefaultProject
	}
	project, err := g.projectBySlug(ctx, slug)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return xray.Principal{}, xray.Errorf(xray.CodeNotFound,
			"there is no project %q: make it with 'xray project create %s'", slug, slug)
	}
	if err != nil {
		return xray.Principal{}, err
	}
	return xray.Principal{
		Project: project, Scope: xray.ScopeAdmin, AnyProject: true, Role: xray.RoleOwner, OrganisationRole: xray.RoleOwner,
	}, nil
}

func (g *Gate) stored(ctx context.Context, secret string) (xray.Principal, error) {
	hash := xray.HashKey(secret)
	if p, ok := lookUp(g, g.byKey, hash); ok && p.Key.Refusal(g.opts.Now()) == nil {
		g.note(p.Key.ID)
		return p, nil
	}
	looking, cancel := context.WithTimeout(ctx, g.opts.LookFor)
	defer cancel()
	key, project, err := g.keys.KeyByHash(looking, hash)
	if xray.ErrorCode(err) == xray.CodeNotFound {
		return xray.Principal{}, xray.Errorf(xray.CodeUnauthorized,
			"unknown or revoked key: check it, or make a new one with 'xray key create'")
	}
	if err != nil {
		return xray.Principal{}, inTime(ctx, looking, err)
	}
	p := xray.Principal{Project: project, Scope: key.Scope, Key: &key}
	keep(g, g.byKey, hash, p)
	g.note(key.ID)
	return p, nil
}

func (g *Gate) projectBySlug(ctx context.Context, slug string) (xray.Project, error) {
	if p, ok := lookUp(g, g.project, slug); ok {
		return p, nil
	}
	if err := xray.ValidateSlug(slug); err != nil {
		return xray.Project{}, xray.Errorf(xray.CodeNotFound, "there is no project %q", slug)
	}
	looking, cancel := context.WithTimeout(ctx, g.opts.LookFor)
	defer cancel()
	p, err := g.keys.ProjectBySlug(looking, slug)
	if err != nil {
		return p, inTime(ctx, looking, err)
	}
	keep(g, g.project, slug, p)
	return p, nil
}

// inTime makes CodeUnavailable of an error that only says that the database did
// not answer in time, while the caller still waits.
func inTime(caller, looking context.Context, err error) error {
	if looking.Err() == nil || caller.Err() != nil {
		return err
	}
	e := xray.Errorf(xray.CodeUnavailable, "the database does not answer; try again in a moment")
	e.RetryAfter = 2 * time.Second
	return e
}

func lookUp[K comparable, V any](g *Gate, m map[K]cached[V], k K) (V, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c, ok := m[k]
	return c.value, ok && g.opts.Now().Before(c.until)
}

// keep remembers a positive answer. Unknown keys are not remembered: a key
// must work in the moment it is made.
func keep[K comparable, V any](g *Gate, m map[K]cached[V], k K, v V) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(m) >= maxCached {
		clear(m)
	}
	m[k] = cached[V]{v, g.opts.Now().Add(g.opts.CacheFor)}
}

// SecretFrom finds the key in a request's headers: X-Api-Key, else
// Authorization with Bearer, else Basic (the password is the key, as
// Langfuse's SDKs send it). It returns "" if there is none.
func SecretFrom(h http.Header) string {
	if k := h.Get("X-Api-Key"); k != "" {
		return strings.TrimSpace(k)
	}
	authorization := h.Get("Authorization")
	scheme, rest, _ := strings.Cut(authorization, " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		return strings.TrimSpace(rest)
	case strings.EqualFold(scheme, "Basic"):
		_, password, _ := (&http.Request{Header: h}).BasicAuth()
		return password
	}
	return ""
}
