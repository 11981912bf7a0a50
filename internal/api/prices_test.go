package api_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/xraytrace/xray"
)

func (w *world) Prices(_ context.Context, p int32, q xray.PriceQuery) (xray.PriceList, error) {
	return xray.PriceList{
		Tables: []xray.PriceTableName{{Origin: xray.PriceBuiltIn, Version: "2026-09-23"}},
		Prices: []xray.ModelPrice{listedPrice(xray.OwnPrice{Provider: "openai", Model: q.Text})}, Total: q.Limit,
	}, w.check(p)
}

func (w *world) SetPrice(_ context.Context, p int32, price xray.OwnPrice) (xray.ModelPrice, error) {
	if err := price.Validate(); err != nil {
		return xray.ModelPrice{}, err
	}
	w.price = price
	return listedPrice(price), w.check(p)
}

func (w *world) RemovePrice(_ context.Context, p int32, provider, model string) error {
	return w.check(p)
}

func (w *world) Parts(int32, *xray.StepDetail) (xray.TokenCosts, bool) {
	return xray.TokenCosts{Input: new(0.25), Output: new(0.5)}, true
}

func listedPrice(p xray.OwnPrice) xray.ModelPrice {
	return xray.ModelPrice{
		Provider: p.Provider, Model: p.Model, Origin: xray.PriceOwn,
		Entries: []xray.PriceEntry{{Prices: p.Prices, From: p.From, Now: true}},
	}
}

func TestAPriceIsSetWithItsDay(t *testing.T) {
	w := newWorld()
	status, _, got := w.do(t, "PUT", "/api/settings/prices", `{"provider":"openai","model":"gpt-4o","input":2.5,"output":0,"from":"2026-12-01"}`)
	if want := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC); status != 200 || !w.price.From.Equal(want) || *w.price.Output != 0 || w.price.CacheRead != nil {
		t.Fatalf("%d %v, set %+v", status, got, w.price)
	}
	entry := got["entries"].([]any)[0].(map[string]any)
	if _, there := entry["cacheRead"]; there || entry["from"] != "2026-12-01" || entry["output"] != 0.0 || got["origin"] != "project" {
		t.Errorf("%v", got)
	}
}

func TestAPriceThatCannotBeIsRefusedAtItsField(t *testing.T) {
	for body, field := range map[string]string{
		`{"provider":"","model":"m","input":1}`:                       "/provider",
		`{"provider":"p","model":"g*t","input":1}`:                    "/model",
		`{"provider":"p","model":"m"}`:                                "/input",
		`{"provider":"p","model":"m","input":1,"cacheRead":-1}`:       "/cacheRead",
		`{"provider":"p","model":"m","input":1,"from":"next Monday"}`: "/from",
	} {
		w := newWorld()
		if status, _, got := w.do(t, "PUT", "/api/settings/prices", body); status != 400 || got["field"] != field {
			t.Errorf("%s: %d %v", body, status, got)
		}
	}
}

func TestAPriceThatGoesIsInTheAuditLog(t *testing.T) {
	w := newWorld()
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "DELETE", "/api/settings/prices?provider=openai&model=gpt-4o", nil))
	if rec.Code != 204 || len(w.acts) != 1 || w.acts[0].Verb != "price.remove" || w.acts[0].Object != "openai/gpt-4o" {
		t.Errorf("%d %s, acts %+v", rec.Code, rec.Body, w.acts)
	}
}
