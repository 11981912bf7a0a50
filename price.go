package xray

import (
	"math"
	"strings"
	"time"
	"unicode"
)

// PriceOrigin says who brought a price.
type PriceOrigin string

const (
	PriceOwn     PriceOrigin = "project"  // the project itself
	PriceServer  PriceOrigin = "server"   // who runs the server, for all projects
	PriceBuiltIn PriceOrigin = "built_in" // it came with X-Ray
)

// Prices are US dollars for a million tokens; nil where a class of tokens costs
// what its direction does.
type Prices struct {
	Input, Output, CacheRead, CacheWrite *float64
}

// ModelPrice is what calls of a model cost, over time.
type ModelPrice struct {
	Provider, Model string
	Origin          PriceOrigin
	Entries         []PriceEntry // at least one
}

// PriceEntry is a price with the time in which it holds.
type PriceEntry struct {
	Prices
	Now    bool      // it is the one that holds
	From   time.Time // the day from which it holds; zero: no such day
	Hours  string    // of each day in which it holds, in words; "" for all
	Tiered bool      // above a number of input tokens other prices hold
}

// OwnPrice is a price that a project gives a model.
type OwnPrice struct {
	Provider, Model string
	Prices
	From time.Time // UTC midnight; zero: for all times
}

// PriceQuery asks for a part of the prices that hold for a project.
type PriceQuery struct {
	Text  string // words that provider and model must hold
	Own   bool   // only the project's own
	Limit int
}

// PriceList answers it.
type PriceList struct {
	Tables []PriceTableName // in the order in which they are asked
	Prices []ModelPrice     // the project's own first, then by provider and model
	Total  int              // how many there are that fit
}

// PriceTableName tells tables of prices apart.
type PriceTableName struct {
	Origin  PriceOrigin
	Version string
}

// Validate checks a price that somebody sent. An error is CodeInvalid.
func (p OwnPrice) Validate() error {
	for _, name := range []struct {
		field, value string
		longest      int
	}{{"/provider", p.Provider, 100}, {"/model", strings.TrimSuffix(p.Model, "*"), 200}} {
		if name.value == "" || len(name.value) > name.longest || strings.ContainsFunc(name.value, func(r rune) bool { return !unicode.IsGraphic(r) || r == '*' }) {
			return Errorf(CodeInvalid, "%.60q is no name of a %s: use up to %d characters, and a * at most at the end of a model's", name.value, name.field[1:], name.longest).At(name.field)
		}
	}
	if p.Input == nil && p.Output == nil {
		return Errorf(CodeInvalid, "a price needs dollars for input or for output: give 0 for what is free").At("/input")
	}
	const most = 1e6 // a dollar a token
	for _, price := range []struct {
		field string
		usd   *float64
	}{{"/input", p.Input}, {"/output", p.Output}, {"/cacheRead", p.CacheRead}, {"/cacheWrite", p.CacheWrite}} {
		if price.usd != nil && (math.IsNaN(*price.usd) || *price.usd < 0 || *price.usd > most) {
			return Errorf(CodeInvalid, "$%g for a million tokens is no price: use 0 to %g", *price.usd, most).At(price.field)
		}
	}
	return nil
}
