package main

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/xraytrace/xray/examples/internal/model"
	"github.com/xraytrace/xray/sdk"
)

// Filters is what the search results must meet.
type Filters struct {
	Category  string  `json:"category"`
	MinPrice  float64 `json:"minPrice"`
	MaxPrice  float64 `json:"maxPrice"`
	MinRating float64 `json:"minRating"`
}

// competitor returns the product that competes most with ours.
func competitor(ctx context.Context, ours Product) (Product, error) {
	keywords, err := xray.Step(ctx, "write keywords", func(ctx context.Context) ([]string, error) {
		text, err := model.Ask(ctx, "Write three search phrases for competing products, separated by commas. Nothing else.",
			ours.Title, "steel bottle, insulated bottle, bottle case")
		return split(text), err
	}, ours.Title)
	if err != nil {
		return Product{}, err
	}

	found := xray.Value(ctx, "search", func() []Product { return search(keywords) }, keywords, xray.TypeRetriever)

	filters := Filters{MinPrice: ours.Price / 2, MaxPrice: ours.Price * 2, MinRating: 4}
	inCategory := xray.Value(ctx, "filter by category", func() []Product {
		return keep(found, func(p Product) bool { return filters.Category == "" || p.Category == filters.Category })
	}, map[string]any{"category": filters.Category, "candidates": found})

	good, err := xray.Step(ctx, "filter by price and rating", func(ctx context.Context) ([]Product, error) {
		return byPriceAndRating(ctx, inCategory, filters), nil
	}, map[string]any{"filters": filters, "candidates": inCategory})
	if err != nil {
		return Product{}, err
	}

	ranked := xray.Value(ctx, "rank by popularity", func() []Product { return rank(good) }, good, xray.TypeReranker)
	if len(ranked) == 0 {
		return Product{}, errors.New("no competitor found")
	}
	return ranked[0], nil
}

func split(text string) []string {
	var out []string
	for s := range strings.SplitSeq(text, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// search finds products that have a word of a keyword in their title.
func search(keywords []string) []Product {
	words := strings.Fields(strings.ToLower(strings.Join(keywords, " ")))
	return keep(products(), func(p Product) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(p.Title), w) })
	})
}

func keep(in []Product, ok func(Product) bool) []Product {
	return slices.DeleteFunc(slices.Clone(in), func(p Product) bool { return !ok(p) })
}

func byPriceAndRating(ctx context.Context, in []Product, f Filters) []Product {
	xray.Criterion(ctx, "price", ">=", f.MinPrice)
	xray.Criterion(ctx, "price", "<=", f.MaxPrice)
	xray.Criterion(ctx, "rating", ">=", f.MinRating)
	return keep(in, func(p Product) bool {
		switch {
		case p.Price < f.MinPrice || p.Price > f.MaxPrice:
			xray.Drop(ctx, p, "another price range")
		case p.Rating < f.MinRating:
			xray.Drop(ctx, p, "rated too low")
		default:
			xray.Keep(ctx, p, "comparable")
			return true
		}
		return false
	})
}

func rank(in []Product) []Product {
	popularity := func(p Product) float64 { return p.Rating * math.Log1p(float64(p.Reviews)) }
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b Product) int { return cmp.Compare(popularity(b), popularity(a)) })
	return out
}

// The mistake: competitor never sets Filters.Category, and an empty category
// lets everything pass. Phone cases are reviewed more than bottles are, so the
// ranking ends with one. `Category: ours.Category` mends it.
