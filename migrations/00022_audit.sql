-- +goose Up

-- Who did what to a project (or, without one, to the server). Rows are only ever
-- added. No foreign key: what was done to a project outlives it.
CREATE TABLE audit_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer,
    at         timestamptz NOT NULL,
    actor      text NOT NULL CHECK (actor IN ('user', 'key', 'master', 'local', 'cli', 'server')),
    actor_id   text NOT NULL DEFAULT '',
    actor_name text NOT NULL DEFAULT '',
    address    text NOT NULL DEFAULT '',
    verb       text NOT NULL CHECK (verb <> ''),
    object     text NOT NULL DEFAULT '',
    detail     json
);
CREATE INDEX audit_log_newest ON audit_log (project_id, id DESC);

-- +goose Down
DROP TABLE audit_log;
