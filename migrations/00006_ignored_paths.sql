-- +goose Up

-- What comparisons of executions of a name leave out: JSON pointers.
CREATE TABLE ignored_paths (
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    name       text NOT NULL,
    paths      text[] NOT NULL,
    PRIMARY KEY (project_id, name)
);

-- +goose Down
DROP TABLE ignored_paths;
