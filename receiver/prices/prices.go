// Package prices knows what model calls cost: a dated table of providers,
// models and prices, and the arithmetic over [xray.Tokens].
//
// The embedded table is generated from the npm package @pydantic/genai-prices
// (MIT, see LICENSE.genai-prices) by scripts/update-prices.mjs, which needs the
// network and is therefore no go:generate step. [Load] reads the same form
// from a file, so that a newer table needs no new binary.
//
// What it deliberately does not do: it fetches nothing, it guesses no price
// for a model it does not know (unknown is not zero), and it prices tokens and
// requests only, not web searches, images by pixel or audio by the hour.
package prices

import (
	"bytes"
	_ "embed"
	"io"
	"sync"
	"time"

	"github.com/xraytrace/xray"
)

//go:embed genai-prices.json
var embedded []byte

// Table is a price table. It is safe for concurrent use.
type Table struct {
	version   string
	source    string
	providers []provider

	mu    sync.RWMutex
	found map[lookup]*model // memory of matching, nil values included
}

type lookup struct{ provider, model string }

// maxRemembered bounds the memory of matching: model names come from clients.
const maxRemembered = 4096

// Embedded returns the table that is built in. An error means a broken build.
func Embedded() (*Table, error) { return Load(bytes.NewReader(embedded)) }

// Load reads a table: {"version", "source", "providers": […]} as
// scripts/update-prices.mjs writes it, or the bare list of providers that the
// genai-prices project publishes as data.json. An error is CodeInvalid.
func Load(r io.Reader) (*Table, error) {
	doc, err := decode(r)
	if err != nil {
		return nil, err
	}
	return &Table{
		version:   doc.Version,
		source:    doc.Source,
		providers: doc.Providers,
		found:     map[lookup]*model{},
	}, nil
}

// Version is the date of the table (YYYY-MM-DD), or what its file says; "" if
// it says nothing.
func (t *Table) Version() string { return t.version }

// Source names where the table comes from.
func (t *Table) Source() string { return t.source }

// With returns a table that asks over first and t for what over does not know:
// a team's own prices over the public ones. Its version names both.
func (t *Table) With(over *Table) *Table {
	version := t.version
	if over.version != "" {
		version = over.version + "+" + t.version
	}
	return &Table{
		version:   version,
		source:    over.source + ", " + t.source,
		providers: append(append([]provider{}, over.providers...), t.providers...),
		found:     map[lookup]*model{},
	}
}

// Call is a model call to be priced.
type Call struct {
	Provider string   // OpenTelemetry's or anybody's name for it; "" if unknown
	Models   []string // tried in order: the response's model, then the request's
	Tokens   xray.Tokens
	At       time.Time // prices change with the date, and some with the hour
}

// Cost returns the price of a call in US dollars. ok is false when no model of
// the call is in the table, or the call reported no tokens that have a price.
func (t *Table) Cost(c Call) (usd float64, ok bool) {
	p := t.pricesOf(c)
	if p == nil {
		return 0, false
	}
	return p.cost(c.Tokens)
}

// Parts is the same price, class by class.
func (t *Table) Parts(c Call) (parts xray.TokenCosts, ok bool) {
	p := t.pricesOf(c)
	if p == nil {
		return xray.TokenCosts{}, false
	}
	return p.parts(c.Tokens)
}

// pricesOf are the prices of the first model of a call that is in the table,
// nil if there is none or nothing to price.
func (t *Table) pricesOf(c Call) *priceSet {
	if c.Tokens.InputTotal() == nil && c.Tokens.OutputTotal() == nil {
		return nil
	}
	for _, name := range c.Models {
		if name == "" {
			continue
		}
		if m := t.find(c.Provider, name); m != nil {
			return m.pricesAt(c.At)
		}
	}
	return nil
}

func (t *Table) find(provider, name string) *model {
	key := lookup{provider, name}
	t.mu.RLock()
	m, known := t.found[key]
	t.mu.RUnlock()
	if known {
		return m
	}
	m = t.match(provider, name)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.found) >= maxRemembered {
		clear(t.found)
	}
	t.found[key] = m
	return m
}
