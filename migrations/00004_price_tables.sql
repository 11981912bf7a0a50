-- +goose Up

-- Prices that somebody brought over those that are built in: at most one table
-- for every project, and one for each.
CREATE TABLE price_tables (
    project_id integer REFERENCES projects ON DELETE CASCADE, -- NULL: every project
    version    text NOT NULL,
    data       json NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (project_id)
);

-- +goose Down
DROP TABLE price_tables;
