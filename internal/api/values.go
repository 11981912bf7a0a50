package api

import "context"

// ListServices answers which services there are to choose from.
func (s *Server) ListServices(ctx context.Context, _ ListServicesRequestObject) (ListServicesResponseObject, error) {
	values, err := s.Statistics.Services(ctx, caller(ctx).Project.ID)
	return ListServices200JSONResponse{Values: orEmpty(values)}, err
}

// ListNames answers which executions' names there are to choose from.
func (s *Server) ListNames(ctx context.Context, _ ListNamesRequestObject) (ListNamesResponseObject, error) {
	values, err := s.Statistics.Names(ctx, caller(ctx).Project.ID)
	return ListNames200JSONResponse{Values: orEmpty(values)}, err
}
