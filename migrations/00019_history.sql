-- +goose Up

-- The history of a name is read from the profiles alone: where few of very many
-- executions are explained, it cannot be found by way of the executions.
ALTER TABLE facts ADD COLUMN name text NOT NULL DEFAULT '', ADD COLUMN start_nano bigint NOT NULL DEFAULT 0;
UPDATE facts f SET name = e.name, start_nano = e.start_nano
FROM executions e WHERE e.project_id = f.project_id AND e.trace_id = f.trace_id;
CREATE INDEX facts_history ON facts (project_id, name, start_nano, trace_id) WHERE profile IS NOT NULL;

-- +goose Down
DROP INDEX facts_history;
ALTER TABLE facts DROP COLUMN name, DROP COLUMN start_nano;
