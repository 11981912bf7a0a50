-- +goose Up

-- Saved ways to look at the list of executions.
CREATE TABLE views (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    name       text NOT NULL CHECK (name <> ''),
    query      text NOT NULL,
    columns    text[] NOT NULL,
    range      text NOT NULL,
    sort       text NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (project_id, name)
);

-- +goose Down
DROP TABLE views;
