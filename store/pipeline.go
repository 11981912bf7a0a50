package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// IgnoredPaths returns what comparisons of executions of a name leave out.
func (s *Store) IgnoredPaths(ctx context.Context, project int32, name string) ([]string, error) {
	var paths []string
	err := s.of(project).QueryRow(ctx, "SELECT paths FROM ignored_paths WHERE project_id = $1 AND name = $2", project, cleanText(name, maxName)).Scan(&paths)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, unavailable(fmt.Errorf("read ignored paths: %w", err))
	}
	return paths, nil
}

// SetIgnoredPaths replaces it; none forgets the name.
func (s *Store) SetIgnoredPaths(ctx context.Context, project int32, name string, paths []string) error {
	sql := `INSERT INTO ignored_paths (project_id, name, paths) VALUES (@project, @name, @paths)
		ON CONFLICT (project_id, name) DO UPDATE SET paths = EXCLUDED.paths`
	if len(paths) == 0 {
		sql = "DELETE FROM ignored_paths WHERE project_id = @project AND name = @name"
	}
	_, err := s.pool.Exec(ctx, sql, pgx.NamedArgs{"project": project, "name": cleanText(name, maxName), "paths": cleanTexts(paths)})
	if err != nil {
		return unavailable(fmt.Errorf("save ignored paths: %w", err))
	}
	return nil
}
