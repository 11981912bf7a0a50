package api

import "context"

// LoadDemo stores the demonstration for who has nothing to look at yet.
func (s *Server) LoadDemo(ctx context.Context, _ LoadDemoRequestObject) (LoadDemoResponseObject, error) {
	n, mistake, err := s.Demo.LoadDemo(ctx, caller(ctx))
	if err != nil {
		return nil, err
	}
	return LoadDemo200JSONResponse{Executions: n, MistakeId: mistake}, nil
}
