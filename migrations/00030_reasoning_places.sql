-- +goose Up

-- Processes that may ask a model, and where: '' is the server's own endpoint. A
-- process is there while it holds the lock of its number; its rows outlive it
-- by the time that jobs wait for it.
CREATE TABLE model_processes (
    worker   integer NOT NULL,
    endpoint text NOT NULL,
    seen_at  timestamptz NOT NULL,
    PRIMARY KEY (worker, endpoint)
);

-- The queue that a job stands in: that of an endpoint, of which only processes
-- take jobs that may ask there, or 'explain', of which every process does.
ALTER TABLE reasoning_jobs ADD COLUMN queue text NOT NULL DEFAULT 'explain';
CREATE INDEX reasoning_jobs_queued ON reasoning_jobs (queue, id) WHERE status = 'pending' AND queue <> 'explain';

-- What a model's words are about: the state of the execution when they were
-- made (segment is its version, 0 is not known), and a hash of the record. Spans
-- that came later are not in it.
ALTER TABLE reasonings
    ADD COLUMN segment bigint NOT NULL DEFAULT 0,
    ADD COLUMN steps   integer NOT NULL DEFAULT 0,
    ADD COLUMN record  bytea CHECK (length(record) = 32);

-- +goose Down
ALTER TABLE reasonings DROP COLUMN record, DROP COLUMN steps, DROP COLUMN segment;
DROP INDEX reasoning_jobs_queued;
ALTER TABLE reasoning_jobs DROP COLUMN queue;
DROP TABLE model_processes;
