package api

import (
	"context"
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

func notYet() error {
	return xray.Errorf(xray.CodeUnavailable, "this server cannot do that yet: leave it out")
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
func (s *Server) ListValues(context.Context, ListValuesRequestObject) (ListValuesResponseObject, error) {
	return nil, notYet()
}

// GetFacets answers the most frequent values of some fields.
func (s *Server) GetFacets(context.Context, GetFacetsRequestObject) (GetFacetsResponseObject, error) {
	return nil, notYet()
}

// ListViews answers the project's saved views.
func (s *Server) ListViews(context.Context, ListViewsRequestObject) (ListViewsResponseObject, error) {
	return nil, notYet()
}

// CreateView saves a view.
func (s *Server) CreateView(context.Context, CreateViewRequestObject) (CreateViewResponseObject, error) {
	return nil, notYet()
}

// ReplaceView replaces a saved view.
func (s *Server) ReplaceView(context.Context, ReplaceViewRequestObject) (ReplaceViewResponseObject, error) {
	return nil, notYet()
}

// DeleteView deletes a saved view.
func (s *Server) DeleteView(context.Context, DeleteViewRequestObject) (DeleteViewResponseObject, error) {
	return nil, notYet()
}

// DownloadExecution answers an execution as a file.
func (s *Server) DownloadExecution(context.Context, DownloadExecutionRequestObject) (DownloadExecutionResponseObject, error) {
	return nil, notYet()
}
