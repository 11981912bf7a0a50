package api

import (
	"slices"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

// facetList joins what was counted with what the query says about each value,
// and with the query that a click on it means: who shows facets then needs no
// grammar of its own.
func facetList(q query.Query, counted xray.Facets) FacetList {
	return FacetList{
		Query: q.String(), Counted: int(counted.Counted), SearchedTo: searchedTo(counted.SearchedTo),
		Facets: mapTo(counted.Facets, func(f xray.Facet) Facet { return facet(q, f) }),
	}
}

func facet(q query.Query, f xray.Facet) Facet {
	values := slices.Clone(f.Values)
	known, _ := query.Lookup(string(f.Field))
	for _, name := range slices.Concat(q.Named(f.Field), known.Values) {
		if !slices.ContainsFunc(values, func(v xray.ValueCount) bool { return v.Value == name }) {
			values = append(values, xray.ValueCount{Value: name})
		}
	}
	return Facet{
		Field: string(f.Field), More: f.More,
		Values: mapTo(values, func(v xray.ValueCount) FacetValue { return facetValue(q, f.Field, v) }),
	}
}

func facetValue(q query.Query, field xray.Field, v xray.ValueCount) FacetValue {
	out := FacetValue{
		Value: v.Value, Count: int(v.Count), Choice: ChoiceOpen,
		Toggled:  q.With(field, v.Value, query.Open).String(),
		Excluded: q.With(field, v.Value, query.Excluded).String(),
	}
	switch q.ChoiceOf(field, v.Value) {
	case query.Chosen:
		out.Choice = ChoiceChosen
	case query.Excluded:
		out.Choice = ChoiceExcluded
	default:
		out.Toggled = q.With(field, v.Value, query.Chosen).String()
	}
	return out
}
