package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// MaxListed is how many services or names there are at most in a list.
const MaxListed = 1000

// distinctSQL walks from one value of a column to the next, each a step down an
// index, instead of reading every execution. column is one of ours.
func distinctSQL(column string) string {
	return `
WITH RECURSIVE d AS (
    (SELECT ` + column + ` AS v FROM executions WHERE project_id = @project ORDER BY ` + column + ` LIMIT 1)
    UNION ALL
    SELECT (SELECT e.` + column + ` FROM executions e
            WHERE e.project_id = @project AND e.` + column + ` > d.v ORDER BY e.` + column + ` LIMIT 1)
    FROM d WHERE d.v IS NOT NULL)
SELECT v FROM d WHERE v <> '' LIMIT @limit`
}

// Services returns the services of a project's executions, in order, at most
// [MaxListed]. Rides on executions_service.
func (s *Store) Services(ctx context.Context, project int32) ([]string, error) {
	return s.distinct(ctx, project, "service")
}

// Names returns the names of a project's executions, in order, at most
// [MaxListed]. Rides on executions_name.
func (s *Store) Names(ctx context.Context, project int32) ([]string, error) {
	return s.distinct(ctx, project, "name")
}

func (s *Store) distinct(ctx context.Context, project int32, column string) ([]string, error) {
	rows, err := s.of(project).Query(ctx, distinctSQL(column), distinctArgs(project))
	if err != nil {
		return nil, unavailable(fmt.Errorf("list by %s: %w", column, err))
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, unavailable(fmt.Errorf("list by %s: %w", column, err))
	}
	return values, nil
}

func distinctArgs(project int32) pgx.NamedArgs {
	return pgx.NamedArgs{"project": project, "limit": MaxListed}
}
