package prices

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// from notes who brought the table, for [Book.List].
func (t *Table) from(origin xray.PriceOrigin) {
	for i := range t.providers {
		t.providers[i].origin = origin
	}
}

// List returns the prices that hold for a project, as people read them. Of a
// model that several tables name it is the first table's, which is asked first.
func (b *Book) List(project int32, q xray.PriceQuery, now time.Time) xray.PriceList {
	var out xray.PriceList
	for _, origin := range []xray.PriceOrigin{xray.PriceOwn, xray.PriceServer} {
		for _, t := range b.now.Load().tables {
			if t.Origin == origin && (t.project == 0 || t.project == project) {
				out.Tables = append(out.Tables, t.PriceTableName)
			}
		}
	}
	out.Tables = append(out.Tables, xray.PriceTableName{Origin: xray.PriceBuiltIn, Version: b.base.version})
	out.Prices = b.Of(project).list(q, now)
	out.Total = len(out.Prices)
	out.Prices = out.Prices[:min(q.Limit, out.Total)]
	return out
}

func (t *Table) list(q xray.PriceQuery, now time.Time) []xray.ModelPrice {
	words := strings.Fields(strings.ToLower(q.Text))
	seen := map[lookup]bool{}
	out := []xray.ModelPrice{}
	for i := range t.providers {
		p := &t.providers[i]
		for j := range p.Models {
			m := &p.Models[j]
			key := lookup{p.ID, m.ID}
			if seen[key] {
				continue
			}
			seen[key] = true
			listed := xray.ModelPrice{Provider: p.ID, Model: m.ID, Origin: cmp.Or(p.origin, xray.PriceBuiltIn)}
			if q.Own && listed.Origin != xray.PriceOwn || !holds(strings.ToLower(p.ID+" "+m.ID), words) {
				continue
			}
			listed.Entries = m.Prices.listed(now)
			out = append(out, listed)
		}
	}
	slices.SortStableFunc(out, func(a, b xray.ModelPrice) int {
		return cmp.Or(
			cmp.Compare(boolInt(a.Origin != xray.PriceOwn), boolInt(b.Origin != xray.PriceOwn)),
			cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Model, b.Model),
		)
	})
	return out
}

func holds(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s schedules) listed(now time.Time) []xray.PriceEntry {
	out := make([]xray.PriceEntry, len(s))
	for i, entry := range s {
		set := entry.Prices
		e := xray.PriceEntry{Prices: xray.Prices{
			Input: set.Input.base(), Output: set.Output.base(), CacheRead: set.CacheRead.base(), CacheWrite: set.CacheWrite.base(),
		}}
		for _, r := range []*rate{set.Input, set.Output, set.CacheRead, set.CacheWrite} {
			e.Tiered = e.Tiered || r != nil && len(r.Tiers) > 0
		}
		if c := entry.Constraint; c != nil {
			e.From = c.from
			if c.from.IsZero() {
				e.Hours = clock(c.start) + " to " + clock(c.end) + " UTC"
			}
		}
		out[i] = e
	}
	out[s.at(now)].Now = true
	return out
}

func clock(sinceMidnight time.Duration) string {
	return time.Time{}.Add(sinceMidnight).Format("15:04")
}

func (r *rate) base() *float64 {
	if r == nil {
		return nil
	}
	return &r.Base
}
