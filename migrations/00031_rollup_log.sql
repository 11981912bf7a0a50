-- +goose Up

-- What transactions add to rollups, until a process has added it there: rows of
-- rollups are shared by all executions, and writers would wait for one another.
-- The statistics are rollups and this together (store/rolluplog.go).
CREATE TABLE rollup_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id integer NOT NULL,
    delta      bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- +goose Down
DROP TABLE rollup_log;
