-- +goose Up

-- The slow ones, in steps of ten: a list with a least duration reads the
-- largest of these that holds what it wants, and at worst passes over what is
-- up to ten times as fast. Quick executions, which are most, are in none.
CREATE INDEX executions_1s ON executions (project_id, start_nano, trace_id) WHERE end_nano - start_nano >= 1000000000;
CREATE INDEX executions_10s ON executions (project_id, start_nano, trace_id) WHERE end_nano - start_nano >= 10000000000;
CREATE INDEX executions_100s ON executions (project_id, start_nano, trace_id) WHERE end_nano - start_nano >= 100000000000;

-- +goose Down
DROP INDEX executions_1s, executions_10s, executions_100s;
