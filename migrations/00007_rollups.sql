-- +goose Up

-- Statistics of settled executions, added up: of a pipeline (step = '') and of
-- its steps, by minute, hour and day of the executions' start.
CREATE TABLE rollups (
    bucket        bigint NOT NULL,   -- first minute since 1970
    touched       integer NOT NULL,  -- day since 1970 of the last change
    project_id    integer NOT NULL,
    minutes       smallint NOT NULL CHECK (minutes IN (1, 60, 1440)), -- that the bucket spans
    name          text NOT NULL,     -- of the execution
    step          text NOT NULL,
    count         bigint NOT NULL,
    errors        bigint NOT NULL,
    input_tokens  bigint NOT NULL,
    output_tokens bigint NOT NULL,
    cost_nano     bigint NOT NULL,   -- USD / 10^9: whole, so that subtracting is exact
    durations     bytea NOT NULL,    -- a histogram, see store/histogram.go
    PRIMARY KEY (project_id, name, minutes, bucket, step)
) WITH (fillfactor = 70);
CREATE INDEX rollups_pipelines ON rollups (project_id, minutes, bucket) WHERE step = '';

-- +goose Down
DROP TABLE rollups;
