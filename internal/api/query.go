package api

import (
	"context"
	"time"

	"github.com/xraytrace/xray"
)

// filter reads what many operations take to select executions.
func filter(q string, since, until time.Time) (xray.Filter, error) {
	f := xray.Filter{Since: nano(since), Until: nano(until)}
	if q != "" {
		return f, notYet()
	}
	return f, nil
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
	return nil, notYet()
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
