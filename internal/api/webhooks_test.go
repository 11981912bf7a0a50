package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

// hooks is one project's webhooks: one of kind slack, and those that were made.
type hooks struct {
	w       *world
	created xray.Hook
	secret  string
	overlap time.Duration
}

var slackHook = xray.Hook{ID: 7, ProjectID: shop.ID, Name: "ops", Kind: xray.HookSlack, URL: "https://hooks.slack.com/services/T0/B0/secretsecret"}

func (h *hooks) Hooks(_ context.Context, p int32) ([]xray.Hook, error) {
	return []xray.Hook{slackHook}, h.w.check(p)
}
func (h *hooks) Hook(_ context.Context, p int32, id int64) (xray.Hook, error) {
	if id != slackHook.ID {
		return xray.Hook{}, xray.Errorf(xray.CodeNotFound, "there is no webhook %d", id)
	}
	return slackHook, h.w.check(p)
}
func (h *hooks) CreateHook(_ context.Context, n xray.Hook, secret string) (xray.Hook, error) {
	h.created, h.secret = n, secret
	n.ID, n.Secrets = 8, 1
	return n, h.w.check(n.ProjectID)
}
func (h *hooks) ReplaceHook(_ context.Context, n xray.Hook) (xray.Hook, error) {
	h.created = n
	return n, h.w.check(n.ProjectID)
}
func (h *hooks) RotateHook(_ context.Context, p int32, _ int64, secret string, overlap time.Duration) error {
	h.secret, h.overlap = secret, overlap
	return h.w.check(p)
}
func (h *hooks) DeleteHook(_ context.Context, p int32, _ int64) error { return h.w.check(p) }
func (h *hooks) Deliveries(_ context.Context, p int32, _, before int64, _ xray.DeliveryStatus, limit int) ([]xray.Delivery, error) {
	all := []xray.Delivery{h.delivery(3), h.delivery(2), h.delivery(1)}
	if before > 0 {
		all = all[4-before:]
	}
	return all[:min(limit, len(all))], h.w.check(p)
}
func (h *hooks) Delivery(_ context.Context, p int32, _, id int64) (xray.Delivery, error) {
	return h.delivery(id), h.w.check(p)
}
func (h *hooks) TestHook(_ context.Context, p int32, _ int64) (xray.Delivery, error) {
	return h.delivery(4), h.w.check(p)
}
func (h *hooks) ResendDelivery(_ context.Context, p int32, _, id int64) (xray.Delivery, error) {
	return h.delivery(id), h.w.check(p)
}
func (h *hooks) delivery(id int64) xray.Delivery {
	return xray.Delivery{
		ID: id, HookID: slackHook.ID, MessageID: "msg_1", Event: xray.EventFailed, Status: xray.DeliveryPending, Attempts: 1,
		Tried: []xray.Attempt{{Error: "the receiver answered 500", Status: 500, Request: &xray.Exchange{Body: "{}"}, Response: &xray.Exchange{Body: "oh"}}},
	}
}
func (*hooks) Check(n xray.Hook) error {
	if strings.Contains(n.URL, "127.0.0.1") {
		return xray.Errorf(xray.CodeInvalid, "127.0.0.1 is an address of this machine")
	}
	return nil
}
func (*hooks) NewSecret() string { return "whsec_new" }

func TestAWebhooksSecretIsShownOnce(t *testing.T) {
	w := newWorld()
	status, _, got := w.do(t, "POST", "/api/webhooks", `{"name":" mine ","kind":"webhook","url":"https://example.com/x","events":["execution.failed"],"query":"cost:>1"}`)
	if status != 201 || got["secret"] != "whsec_new" || w.hooks.secret != "whsec_new" || got["name"] != "mine" || w.hooks.created.ProjectID != shop.ID {
		t.Errorf("%d %v", status, got)
	}
	if _, _, got := w.do(t, "PUT", "/api/webhooks/7", `{"name":"ops","kind":"slack","events":[]}`); got["secret"] != nil {
		t.Errorf("changed: %v", got)
	}
	if status, _, got := w.do(t, "POST", "/api/webhooks/7/secret", `{"overlapHours":2}`); status != 200 || got["secret"] != "whsec_new" || w.hooks.overlap != 2*time.Hour {
		t.Errorf("rotated: %d %v, overlap %s", status, got, w.hooks.overlap)
	}
	if status, _, _ := w.do(t, "POST", "/api/webhooks/7/secret", `{"overlapHours":1000}`); status != 400 {
		t.Errorf("for ever: %d", status)
	}
	var verbs []string
	for _, a := range w.acts {
		verbs = append(verbs, a.Verb+" "+a.Object)
		if strings.Contains(string(a.Detail), "secret") {
			t.Errorf("the audit log has %s", a.Detail)
		}
	}
	if got := strings.Join(verbs, ", "); !strings.HasPrefix(got, "webhook.create mine") || !strings.HasSuffix(got, "webhook.rotate ops") {
		t.Errorf("the audit log has %s", got)
	}
}

