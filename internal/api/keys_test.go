package api_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

// keyring keeps keys in a world; its methods' names are the world's already.
type keyring struct{ *world }

func (k keyring) Keys(_ context.Context, p int32) ([]xray.APIKey, error) { return k.keys, k.check(p) }

func (k keyring) CreateKey(_ context.Context, p int32, n xray.NewKey) (string, xray.APIKey, error) {
	if err := n.Check(time.Now()); err != nil {
		return "", xray.APIKey{}, err
	}
	made := xray.APIKey{ID: int64(len(k.keys) + 1), ProjectID: p, Name: n.Name, Scope: n.Scope, ExpiresAt: n.ExpiresAt, Prefix: "xray_abcdef", CreatedAt: time.Unix(0, 0)}
	k.keys = append(k.keys, made)
	return "xray_abcdef-secret", made, k.check(p)
}

func (k keyring) RotateKey(_ context.Context, p int32, id int64, r xray.Rotation) (string, xray.APIKey, xray.APIKey, error) {
	if id > int64(len(k.keys)) {
		return "", xray.APIKey{}, xray.APIKey{}, xray.Errorf(xray.CodeNotFound, "no key")
	}
	if err := r.Check(time.Now()); err != nil {
		return "", xray.APIKey{}, xray.APIKey{}, err
	}
	old := &k.keys[id-1]
	old.ExpiresAt, old.ReplacedBy = &r.OldWorksUntil, 99
	return "xray_next", xray.APIKey{ID: 99, Name: old.Name, Scope: old.Scope, Prefix: "xray_nextxx", Replaces: id, ExpiresAt: r.ExpiresAt}, *old, k.check(p)
}

func (k keyring) RevokeKey(_ context.Context, p int32, id int64) error {
	if id > int64(len(k.keys)) {
		return xray.Errorf(xray.CodeNotFound, "no key")
	}
	now := time.Now()
	k.keys[id-1].RevokedAt = &now
	return k.check(p)
}

func TestTheLifeOfAKey(t *testing.T) {
	w := newWorld()
	const path = "/api/settings/keys"
	status, _, made := w.do(t, "POST", path, `{"name":"ci","scope":"ingest","expiresAt":"2100-01-01T00:00:00Z"}`)
	key, _ := made["key"].(map[string]any)
	if status != 201 || made["secret"] != "xray_abcdef-secret" || key["id"] != "1" || key["state"] != "active" || key["expiresAt"] != "2100-01-01T00:00:00Z" {
		t.Fatalf("made %d %v", status, made)
	}
	before := time.Now()
	status, _, rotated := w.do(t, "POST", path+"/1/rotate", `{}`)
	old, _ := rotated["old"].(map[string]any)
	next, _ := rotated["key"].(map[string]any)
	if status != 201 || rotated["secret"] != "xray_next" || old["state"] != "ending" || old["replacedBy"] != "99" || next["replaces"] != "1" {
		t.Fatalf("rotated %d %v", status, rotated)
	}
	if until := *w.keys[0].ExpiresAt; until.Before(before.Add(23*time.Hour)) || until.After(time.Now().Add(25*time.Hour)) {
		t.Errorf("the old one works until %v, want a day from now", until)
	}
	if status, _, problem := w.do(t, "POST", path+"/1/rotate", `{"oldWorksUntil":"2100-01-01T00:00:00Z"}`); status != 400 {
		t.Errorf("an overlap of many years: %d %v", status, problem)
	}
	if _, _, list := w.do(t, "GET", path, ""); len(list["keys"].([]any)) != 1 {
		t.Errorf("list %v", list)
	}
	for _, tc := range []struct{ method, path string }{{"DELETE", path + "/7"}, {"DELETE", path + "/x"}, {"POST", path + "/7/rotate"}, {"POST", path + "/x/rotate"}} {
		if status, _, problem := w.do(t, tc.method, tc.path, "{}"); status != 404 || problem["code"] != "not_found" {
			t.Errorf("%s %s: %d %v", tc.method, tc.path, status, problem)
		}
	}
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "DELETE", path+"/1", nil))
	if rec.Code != 204 || w.keys[0].RevokedAt == nil {
		t.Errorf("revoked with %d: %+v", rec.Code, w.keys[0])
	}
	var verbs []string
	for _, a := range w.acts {
		verbs = append(verbs, a.Verb+" "+a.Object)
		if bytes := string(a.Detail); strings.Contains(bytes, "secret") || strings.Contains(bytes, `xray_next"`) {
			t.Errorf("the log tells a secret: %s", bytes)
		}
	}
	if got := strings.Join(verbs, ", "); got != "key.create 1, key.rotate 1, key.revoke 1" {
		t.Errorf("in the log: %s", got)
	}
}
