package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/xraytrace/xray/sdk"
)

// Wish is what the request asks for, in terms of the catalogue.
type Wish struct {
	Genre      string  `json:"genre"`
	Since      int     `json:"since"` // first year
	MinRating  float64 `json:"minRating"`
	MaxMinutes int     `json:"maxMinutes"`
}

// Scored is a film with the number that ranks it.
type Scored struct {
	Movie
	Score float64 `json:"score"`
}

// recommend is the whole pipeline. Each step takes and returns plain values;
// xray.Step records both and changes neither.
func recommend(ctx context.Context, request string) (Movie, error) {
	wish, err := xray.Step(ctx, "understand request", func(context.Context) (Wish, error) {
		return understand(request), nil
	}, request, xray.TypeParser)
	if err != nil {
		return Movie{}, err
	}

	found, err := xray.Step(ctx, "search catalogue", func(context.Context) ([]Movie, error) {
		return search(wish), nil
	}, wish, xray.TypeRetriever)
	if err != nil {
		return Movie{}, err
	}

	good, err := xray.Step(ctx, "filter by rating and length", func(ctx context.Context) ([]Movie, error) {
		return filter(ctx, found, wish), nil
	}, map[string]any{"candidates": found, "minRating": wish.MinRating, "maxMinutes": wish.MaxMinutes})
	if err != nil {
		return Movie{}, err
	}

	// No word of X-Ray in this one: input and output say enough.
	ranked, err := xray.Step(ctx, "rank", func(context.Context) ([]Scored, error) {
		return rank(good, wish), nil
	}, good, xray.TypeReranker)
	if err != nil {
		return Movie{}, err
	}

	return xray.Step(ctx, "pick", func(ctx context.Context) (Movie, error) {
		if len(ranked) == 0 {
			return Movie{}, errors.New("nothing in the catalogue fits the request")
		}
		xray.CurrentStep(ctx).SetReasoning("the best score wins; ties go to the newer film")
		xray.CurrentExecution(ctx).SetFinalOutcome(map[string]any{
			"title": ranked[0].Title, "score": ranked[0].Score, "runnersUp": titles(ranked[1:min(4, len(ranked))]),
		})
		return ranked[0].Movie, nil
	}, ranked)
}

// understand stands in for a language model: it looks for words.
func understand(request string) Wish {
	wish := Wish{Genre: "Drama", Since: 1900, MinRating: 7, MaxMinutes: 240}
	request = strings.ToLower(request)
	for _, g := range []string{"science fiction", "comedy", "crime", "animation", "thriller"} {
		if strings.Contains(request, g) {
			wish.Genre = strings.ToUpper(g[:1]) + g[1:]
		}
	}
	if strings.Contains(request, "forty years") {
		wish.Since = time.Now().Year() - 40
	}
	if strings.Contains(request, "well rated") {
		wish.MinRating = 7.9
	}
	if strings.Contains(request, "not too long") {
		wish.MaxMinutes = 130
	}
	return wish
}

func search(w Wish) []Movie {
	time.Sleep(35 * time.Millisecond) // a catalogue somewhere else
	var found []Movie
	for _, m := range catalogue {
		if m.Year >= w.Since && slices.Contains(m.Genres, w.Genre) {
			found = append(found, m)
		}
	}
	return found
}

// filter records each decision with its reason: then X-Ray does not have to
// infer it.
func filter(ctx context.Context, found []Movie, w Wish) []Movie {
	xray.Criterion(ctx, "rating", ">=", w.MinRating)
	xray.Criterion(ctx, "minutes", "<=", w.MaxMinutes)
	var good []Movie
	for _, m := range found {
		switch {
		case m.Rating < w.MinRating:
			xray.Drop(ctx, m, "rated too low", xray.WithCriterion("rating", ">=", w.MinRating))
		case m.Minutes > w.MaxMinutes:
			xray.Drop(ctx, m, "too long", xray.WithCriterion("minutes", "<=", w.MaxMinutes))
		default:
			xray.Keep(ctx, m, "well rated and short enough")
			good = append(good, m)
		}
	}
	return good
}

// rank prefers good films, and among them those that many people have seen.
func rank(films []Movie, w Wish) []Scored {
	time.Sleep(8 * time.Millisecond)
	var scored []Scored
	for _, m := range films {
		newness := float64(m.Year-w.Since) / 40
		scored = append(scored, Scored{m, 0.7*m.Rating/10 + 0.2*min(float64(m.Votes)/2_000_000, 1) + 0.1*newness})
	}
	slices.SortStableFunc(scored, func(a, b Scored) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Year, a.Year))
	})
	return scored
}

func titles(s []Scored) []string {
	var out []string
	for _, m := range s {
		out = append(out, m.Title)
	}
	return out
}
