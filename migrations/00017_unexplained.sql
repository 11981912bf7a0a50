-- +goose Up

-- Settled executions whose facts are still to be found, in order of arrival. A
-- row goes in the transaction that stores the facts. segment is the version of
-- the execution: one that spans came to later has a second row.
CREATE TABLE unexplained (
    segment    bigint NOT NULL,
    trace_id   uuid NOT NULL,
    project_id integer NOT NULL,
    PRIMARY KEY (segment, project_id, trace_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- +goose Down
DROP TABLE unexplained;
