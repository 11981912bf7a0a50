-- +goose Up

-- How many explanations wait or are made, and since when the oldest: counted
-- for /metrics, also when a million wait.
CREATE INDEX reasoning_jobs_waiting ON reasoning_jobs (status, created_at) WHERE status IN ('pending', 'processing');

-- +goose Down
DROP INDEX reasoning_jobs_waiting;
