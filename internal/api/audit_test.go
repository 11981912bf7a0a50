package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func (w *world) RecordAct(_ context.Context, a xray.Act) error {
	if w.auditErr != nil {
		return w.auditErr
	}
	w.acts = append(w.acts, a)
	if a.ProjectID == 0 { // about the server
		return nil
	}
	return w.check(a.ProjectID)
}

func (w *world) Acts(_ context.Context, q xray.ActQuery) ([]xray.Act, error) {
	w.actsOf = q
	return w.acts[:min(len(w.acts), q.Limit)], nil
}

// TestEveryActIsInTheAuditLog changes whatever a project may change, and looks
// what is said about it.
func TestEveryActIsInTheAuditLog(t *testing.T) {
	const newView = `{"name":"slow","query":"duration:>1s"}`
	for _, tc := range []struct {
		name, method, path, body string
		verb, object, detail     string
	}{
		{"a policy", "PUT", "/api/settings/reasoning", `{"policy":"off"}`, "reasoning.set", "", `{"policy":{"from":"","to":"off"}}`},
		{"masking", "PUT", "/api/settings/masking", `{"rules":[{"preset":"card","action":"hash"}],"model":{"presets":[]}}`, "masking.set", "",
			`{"rules":{"from":[],"to":[{"action":"hash","name":"card","preset":"card"}]}}`},
		{"retention", "PUT", "/api/settings/retention", `{"payloadDays":7,"structureDays":14}`, "retention.set", "", `{"payloadDays":{"from":0,"to":7},"structureDays":{"from":0,"to":14}}`},
		{"a price", "PUT", "/api/settings/prices", `{"provider":"openai","model":"gpt-4o","input":2}`, "price.set", "openai/gpt-4o", `{"provider":"openai","model":"gpt-4o","input":2}`},
		{"ignored paths", "PUT", "/api/pipelines/search/ignored-paths", `{"paths":["/input/at"]}`, "pipeline.ignore", "search", `{"paths":{"from":[],"to":["/input/at"]}}`},
		{"a new view", "POST", "/api/views", newView, "view.create", "1", newView},
		{"a changed view", "PUT", "/api/views/1", newView, "view.replace", "1", newView},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld()
			w.principal.Key = &xray.APIKey{ID: 4, Name: "ci"}
			w.views = []xray.View{{ID: 1, Name: "old"}}
			if tc.verb == "view.create" {
				w.views = nil
			}
			if status, _, body := w.do(t, tc.method, tc.path, tc.body); status >= 300 {
				t.Fatalf("%d %v", status, body)
			}
			if len(w.acts) != 1 {
				t.Fatalf("%d acts in the log, want one: %+v", len(w.acts), w.acts)
			}
			a := w.acts[0]
			if a.ProjectID != shop.ID || a.Verb != tc.verb || a.Object != tc.object || !alike(t, a.Detail, tc.detail) {
				t.Errorf("%+v\ndetail %s\nwant   %s", a, a.Detail, tc.detail)
			}
			if want := (xray.Actor{Kind: xray.ActorKey, ID: "4", Name: "ci", Address: "192.0.2.1"}); a.Actor != want {
				t.Errorf("by %+v, want %+v", a.Actor, want)
			}
		})
	}
}

func alike(t *testing.T, a []byte, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	one, _ := json.Marshal(x)
	two, _ := json.Marshal(y)
	return string(one) == string(two)
}

func TestSettingsThatStayAsTheyWereAreNoAct(t *testing.T) {
	w := newWorld()
	w.set.Policy = xray.PolicyOff
	if status, _, body := w.do(t, "PUT", "/api/settings/reasoning", `{"policy":"off"}`); status != 200 || len(w.acts) > 0 {
		t.Errorf("%d %v, acts %+v", status, body, w.acts)
	}
}

func TestAnActThatIsNotInTheLogIsNoSuccess(t *testing.T) {
	w := newWorld()
	w.auditErr = errors.New("disk full")
	if status, _, body := w.do(t, "PUT", "/api/settings/reasoning", `{"policy":"off"}`); status != 500 || w.set.Policy != xray.PolicyOff {
		t.Errorf("%d %v, policy %q", status, body, w.set.Policy)
	}
}

func TestTheAuditLogIsReadInPages(t *testing.T) {
	w := newWorld()
	at := time.Unix(1_700_000_000, 0)
	for id := int64(9); id > 0; id-- {
		w.acts = append(w.acts, xray.Act{ID: id, ProjectID: shop.ID, At: at, Actor: xray.Actor{Kind: xray.ActorMaster}, Verb: "key.create"})
	}
	_, _, page := w.do(t, "GET", "/api/settings/audit?limit=2&verb=key", "")
	if len(page["acts"].([]any)) != 2 || page["next"] != "8" || w.actsOf.Verb != "key" || w.actsOf.ProjectID != shop.ID {
		t.Errorf("first page %v, asked for %+v", page, w.actsOf)
	}
	first := page["acts"].([]any)[0].(map[string]any)
	if first["id"] != "9" || first["at"] != "2023-11-14T22:13:20Z" || first["actor"].(map[string]any)["kind"] != "master" {
		t.Errorf("the newest is %v", first)
	}
	w.do(t, "GET", "/api/settings/audit?cursor=8", "")
	if w.actsOf.Before != 8 {
		t.Errorf("the second page asks for %+v", w.actsOf)
	}
}

func TestWhatWasDoneToTheServerIsForThoseWhoSeeAllOfIt(t *testing.T) {
	w := newWorld()
	if status, _, body := w.do(t, "GET", "/api/settings/audit?server=true", ""); status != 403 {
		t.Errorf("with a project's key %d %v", status, body)
	}
	w.principal.AnyProject = true
	if status, _, _ := w.do(t, "GET", "/api/settings/audit?server=true", ""); status != 200 || w.actsOf.ProjectID != 0 {
		t.Errorf("with the master key %d, asked for %+v", status, w.actsOf)
	}
}
