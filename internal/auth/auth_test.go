package auth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/auth"
)

// keyring is the store's part, in memory; it counts look-ups.
type keyring struct {
	keys    map[[32]byte]xray.APIKey
	lookUps int
	down    bool
	used    map[int64]time.Time
	deaf    bool // hears of no uses
}

func (k *keyring) NoteKeyUses(_ context.Context, uses map[int64]time.Time) error {
	if k.deaf {
		return xray.Errorf(xray.CodeUnavailable, "database away")
	}
	k.used = uses
	return nil
}

var projects = map[string]xray.Project{
	"default": {ID: 1, Slug: "default"},
	"shop":    {ID: 2, Slug: "shop"},
}

func (k *keyring) KeyByHash(_ context.Context, hash [32]byte) (xray.APIKey, xray.Project, error) {
	k.lookUps++
	if k.down {
		return xray.APIKey{}, xray.Project{}, xray.Errorf(xray.CodeUnavailable, "database away")
	}
	key, ok := k.keys[hash]
	if !ok {
		return xray.APIKey{}, xray.Project{}, xray.Errorf(xray.CodeNotFound, "no key")
	}
	return key, projects["shop"], nil
}

func (k *keyring) HasKeys(context.Context) (bool, error) { return len(k.keys) > 0, nil }

func (k *keyring) ProjectBySlug(_ context.Context, slug string) (xray.Project, error) {
	p, ok := projects[slug]
	if !ok {
		return p, xray.Errorf(xray.CodeNotFound, "no project")
	}
	return p, nil
}

func TestAuthenticate(t *testing.T) {
	ring := func() *keyring {
		return &keyring{keys: map[[32]byte]xray.APIKey{
			xray.HashKey("xray_reader"): {ProjectID: 2, Scope: xray.ScopeRead},
		}}
	}
	local := auth.Options{Local: true}
	server := auth.Options{MasterKey: "m4ster"}
	for _, tc := range []struct {
		name, secret, project string
		opts                  auth.Options
		down, keyless         bool
		wantProject           string
		wantScope             xray.Scope
		wantCode              xray.Code
	}{
		{name: "local mode lets a caller without a key into the default project", opts: local, wantProject: "default", wantScope: xray.ScopeAdmin},
		{name: "local mode serves an existing project by name", opts: local, project: "shop", wantProject: "shop", wantScope: xray.ScopeAdmin},
		{name: "local mode puts a project that nobody made into default", opts: local, project: "my-app", wantProject: "default", wantScope: xray.ScopeAdmin},
		{name: "local mode puts an impossible project name into default", opts: local, project: "No Such!", wantProject: "default", wantScope: xray.ScopeAdmin},
		{name: "local mode refuses a wrong key where keys are in use", opts: local, secret: "wrong", wantCode: xray.CodeUnauthorized},
		{name: "local mode has no master key, not even an empty one", opts: local, secret: " ", wantCode: xray.CodeUnauthorized},
		{name: "local mode without keys takes a made-up one", opts: local, secret: "your-api-key", project: "movies", keyless: true, wantProject: "default", wantScope: xray.ScopeAdmin},
		{name: "local mode without keys refuses one that was made for another server", opts: local, secret: xray.NewKeySecret(), keyless: true, wantCode: xray.CodeUnauthorized},
		{name: "a server without stored keys takes no made-up one", opts: server, secret: "your-api-key", keyless: true, wantCode: xray.CodeUnauthorized},
		{name: "a server refuses a caller without a key", opts: server, wantCode: xray.CodeUnauthorized},
		{name: "the master key is an admin of the default project", opts: server, secret: "m4ster", wantProject: "default", wantScope: xray.ScopeAdmin},
		{name: "the master key may name a project", opts: server, secret: "m4ster", project: "shop", wantProject: "shop", wantScope: xray.ScopeAdmin},
		{name: "the master key is told of a project that is not there", opts: server, secret: "m4ster", project: "my-app", wantCode: xray.CodeNotFound},
		{name: "a prefix of the master key is nobody", opts: server, secret: "m4ste", wantCode: xray.CodeUnauthorized},
		{name: "a stored key has its own project and scope", opts: server, secret: "xray_reader", wantProject: "shop", wantScope: xray.ScopeRead},
		{name: "a stored key may name its own project", opts: server, secret: "xray_reader", project: "shop", wantProject: "shop", wantScope: xray.ScopeRead},
		{name: "a stored key may not name another project", opts: server, secret: "xray_reader", project: "default", wantCode: xray.CodeForbidden},
		{name: "a database that is away is not a wrong key", opts: server, secret: "xray_reader", down: true, wantCode: xray.CodeUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			keys := ring()
			if keys.down = tc.down; tc.keyless {
				keys.keys = nil
			}
			p, err := auth.NewGate(keys, tc.opts).Authenticate(t.Context(), tc.secret, tc.project)
			if xray.ErrorCode(err) != tc.wantCode {
				t.Fatalf("error %v, want code %q", err, tc.wantCode)
			}
			if p.Project.Slug != tc.wantProject || p.Scope != tc.wantScope {
				t.Errorf("got project %q scope %q, want %q %q", p.Project.Slug, p.Scope, tc.wantProject, tc.wantScope)
			}
			if err != nil && tc.secret != "" && len(tc.secret) > 2 && strings.Contains(err.Error(), tc.secret) {
				t.Errorf("the error repeats the secret: %v", err)
			}
		})
	}
}

