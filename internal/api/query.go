package api

import (
	"context"
	"strings"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

// filter reads what many operations take to select executions.
func filter(q string, since, until time.Time) (xray.Filter, error) {
	asked, err := query.Parse(q)
	return xray.Filter{Since: nano(since), Until: nano(until), Where: asked.Where, Steps: asked.Steps}, err
}

// searchedTo is "" when everything was searched.
func searchedTo(n xray.Nano) string {
	if n == 0 {
		return ""
	}
	return timeString(n)
}

// GetVocabulary answers what one can ask for.
func (s *Server) GetVocabulary(context.Context, GetVocabularyRequestObject) (GetVocabularyResponseObject, error) {
	return GetVocabulary200JSONResponse{
		Fields: mapTo(query.Fields(), queryField),
		Examples: mapTo(query.Examples(), func(e query.Example) QueryExample {
			return QueryExample{Query: e.Query, Doc: e.Doc}
		}),
	}, nil
}

func queryField(f query.Field) QueryField {
	return QueryField{
		Name: string(f.Name), Aliases: orEmpty(f.Aliases), Type: QueryFieldType(f.Kind), OfStep: f.Name.OfStep(), Keyed: f.Keyed,
		Operators: mapTo(f.Operators, func(o query.Operator) QueryFieldOperators { return QueryFieldOperators(o) }),
		Unit:      f.Unit, Values: orEmpty(f.Values), Observed: f.Observed, Facet: f.Facet, Doc: f.Doc, Examples: f.Examples,
	}
}

// ListValues answers observed values of a field.
func (s *Server) ListValues(ctx context.Context, r ListValuesRequestObject) (ListValuesResponseObject, error) {
	const usual, most = 20, 100
	p := r.Params
	if p.Limit == 0 {
		p.Limit = usual
	}
	if p.Limit < 1 || p.Limit > most {
		return nil, xray.Errorf(xray.CodeInvalid, "limit is %d: use 1 to %d", p.Limit, most)
	}
	f, err := filter(p.Q, time.Time{}, time.Time{})
	if err != nil {
		return nil, err
	}
	field, key, known := query.LookupKeyed(p.Field)
	if !known {
		return nil, xray.Errorf(xray.CodeInvalid, "there is no field %q: GET /api/query lists those that there are", p.Field)
	}
	if !field.Observed {
		return ListValues200JSONResponse(choices(field, p.Prefix)), nil
	}
	found, err := s.Search.Values(ctx, caller(ctx).Project.ID, xray.ValueQuery{
		Filter: f, Field: field.Name, Key: key, Prefix: p.Prefix, Limit: p.Limit,
	})
	return ListValues200JSONResponse(countedValues(found)), err
}

// choices are the values that a field can have by its nature, if they are few.
func choices(f query.Field, prefix string) CountedValues {
	out := CountedValues{Values: []CountedValue{}}
	for _, v := range f.Values {
		if strings.HasPrefix(v, strings.ToLower(prefix)) {
			out.Values = append(out.Values, CountedValue{Value: v})
		}
	}
	return out
}

func countedValues(f xray.Facet) CountedValues {
	return CountedValues{More: f.More, Values: mapTo(f.Values, func(v xray.ValueCount) CountedValue {
		return CountedValue{Value: v.Value, Count: int(v.Count)}
	})}
}

// GetFacets answers the most frequent values of some fields.
func (s *Server) GetFacets(ctx context.Context, r GetFacetsRequestObject) (GetFacetsResponseObject, error) {
	const values = 10
	f, err := filter(r.Params.Q, r.Params.Since, r.Params.Until)
	if err != nil {
		return nil, err
	}
	q := xray.FacetQuery{Filter: f, Limit: values}
	for _, field := range query.Fields() {
		if field.Facet {
			q.Fields = append(q.Fields, field.Name)
		}
	}
	found, err := s.Search.Facets(ctx, caller(ctx).Project.ID, q)
	if err != nil {
		return nil, err
	}
	return GetFacets200JSONResponse(facetList(query.Query{Where: f.Where, Steps: f.Steps}, found)), nil
}