func TestTheAddressOfASlackChannelStaysASecret(t *testing.T) {
	w := newWorld()
	_, _, got := w.do(t, "GET", "/api/webhooks", "")
	shown := got["webhooks"].([]any)[0].(map[string]any)["url"].(string)
	if strings.Contains(shown, "secretsec") || !strings.HasPrefix(shown, "https://hooks.slack.com/") {
		t.Errorf("shown as %s", shown)
	}
	for _, url := range []string{"", shown} {
		w.do(t, "PUT", "/api/webhooks/7", `{"name":"ops","kind":"slack","events":[],"url":"`+url+`"}`)
		if w.hooks.created.URL != slackHook.URL {
			t.Errorf("with url %q it became %s", url, w.hooks.created.URL)
		}
	}
}

func TestWebhooksThatCannotBe(t *testing.T) {
	for name, body := range map[string]string{
		"no name":              `{"kind":"webhook","url":"https://e.com","events":[]}`,
		"no address":           `{"name":"a","kind":"webhook","events":[]}`,
		"not of the web":       `{"name":"a","kind":"webhook","url":"ftp://e.com","events":[]}`,
		"a password":           `{"name":"a","kind":"webhook","url":"https://u:p@e.com","events":[]}`,
		"inside":               `{"name":"a","kind":"webhook","url":"http://127.0.0.1/","events":[]}`,
		"an event of no kind":  `{"name":"a","kind":"webhook","url":"https://e.com","events":["x"]}`,
		"a query of no field":  `{"name":"a","kind":"webhook","url":"https://e.com","events":[],"query":"nope:1"}`,
		"a kind of no kind":    `{"name":"a","kind":"fax","url":"https://e.com","events":[]}`,
		"mail to nobody":       `{"name":"a","kind":"email","events":[]}`,
		"mail to no address":   `{"name":"a","kind":"email","to":["nobody"],"events":[]}`,
		"mail with an address": `{"name":"a","kind":"email","to":["a@b.c"],"url":"https://e.com","events":[]}`,
	} {
		if status, _, got := newWorld().do(t, "POST", "/api/webhooks", body); status != 400 || got["code"] != "invalid" {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
}

func TestDeliveriesComeInPagesWithWhatWentWrong(t *testing.T) {
	w := newWorld()
	_, _, first := w.do(t, "GET", "/api/webhooks/7/deliveries?limit=2", "")
	one := first["deliveries"].([]any)[0].(map[string]any)
	if len(first["deliveries"].([]any)) != 2 || first["next"] != "2" || one["error"] != "the receiver answered 500" || one["responseStatus"] != 500.0 {
		t.Errorf("the first page: %v", first)
	}
	if _, _, last := w.do(t, "GET", "/api/webhooks/7/deliveries?limit=2&cursor=2", ""); last["next"] != nil || len(last["deliveries"].([]any)) != 1 {
		t.Errorf("the last page: %v", last)
	}
	_, _, got := w.do(t, "GET", "/api/webhooks/7/deliveries/3", "")
	if tried := got["tried"].([]any)[0].(map[string]any); tried["response"].(map[string]any)["body"] != "oh" {
		t.Errorf("a delivery: %v", got)
	}
	for path, want := range map[string]int{"/api/webhooks/7/test": 202, "/api/webhooks/7/deliveries/3/resend": 202, "/api/webhooks/x/test": 404} {
		if status, _, got := w.do(t, "POST", path, ""); status != want {
			t.Errorf("%s: %d %v", path, status, got)
		}
	}
}
