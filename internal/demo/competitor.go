package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

type ranked struct {
	product
	Score float64 `json:"score"`
}

// competitorSearch looks for the product that competes with a water bottle:
// keywords by a model, search, category filter, price and rating filter,
// ranking, and a model that writes it up. With r.mistake the category filter
// is given no category and lets everything pass.
func competitorSearch(r *run, _ int) {
	r.note = "competitor search: find what competes with a product"
	r.service("competitor-search", "1.14.2")
	own := product{"B0HYDR032S", "HydroPeak Stainless Steel Water Bottle, 32 oz, Vacuum Insulated", "Water Bottles", 24.99, 4.4, 3120}
	category := own.Category
	if r.mistake {
		category = ""
	}
	r.step("competitor search", "chain", func(s step) {
		s.input(object{"product": own})
		s.str("session.id", fmt.Sprintf("catalogue-%d", 200+r.rng.IntN(40)))
		s.str("user.id", pick(r, []string{"merchandising", "pricing-bot", "lena@example.com"}))
		s.tags("shop", "competitors")
		keywords := r.keywords(own)
		found := r.search(keywords)
		kept := r.byCategory(found, category)
		good := r.byPriceAndRating(kept, own)
		best := r.rank(good)
		r.step("write comparison", "chain", func(s step) {
			s.input(object{"ours": own.Title, "theirs": best[0].Title})
			answer := fmt.Sprintf("The strongest competitor of “%s” is “%s” at $%.2f, rated %.1f by %d customers.",
				own.Title, best[0].Title, best[0].Price, best[0].Rating, best[0].Reviews)
			r.chat(call{"openai", "gpt-5-mini", "Compare two products in one sentence for a category manager. Do not judge whether they belong together.",
				fmt.Sprintf("Ours: %s, $%.2f.\nTheirs: %s, $%.2f.", own.Title, own.Price, best[0].Title, best[0].Price), answer, nil, 1400 * time.Millisecond})
			s.output(answer)
		})
		s.output(object{"competitor": best[0].product, "score": best[0].Score})
		s.json("xray.execution.outcome", object{"competitor": best[0].ASIN, "title": best[0].Title})
		s.json("xray.metadata", object{"marketplace": "US", "asin": own.ASIN})
	})
}

func (r *run) keywords(own product) []string {
	words := []string{"stainless steel water bottle", "insulated bottle 32 oz", "bottle with steel lid"}
	r.step("write keywords", "chain", func(s step) {
		s.input(object{"title": own.Title, "category": own.Category})
		r.chat(call{"openai", "gpt-5-mini",
			"You write search keywords for a shop. Answer with a JSON array of three short phrases that a customer would type.",
			own.Title, text(words), nil, 1100 * time.Millisecond})
		s.output(words)
	})
	return words
}

func (r *run) search(keywords []string) []product {
	var all []product
	r.step("search products", "chain", func(s step) {
		s.input(object{"keywords": keywords, "limitPerKeyword": 200})
		var branches []func()
		total := 0
		for _, k := range keywords {
			branches = append(branches, func() {
				r.step("search “"+k+"”", "retriever", func(s step) {
					s.input(object{"query": k, "marketplace": "US", "limit": 200})
					r.work(220 * time.Millisecond)
					hits, page := 1500+r.rng.IntN(400), r.products(200)
					total += hits
					all = append(all, page...)
					s.output(object{"totalHits": hits, "returned": len(page), "results": page})
				})
			})
		}
		r.together(branches...)
		all = distinct(all)
		r.work(12 * time.Millisecond)
		s.output(object{"totalHits": total, "candidates": all})
	})
	return all
}

func distinct(in []product) []product {
	seen := map[string]bool{}
	return slices.DeleteFunc(in, func(p product) bool {
		again := seen[p.ASIN]
		seen[p.ASIN] = true
		return again
	})
}

func (r *run) byCategory(in []product, category string) []product {
	var out []product
	r.step("filter by category", "function", func(s step) {
		s.input(object{"category": category, "candidates": in})
		r.work(9 * time.Millisecond)
		for _, p := range in {
			if category == "" || p.Category == category { // no category: nothing is filtered
				out = append(out, p)
			}
		}
		s.output(object{"candidates": out})
	})
	return out
}

// byPriceAndRating records its decisions, as a program with the SDK would.
func (r *run) byPriceAndRating(in []product, own product) []product {
	low, high, rating, reviews := math.Round(own.Price*50)/100, 2*own.Price, 4.0, 100
	criteria := []object{
		{"field": "price", "op": ">=", "value": low}, {"field": "price", "op": "<=", "value": high},
		{"field": "rating", "op": ">=", "value": rating}, {"field": "reviews", "op": ">=", "value": reviews},
	}
	var out []product
	r.step("filter by price and rating", "function", func(s step) {
		s.input(object{"minPrice": low, "maxPrice": high, "minRating": rating, "minReviews": reviews, "candidates": in})
		r.work(11 * time.Millisecond)
		kept, dropped := []object{}, []object{}
		for _, p := range in {
			reason, by := "", object(nil)
			switch {
			case p.Price < low:
				reason, by = "cheaper than half the price", criteria[0]
			case p.Price > high:
				reason, by = "dearer than twice the price", criteria[1]
			case p.Rating < rating:
				reason, by = "rated too low", criteria[2]
			case p.Reviews < reviews:
				reason, by = "too few reviews", criteria[3]
			default:
				out = append(out, p)
				kept = append(kept, object{"key": p.ASIN})
				continue
			}
			dropped = append(dropped, object{"key": p.ASIN, "reason": reason, "criterion": by})
		}
		s.json("xray.criteria", criteria)
		s.json("xray.items.kept", kept)
		s.json("xray.items.dropped", dropped)
		s.output(object{"candidates": out})
	})
	return out
}

func (r *run) rank(in []product) []ranked {
	var out []ranked
	r.step("rank", "reranker", func(s step) {
		s.input(object{"formula": "0.6 × log reviews + 0.3 × rating / 5 + 0.1 × (1 − price / 60)", "candidates": in})
		r.work(7 * time.Millisecond)
		for _, p := range in {
			score := 0.6*math.Log1p(float64(p.Reviews))/math.Log1p(50000) + 0.3*p.Rating/5 + 0.1*(1-p.Price/60)
			out = append(out, ranked{p, math.Round(score*10000) / 10000})
		}
		slices.SortStableFunc(out, func(a, b ranked) int { return cmp.Compare(b.Score, a.Score) })
		s.output(object{"ranked": out})
	})
	return out
}
