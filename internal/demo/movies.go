package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

type film struct {
	ID      int     `json:"id"`
	Title   string  `json:"title"`
	Year    int     `json:"year"`
	Genre   string  `json:"genre"`
	Rating  float64 `json:"rating"`
	Minutes int     `json:"minutes"`
}

type scoredFilm struct {
	film
	Score float64 `json:"score"`
}

var genres = []string{"science fiction", "drama", "comedy", "thriller", "animation", "documentary"}

// films makes up a catalogue's answer: hundreds of titles of one genre.
func (r *run) films(genre string, n int) []film {
	first := []string{"The Silent", "A Distant", "Last", "Paper", "The Glass", "Northern", "Hollow", "Midnight", "The Second", "Borrowed", "Electric", "Winter"}
	second := []string{"Harbour", "Orbit", "Garden", "Signal", "Cartographer", "Machine", "Tide", "Orchard", "Lighthouse", "Theorem", "Parade", "Station"}
	out := make([]film, n)
	for i := range out {
		out[i] = film{
			ID: 10_000 + 97*i + r.rng.IntN(97), Title: pick(r, first) + " " + pick(r, second), Year: 1968 + r.rng.IntN(57), Genre: genre,
			Rating: math.Round(10*(4.2+4.9*math.Sqrt(r.rng.Float64()))) / 10, Minutes: 78 + r.rng.IntN(95),
		}
	}
	return out
}

// movieNight recommends a film.
func movieNight(r *run, i int) {
	r.note = "movie recommendation: a film for tonight"
	r.service("movie-recommender", "2.3.0")
	genre := genres[i%len(genres)]
	minRating, maxMinutes := []float64{7, 7.5, 8}[i%3], []int{110, 130, 150}[i%3]
	request := fmt.Sprintf("a %s film, rated %.1f or better, at most %d minutes", genre, minRating, maxMinutes)
	r.step("movie recommendation", "chain", func(s step) {
		s.input(request)
		s.str("user.id", pick(r, []string{"ada", "grace", "katherine", "edsger"}))
		s.tags("movies")
		r.understandFilm(request, genre, minRating, maxMinutes)
		found := r.films(genre, 180+r.rng.IntN(160))
		r.step("search catalogue", "retriever", func(s step) {
			s.input(object{"genre": genre, "limit": 500})
			r.work(60 * time.Millisecond)
			s.output(found)
		})
		var good []film
		r.step("filter by rating and length", "function", func(s step) {
			s.input(object{"minRating": minRating, "maxMinutes": maxMinutes, "candidates": found})
			r.work(4 * time.Millisecond)
			for _, f := range found {
				if f.Rating >= minRating && f.Minutes <= maxMinutes {
					good = append(good, f)
				}
			}
			s.output(good)
		})
		best := r.rankFilms(good)
		s.output(best[0])
		s.json("xray.execution.outcome", object{"title": best[0].Title, "year": best[0].Year, "rating": best[0].Rating})
	})
}

func (r *run) understandFilm(request, genre string, minRating float64, maxMinutes int) {
	wish := object{"genre": genre, "minRating": minRating, "maxMinutes": maxMinutes}
	r.step("understand request", "parser", func(s step) {
		s.input(request)
		r.chat(call{"openai", "gpt-4.1-mini", "Extract genre, minRating and maxMinutes as a JSON object.", request, text(wish), nil, 620 * time.Millisecond})
		s.output(wish)
	})
}

func (r *run) rankFilms(good []film) []scoredFilm {
	var out []scoredFilm
	r.step("rank", "reranker", func(s step) {
		s.input(good)
		r.work(15 * time.Millisecond)
		for _, f := range good {
			out = append(out, scoredFilm{f, math.Round(1000*(0.8*f.Rating/10+0.2*float64(f.Year-1968)/57)) / 1000})
		}
		slices.SortStableFunc(out, func(a, b scoredFilm) int { return cmp.Compare(b.Score, a.Score) })
		s.output(out)
	})
	return out
}
