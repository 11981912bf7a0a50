-- +goose Up

-- A project's own model, and how many calls to it may be under way at once
-- (0: the server's number). The endpoint's key is never stored: the server
-- has it from its environment.
ALTER TABLE reasoning_settings
    ADD COLUMN concurrency integer NOT NULL DEFAULT 0 CHECK (concurrency BETWEEN 0 AND 64),
    ADD COLUMN model       text NOT NULL DEFAULT '' CHECK (length(model) <= 200),
    ADD COLUMN base_url    text NOT NULL DEFAULT '' CHECK (length(base_url) <= 2000);

-- Who makes a call, so that those of a process that died do not stay open.
ALTER TABLE model_calls ADD COLUMN worker integer;
CREATE INDEX model_calls_open ON model_calls (project_id) WHERE outcome = 'open';

-- asked: a person waits for it. parked: it waits for its turn within the
-- project, outside of the queue. prompt_version and content name what was
-- explained: content is a hash of everything that a model was shown, and NULL
-- once another explanation has taken the place of this one. Nothing is
-- explained twice.
ALTER TABLE reasoning_jobs
    ADD COLUMN asked          boolean NOT NULL DEFAULT false,
    ADD COLUMN parked         boolean NOT NULL DEFAULT false,
    ADD COLUMN prompt_version text NOT NULL DEFAULT '',
    ADD COLUMN content        bytea CHECK (length(content) = 32);
CREATE INDEX reasoning_jobs_parked ON reasoning_jobs (project_id, asked DESC, id) WHERE parked;
CREATE UNIQUE INDEX reasoning_jobs_once ON reasoning_jobs (project_id, trace_id, step_id, prompt_version, content)
    WHERE content IS NOT NULL;

-- +goose Down
DROP INDEX reasoning_jobs_once, reasoning_jobs_parked, model_calls_open;
ALTER TABLE reasoning_jobs DROP COLUMN content, DROP COLUMN prompt_version, DROP COLUMN parked, DROP COLUMN asked;
ALTER TABLE model_calls DROP COLUMN worker;
ALTER TABLE reasoning_settings DROP COLUMN base_url, DROP COLUMN model, DROP COLUMN concurrency;
