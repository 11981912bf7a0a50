package api

import (
	"context"

	"github.com/xraytrace/xray"
)

// GetOrganisation answers whom the server belongs to.
func (s *Server) GetOrganisation(ctx context.Context, _ GetOrganisationRequestObject) (GetOrganisationResponseObject, error) {
	o, err := s.Accounts.Organisation(ctx)
	return GetOrganisation200JSONResponse{Name: o.Name}, err
}

// RenameOrganisation gives it another name.
func (s *Server) RenameOrganisation(ctx context.Context, r RenameOrganisationRequestObject) (RenameOrganisationResponseObject, error) {
	if err := s.Accounts.RenameOrganisation(ctx, r.Body.Name); err != nil {
		return nil, err
	}
	o, err := s.Accounts.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	return RenameOrganisation200JSONResponse{Name: o.Name}, s.recordServerAct(ctx, "organisation.rename", o.Name, nil)
}

// CreateProject makes a project.
func (s *Server) CreateProject(ctx context.Context, r CreateProjectRequestObject) (CreateProjectResponseObject, error) {
	p, err := s.Projects.CreateProject(ctx, r.Body.ProjectId)
	if err != nil {
		return nil, err
	}
	return CreateProject201JSONResponse(projectEntry(p)), s.recordServerAct(ctx, "project.create", p.Slug, nil)
}

// RenameProject gives a project another name.
func (s *Server) RenameProject(ctx context.Context, r RenameProjectRequestObject) (RenameProjectResponseObject, error) {
	p, err := s.Projects.RenameProject(ctx, r.Id, r.Body.ProjectId)
	if err != nil {
		return nil, err
	}
	return RenameProject200JSONResponse(projectEntry(p)), s.recordServerAct(ctx, "project.rename", p.Slug, map[string]string{"from": r.Id})
}

func projectEntry(p xray.Project) ProjectEntry {
	return ProjectEntry{ProjectId: p.Slug, CreatedAt: wallTime(p.CreatedAt)}
}
