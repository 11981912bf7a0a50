package prices

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// SetOwn puts a price into a project's table, as [Load] takes it and nil for
// none, and returns the table. below is what holds without the project's: a
// model that it knows keeps all its names, and the prices from before the day
// from which the new one holds. What else stands in the table stays as it is.
func SetOwn(table []byte, below *Table, p xray.OwnPrice) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	doc, err := decodeRaw(table)
	if err != nil {
		return nil, err
	}
	known := below.listedModel(p.Provider, p.Model)
	match := ruleOf(p.Model)
	if known != nil {
		match = known.Match
	}
	entry := schedule{Prices: priceSet{Input: rateOf(p.Input), Output: rateOf(p.Output), CacheRead: rateOf(p.CacheRead), CacheWrite: rateOf(p.CacheWrite)}}
	all := schedules{entry}
	if !p.From.IsZero() {
		all[0].Constraint = &constraint{StartDate: p.From.Format(time.DateOnly), from: p.From}
		before, err := doc.pricesOf(p.Provider, p.Model)
		if err != nil {
			return nil, err
		}
		if before == nil && known != nil {
			before = known.Prices
		}
		all = before.with(all[0])
	}
	one := provider{ID: p.Provider, Models: []model{{ID: p.Model, Match: match, Prices: all}}}
	if below.provider(p.Provider) == nil {
		// Calls that name no provider find it by the name of the model.
		one.ModelMatch = &match
	}
	raw, err := json.Marshal(one)
	if err != nil {
		return nil, fmt.Errorf("write the price: %w", err)
	}
	if _, err := doc.remove(p.Provider, p.Model); err != nil {
		return nil, err
	}
	doc.Providers = slices.Insert(doc.Providers, 0, json.RawMessage(raw))
	return json.Marshal(doc)
}

// RemoveOwn takes a model's prices out of a project's table and returns it, nil
// if nothing is left. A model that is not in it is CodeNotFound.
func RemoveOwn(table []byte, providerID, modelID string) ([]byte, error) {
	doc, err := decodeRaw(table)
	if err != nil {
		return nil, err
	}
	found, err := doc.remove(providerID, modelID)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, xray.Errorf(xray.CodeNotFound, "the project has no price of its own for %.100q of %.100q: the list of prices says whose each is", modelID, providerID)
	}
	if len(doc.Providers) == 0 {
		return nil, nil
	}
	return json.Marshal(doc)
}

// rawDocument is a table whose parts are kept as they are, with what only
// others understand.
type rawDocument struct {
	Version   string            `json:"version,omitempty"`
	Source    string            `json:"source,omitempty"`
	Providers []json.RawMessage `json:"providers"`
}

func decodeRaw(table []byte) (doc rawDocument, err error) {
	table = bytes.TrimSpace(table)
	switch {
	case len(table) == 0:
	case table[0] == '[':
		err = json.Unmarshal(table, &doc.Providers)
	default:
		err = json.Unmarshal(table, &doc)
	}
	if err != nil {
		return doc, fmt.Errorf("read the project's price table: %w", err)
	}
	return doc, nil
}

// pricesOf are a model's; nil if the table does not name it.
func (d *rawDocument) pricesOf(providerID, modelID string) (schedules, error) {
	for _, raw := range d.Providers {
		var p provider
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, fmt.Errorf("read the project's price table: %w", err)
		}
		if i := slices.IndexFunc(p.Models, func(m model) bool { return m.ID == modelID }); i >= 0 && p.ID == providerID {
			return p.Models[i].Prices, nil
		}
	}
	return nil, nil
}

// remove takes out a model, and providers that have no other.
func (d *rawDocument) remove(providerID, modelID string) (found bool, err error) {
	kept := []json.RawMessage{}
	for _, raw := range d.Providers {
		var p map[string]json.RawMessage
		var head struct {
			ID     string            `json:"id"`
			Models []json.RawMessage `json:"models"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			return false, fmt.Errorf("read the project's price table: %w", err)
		}
		models := slices.DeleteFunc(slices.Clone(head.Models), func(m json.RawMessage) bool {
			var named struct {
				ID string `json:"id"`
			}
			return head.ID == providerID && json.Unmarshal(m, &named) == nil && named.ID == modelID
		})
		if len(models) == len(head.Models) {
			kept = append(kept, raw)
			continue
		}
		found = true
		if len(models) == 0 {
			continue
		}
		if err := json.Unmarshal(raw, &p); err != nil {
			return false, fmt.Errorf("read the project's price table: %w", err)
		}
		if p["models"], err = json.Marshal(models); err != nil {
			return false, err
		}
		if raw, err = json.Marshal(p); err != nil {
			return false, err
		}
		kept = append(kept, raw)
	}
	d.Providers = kept
	return found, nil
}

// listedModel is the model of this name in the list of prices.
func (t *Table) listedModel(providerID, modelID string) *model {
	for i := range t.providers {
		for j := range t.providers[i].Models {
			if m := &t.providers[i].Models[j]; t.providers[i].ID == providerID && m.ID == modelID {
				return m
			}
		}
	}
	return nil
}

// with puts an entry that has a day in its place, instead of one of the same day.
func (s schedules) with(entry schedule) schedules {
	day := entry.Constraint.from
	out := slices.DeleteFunc(slices.Clone(s), func(e schedule) bool {
		return e.Constraint != nil && e.Constraint.from.Equal(day) && !day.IsZero()
	})
	place := slices.IndexFunc(out, func(e schedule) bool { return e.Constraint != nil && e.Constraint.from.After(day) })
	if place < 0 {
		place = len(out)
	}
	return slices.Insert(out, place, entry)
}

func ruleOf(name string) rule {
	if prefix, ok := strings.CutSuffix(name, "*"); ok {
		return rule{StartsWith: &prefix}
	}
	return rule{Equals: &name}
}

func rateOf(usd *float64) *rate {
	if usd == nil {
		return nil
	}
	return &rate{Base: *usd}
}
