package api

import (
	"context"

	"github.com/xraytrace/xray"
)

// GetSession tells the caller who it is and what this server offers.
func (s *Server) GetSession(ctx context.Context, _ GetSessionRequestObject) (GetSessionResponseObject, error) {
	p := caller(ctx)
	out := Session{
		ProjectId: p.Project.Slug,
		Scope:     SessionScope(p.Scope),
		Local:     s.Auth.Local(),
		Version:   s.About.Version,
	}
	if p.User != nil {
		out.User = person(*p.User)
	}
	out.Role, out.OrganisationRole = Role(p.Role), Role(p.OrganisationRole)
	out.Otlp.Http, out.Otlp.Grpc = s.About.OTLPHTTP, s.About.OTLPGRPC
	out.Reasoning.Source, out.Reasoning.Model = SessionReasoningSourceFacts, ""
	holds, err := s.Budgets.ModelSettings(ctx, p.Project.ID)
	if err != nil {
		return nil, err
	}
	if model := s.modelOf(holds); model != "" {
		out.Reasoning.Source, out.Reasoning.Model = SessionReasoningSourceModel, model
	}
	return GetSession200JSONResponse(out), nil
}

// ListProjects answers the caller's own project, or all of them for callers
// that may choose one.
func (s *Server) ListProjects(ctx context.Context, _ ListProjectsRequestObject) (ListProjectsResponseObject, error) {
	p := caller(ctx)
	projects, err := []xray.Project{p.Project}, error(nil)
	switch {
	case p.AnyProject:
		projects, err = s.Reader.Projects(ctx)
	case p.User != nil:
		projects, err = s.Auth.ProjectsOf(ctx, signedBy(ctx).Member)
	}
	return ListProjects200JSONResponse{Projects: mapTo(projects, projectEntry)}, err
}
