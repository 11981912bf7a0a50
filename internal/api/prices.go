package api

import (
	"context"
	"time"

	"github.com/xraytrace/xray"
)

// ListPrices answers what model calls of the project cost.
func (s *Server) ListPrices(ctx context.Context, r ListPricesRequestObject) (ListPricesResponseObject, error) {
	limit, _, err := numberedPage(r.Params.Limit, "")
	if err != nil {
		return nil, err
	}
	list, err := s.Prices.Prices(ctx, caller(ctx).Project.ID, xray.PriceQuery{Text: r.Params.Q, Own: r.Params.Own, Limit: limit})
	if err != nil {
		return nil, err
	}
	return ListPrices200JSONResponse{
		Tables: mapTo(list.Tables, func(t xray.PriceTableName) PriceSource {
			return PriceSource{Origin: PriceOrigin(t.Origin), Version: t.Version}
		}),
		Prices: mapTo(list.Prices, modelPrice), Total: list.Total,
	}, nil
}

// SetPrice gives a model a price of the project's own.
func (s *Server) SetPrice(ctx context.Context, r SetPriceRequestObject) (SetPriceResponseObject, error) {
	p := xray.OwnPrice{
		Provider: r.Body.Provider, Model: r.Body.Model,
		Prices: xray.Prices{Input: r.Body.Input, Output: r.Body.Output, CacheRead: r.Body.CacheRead, CacheWrite: r.Body.CacheWrite},
	}
	if r.Body.From != "" {
		var err error
		if p.From, err = time.Parse(time.DateOnly, r.Body.From); err != nil {
			return nil, xray.Errorf(xray.CodeInvalid, "%.40q is no day: use one like 2026-12-01", r.Body.From).At("/from")
		}
	}
	listed, err := s.Prices.SetPrice(ctx, caller(ctx).Project.ID, p)
	if err != nil {
		return nil, err
	}
	return SetPrice200JSONResponse(modelPrice(listed)), s.recordAct(ctx, "price.set", p.Provider+"/"+p.Model, r.Body)
}

// RemovePrice forgets it.
func (s *Server) RemovePrice(ctx context.Context, r RemovePriceRequestObject) (RemovePriceResponseObject, error) {
	if err := s.Prices.RemovePrice(ctx, caller(ctx).Project.ID, r.Params.Provider, r.Params.Model); err != nil {
		return nil, err
	}
	return RemovePrice204Response{}, s.recordAct(ctx, "price.remove", r.Params.Provider+"/"+r.Params.Model, nil)
}

func modelPrice(p xray.ModelPrice) ModelPrice {
	return ModelPrice{Provider: p.Provider, Model: p.Model, Origin: PriceOrigin(p.Origin), Entries: mapTo(p.Entries, priceEntry)}
}

func priceEntry(e xray.PriceEntry) PriceEntry {
	out := PriceEntry{
		Now: e.Now, Hours: e.Hours, Tiered: e.Tiered,
		Input: e.Input, Output: e.Output, CacheRead: e.CacheRead, CacheWrite: e.CacheWrite,
	}
	if !e.From.IsZero() {
		out.From = e.From.Format(time.DateOnly)
	}
	return out
}
