package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// CreateProject makes a project. A name that cannot be one is CodeInvalid, one
// that is taken CodeConflict.
func (s *Store) CreateProject(ctx context.Context, slug string) (xray.Project, error) {
	if err := xray.ValidateSlug(slug); err != nil {
		return xray.Project{}, err
	}
	p := xray.Project{Slug: slug}
	err := s.pool.QueryRow(ctx, "INSERT INTO projects (slug) VALUES ($1) RETURNING id, created_at", slug).
		Scan(&p.ID, &p.CreatedAt)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "23505" {
		return xray.Project{}, xray.Errorf(xray.CodeConflict, "there is a project %q already", slug)
	}
	if err != nil {
		return xray.Project{}, unavailable(fmt.Errorf("create project: %w", err))
	}
	return p, nil
}

// Projects returns all projects by name.
func (s *Store) Projects(ctx context.Context) ([]xray.Project, error) {
	rows, err := s.pool.Query(ctx, "SELECT id, slug, created_at FROM projects ORDER BY slug")
	if err != nil {
		return nil, unavailable(fmt.Errorf("list projects: %w", err))
	}
	all, err := pgx.CollectRows(rows, scanProject)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list projects: %w", err))
	}
	return all, nil
}

// ProjectBySlug finds a project. None is CodeNotFound.
func (s *Store) ProjectBySlug(ctx context.Context, slug string) (xray.Project, error) {
	rows, err := s.pool.Query(ctx, "SELECT id, slug, created_at FROM projects WHERE slug = $1", cleanText(slug, 64))
	if err != nil {
		return xray.Project{}, unavailable(fmt.Errorf("find project: %w", err))
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanProject)
	if errors.Is(err, pgx.ErrNoRows) {
		return xray.Project{}, xray.Errorf(xray.CodeNotFound,
			"there is no project %q; make it with `xray project create`", clip(slug, 100))
	}
	if err != nil {
		return xray.Project{}, unavailable(fmt.Errorf("find project: %w", err))
	}
	return p, nil
}

func scanProject(row pgx.CollectableRow) (xray.Project, error) {
	var p xray.Project
	err := row.Scan(&p.ID, &p.Slug, &p.CreatedAt)
	return p, err
}

// RenameProject gives a project another name. CodeConflict for one that is
// taken, and for [xray.DefaultProject]: clients that name none send there.
func (s *Store) RenameProject(ctx context.Context, from, to string) (xray.Project, error) {
	if err := xray.ValidateSlug(to); err != nil {
		return xray.Project{}, err
	}
	if from == xray.DefaultProject && to != from {
		return xray.Project{}, xray.Errorf(xray.CodeConflict, "the project %q keeps its name, because clients that name no project send to it: make another project", from)
	}
	rows, err := s.pool.Query(ctx, "UPDATE projects SET slug = $2 WHERE slug = $1 RETURNING id, slug, created_at", cleanText(from, 64), to)
	if err != nil {
		return xray.Project{}, unavailable(fmt.Errorf("rename project: %w", err))
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanProject)
	pg, isPG := errors.AsType[*pgconn.PgError](err)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return p, xray.Errorf(xray.CodeNotFound, "there is no project %q", clip(from, 100))
	case isPG && pg.Code == "23505":
		return p, xray.Errorf(xray.CodeConflict, "there is a project %q already", to)
	case err != nil:
		return p, unavailable(fmt.Errorf("rename project: %w", err))
	}
	return p, nil
}
