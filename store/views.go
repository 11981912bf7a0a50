package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

const viewColumns = "id, name, query, columns, range, sort, updated_at"

// Views returns a project's saved views, by name.
func (s *Store) Views(ctx context.Context, project int32) ([]xray.View, error) {
	rows, err := s.of(project).Query(ctx, "SELECT "+viewColumns+" FROM views WHERE project_id = $1 ORDER BY name", project)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list views: %w", err))
	}
	views, err := pgx.CollectRows(rows, scanView)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list views: %w", err))
	}
	return views, nil
}

func scanView(row pgx.CollectableRow) (xray.View, error) {
	var v xray.View
	err := row.Scan(&v.ID, &v.Name, &v.Query, &v.Columns, &v.Range, &v.Sort, &v.UpdatedAt)
	return v, err
}

// CreateView saves a new view. A name that the project has, or one view too
// many, is CodeConflict.
func (s *Store) CreateView(ctx context.Context, project int32, v xray.View) (xray.View, error) {
	return s.saveView(ctx, v, `
		INSERT INTO views (project_id, name, query, columns, range, sort, updated_at)
		SELECT @project, @name, @query, @columns, @range, @sort, @now
		WHERE (SELECT count(*) FROM views WHERE project_id = @project) < @most
		RETURNING `+viewColumns, project,
		xray.Errorf(xray.CodeConflict, "a project has at most %d views: delete one that nobody needs", xray.MaxViews))
}

// ReplaceView replaces the view with the id of v; none in the project is
// CodeNotFound, a name that another view has CodeConflict.
func (s *Store) ReplaceView(ctx context.Context, project int32, v xray.View) (xray.View, error) {
	return s.saveView(ctx, v, `
		UPDATE views SET name = @name, query = @query, columns = @columns, range = @range, sort = @sort, updated_at = @now
		WHERE project_id = @project AND id = @id
		RETURNING `+viewColumns, project, noView(v.ID))
}

// saveView runs a statement that returns the view, or no row: that is none.
func (s *Store) saveView(ctx context.Context, v xray.View, sql string, project int32, none error) (xray.View, error) {
	rows, err := s.pool.Query(ctx, sql, pgx.NamedArgs{
		"project": project, "id": v.ID, "now": s.clock(), "most": xray.MaxViews,
		"name": cleanText(v.Name, maxName), "query": cleanText(v.Query, len(v.Query)), "columns": cleanTexts(v.Columns),
		"range": cleanText(v.Range, maxHint), "sort": cleanText(v.Sort, maxHint),
	})
	if err != nil {
		return xray.View{}, unavailable(fmt.Errorf("save a view: %w", err))
	}
	saved, err := pgx.CollectExactlyOneRow(rows, scanView)
	pg, isPG := errors.AsType[*pgconn.PgError](err)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return xray.View{}, none
	case isPG && pg.ConstraintName == "views_project_id_name_key":
		return xray.View{}, xray.Errorf(xray.CodeConflict, "there is a view called %q already: replace it, or choose another name", clip(v.Name, 100))
	case err != nil:
		return xray.View{}, unavailable(fmt.Errorf("save a view: %w", err))
	}
	return saved, nil
}

// DeleteView forgets a view; none in the project is CodeNotFound.
func (s *Store) DeleteView(ctx context.Context, project int32, id int64) error {
	done, err := s.pool.Exec(ctx, "DELETE FROM views WHERE project_id = $1 AND id = $2", project, id)
	if err != nil {
		return unavailable(fmt.Errorf("delete a view: %w", err))
	}
	if done.RowsAffected() == 0 {
		return noView(id)
	}
	return nil
}

func noView(id int64) error {
	return xray.Errorf(xray.CodeNotFound, "there is no view %d in this project: list them with GET /api/views", id)
}