func TestKeysAreRememberedForAWhileOnly(t *testing.T) {
	hash := xray.HashKey("xray_k")
	keys := &keyring{keys: map[[32]byte]xray.APIKey{hash: {Scope: xray.ScopeIngest}}}
	now := time.Unix(0, 0)
	gate := auth.NewGate(keys, auth.Options{CacheFor: time.Second, Now: func() time.Time { return now }})
	authenticate := func() error {
		_, err := gate.Authenticate(t.Context(), "xray_k", "")
		return err
	}
	for range 3 {
		if err := authenticate(); err != nil {
			t.Fatal(err)
		}
	}
	if keys.lookUps != 1 {
		t.Errorf("%d look-ups for three requests, want 1", keys.lookUps)
	}
	delete(keys.keys, hash) // revoked
	now = now.Add(time.Second)
	if code := xray.ErrorCode(authenticate()); code != xray.CodeUnauthorized {
		t.Errorf("a revoked key gives %q after the cache time, want unauthorized", code)
	}
	keys.keys[hash] = xray.APIKey{Scope: xray.ScopeIngest}
	if err := authenticate(); err != nil {
		t.Errorf("a new key must work at once, got %v", err)
	}
}

func TestSecretFrom(t *testing.T) {
	for _, tc := range []struct{ name, header, value, want string }{
		{"the key header", "X-Api-Key", "k", "k"},
		{"a bearer token", "Authorization", "Bearer k", "k"},
		{"a bearer token in odd case and space", "Authorization", "bearer  k ", "k"},
		{"basic: the password is the key", "Authorization", "Basic cGs6c2VjcmV0", "secret"},
		{"basic that is no base64", "Authorization", "Basic ???", ""},
		{"another scheme", "Authorization", "Digest k", ""},
		{"no header", "X-Other", "k", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := auth.SecretFrom(http.Header{tc.header: {tc.value}}); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func (k *keyring) Projects(context.Context) ([]xray.Project, error) {
	return []xray.Project{{ID: 3, Slug: "bank"}, projects["default"], projects["shop"]}, nil
}

// hanging never answers.
type hanging struct{}

func (hanging) KeyByHash(ctx context.Context, _ [32]byte) (xray.APIKey, xray.Project, error) {
	<-ctx.Done()
	return xray.APIKey{}, xray.Project{}, ctx.Err()
}

func (hanging) NoteKeyUses(context.Context, map[int64]time.Time) error { return nil }

func (hanging) HasKeys(context.Context) (bool, error) { return true, nil }

func (hanging) Projects(ctx context.Context) ([]xray.Project, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (hanging) ProjectBySlug(ctx context.Context, _ string) (xray.Project, error) {
	<-ctx.Done()
	return xray.Project{}, ctx.Err()
}

func TestADatabaseThatHangsKeepsNobodyWaitingForEver(t *testing.T) {
	gate := auth.NewGate(hanging{}, auth.Options{Local: true, LookFor: time.Millisecond})
	for _, secret := range []string{"", "xray_some"} {
		_, err := gate.Authenticate(t.Context(), secret, "")
		if e, ok := errors.AsType[*xray.Error](err); !ok || e.Code != xray.CodeUnavailable || e.RetryAfter == 0 {
			t.Errorf("key %q: %v, want unavailable with a time to wait", secret, err)
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := gate.Authenticate(ctx, "", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that has left: %v", err)
	}
}
