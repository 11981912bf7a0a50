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

func (w *world) Limits(_ context.Context, p int32) (xray.LimitSettings, error) {
	return w.limits, w.check(p)
}

func (w *world) SetLimits(_ context.Context, p int32, set xray.LimitSettings) error {
	if err := set.Project.Check(); err != nil {
		return err
	}
	w.limits = set
	return w.check(p)
}

func (w *world) IngestReport(_ context.Context, p int32, since, until time.Time) (xray.IngestReport, error) {
	minute := until.Unix() / 60
	old := until.Add(-time.Minute)
	return xray.IngestReport{
		Counts: []xray.IngestCount{
			{Minute: minute - 1, Family: 1, Requests: 3, Records: 30, Bytes: 300, At: old},
			{Minute: minute - 1, Family: 1, Reason: xray.ReasonBytes, Requests: 2, Error: "too fast", At: old},
			{Minute: minute, Family: 0, Requests: 1, Records: 4, Bytes: 40, At: until},
			{Minute: minute, Family: 1, Requests: 1, Records: 10, Bytes: 100, At: until},
			{Minute: minute, Family: 1, Reason: xray.ReasonRecords, Records: 5, Error: "no trace id", At: until},
		},
		BytesToday: 440, Queue: xray.IngestQueue{Waiting: 2, Since: &old},
	}, w.check(p)
}

func TestLimitsAreKeptAsTheyWereSet(t *testing.T) {
	w := newWorld()
	const body = `{"project":{"requestsPerSecond":2.5},"keys":[{"keyId":"4","limits":{"bytesPerDay":1000}}]}`
	status, _, got := w.do(t, "PUT", "/api/settings/limits", body)
	if status != 200 || len(got["keys"].([]any)) != 1 || got["project"].(map[string]any)["requestsPerSecond"] != 2.5 {
		t.Errorf("%d %v", status, got)
	}
	if len(w.acts) != 1 || w.acts[0].Verb != "limits.set" {
		t.Errorf("in the audit log: %+v", w.acts)
	}
	if _, _, again := w.do(t, "GET", "/api/settings/limits", ""); len(again["keys"].([]any)) != 1 {
		t.Errorf("read again: %v", again)
	}
	for _, bad := range []string{`{"project":{"requestsPerSecond":-1},"keys":[]}`, `{"project":{"requestsPerSecond":0.0001},"keys":[]}`, `{"project":{"burstSeconds":1e9},"keys":[]}`} {
		if status, _, problem := w.do(t, "PUT", "/api/settings/limits", bad); status != 400 {
			t.Errorf("%s: %d %v", bad, status, problem)
		}
	}
}

func TestTheIngestLogTellsWhoSentAndWhyItWasRefused(t *testing.T) {
	w := newWorld()
	w.keys = []xray.APIKey{{ID: 1, Family: 1, Name: "ci", Prefix: "xray_old"}, {ID: 5, Family: 1, Name: "ci", Prefix: "xray_new"}}
	_, _, got := w.do(t, "GET", "/api/settings/ingest", "")
	minutes := got["minutes"].([]any)
	if len(minutes) != 2 || got["bytesToday"] != 440.0 || got["queue"].(map[string]any)["waiting"] != 2.0 {
		t.Fatalf("%v", got)
	}
	last := minutes[1].(map[string]any)
	if last["requests"] != 2.0 || last["records"] != 14.0 || last["bytes"] != 140.0 || last["refused"].([]any)[0].(map[string]any)["records"] != 5.0 {
		t.Errorf("the last minute: %v", last)
	}
	first := got["keys"].([]any)[0].(map[string]any)
	if first["keyId"] != "5" || first["prefix"] != "xray_new" || first["requests"] != 4.0 || first["refused"] != 2.0 || first["lastError"].(map[string]any)["text"] != "no trace id" {
		t.Errorf("the key that sent most: %v", first)
	}
	if status, _, problem := w.do(t, "GET", "/api/settings/ingest?since=2020-01-01T00:00:00Z&until=2021-01-01T00:00:00Z", ""); status != 400 {
		t.Errorf("a year: %d %v", status, problem)
	}
}

func TestLimitsThatCannotBeAreRefusedAtTheirField(t *testing.T) {
	for body, field := range map[string]string{
		`{"project":{"requestsPerSecond":-1},"keys":[]}`:                          "/project/requestsPerSecond",
		`{"project":{"bytesPerDay":-1},"keys":[]}`:                                "/project/bytesPerDay",
		`{"project":{},"keys":[{"keyId":"4","limits":{"burstSeconds":1000000}}]}`: "/keys/0/limits/burstSeconds",
	} {
		if status, _, got := newWorld().do(t, "PUT", "/api/settings/limits", body); status != 400 || got["field"] != field {
			t.Errorf("%s: %d %v", body, status, got)
		}
	}
}
