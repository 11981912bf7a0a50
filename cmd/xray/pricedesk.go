package main

import (
	"context"
	"math"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
	"github.com/xraytrace/xray/store"
)

// priceDesk shows and changes a project's prices: they are kept in the database
// and understood by the book.
type priceDesk struct {
	store *store.Store
	book  *prices.Book
}

func (d priceDesk) Prices(_ context.Context, project int32, q xray.PriceQuery) (xray.PriceList, error) {
	return d.book.List(project, q, time.Now()), nil
}

// SetPrice returns the price as it is listed. Other processes hear of it within
// seconds.
func (d priceDesk) SetPrice(ctx context.Context, project int32, p xray.OwnPrice) (xray.ModelPrice, error) {
	err := d.edit(ctx, project, func(table []byte) ([]byte, error) { return prices.SetOwn(table, d.book.Of(0), p) })
	if err != nil {
		return xray.ModelPrice{}, err
	}
	for _, listed := range d.book.List(project, xray.PriceQuery{Own: true, Limit: 1 << 20}, time.Now()).Prices {
		if listed.Provider == p.Provider && listed.Model == p.Model {
			return listed, nil
		}
	}
	return xray.ModelPrice{}, xray.Errorf(xray.CodeConflict, "somebody took the price away again: read the list")
}

func (d priceDesk) RemovePrice(ctx context.Context, project int32, provider, model string) error {
	return d.edit(ctx, project, func(table []byte) ([]byte, error) { return prices.RemoveOwn(table, provider, model) })
}

// edit gives the table a version of its own: steps say with which prices their
// cost was computed.
func (d priceDesk) edit(ctx context.Context, project int32, change func([]byte) ([]byte, error)) error {
	err := d.store.EditPriceTable(ctx, project, func(table []byte) (string, []byte, error) {
		changed, err := change(table)
		return "own " + time.Now().UTC().Format(time.DateTime), changed, err
	})
	if err != nil {
		return err
	}
	return fillPriceBook(ctx, d.store, d.book)
}

// Parts prices a step's call by class of its tokens. ok is false where that is
// not how its cost came about: the client reported it, or other prices hold now
// than did when it was computed.
func (d priceDesk) Parts(project int32, step *xray.StepDetail) (parts xray.TokenCosts, ok bool) {
	table := d.book.Of(project)
	if step.CostFrom != xray.CostComputed || step.CostUSD == nil || step.PriceDate != table.Version() {
		return xray.TokenCosts{}, false
	}
	parts, ok = table.Parts(prices.Call{
		Provider: step.Provider, Models: []string{step.Model, step.RequestModel}, Tokens: step.Tokens, At: time.Unix(0, int64(step.Start)),
	})
	const tolerance = 1e-9 // of the order of additions
	return parts, ok && math.Abs(parts.Sum()-*step.CostUSD) <= tolerance+tolerance**step.CostUSD
}
