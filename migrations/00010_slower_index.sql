-- +goose Up

-- One more step of ten down (see 00003_slow.sql): of services that answer
-- within milliseconds these are the slow ones.
CREATE INDEX executions_100ms ON executions (project_id, start_nano, trace_id) WHERE end_nano - start_nano >= 100000000;

-- +goose Down
DROP INDEX executions_100ms;
