-- +goose Up

-- What people and programs say about executions, their steps and the claims of
-- their explanations. A score that comes before its execution is kept under the
-- client's own id of it, until that has come.
CREATE TABLE scores (
    project_id   integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    trace_id     uuid, -- NULL while nothing but the client's own id is known
    execution_id text NOT NULL, -- '' once the trace is known
    step_id      bigint NOT NULL, -- 0: the execution as a whole
    claim        text NOT NULL, -- '' for none
    name         text NOT NULL CHECK (name <> ''),
    kind         text NOT NULL CHECK (kind IN ('number', 'boolean', 'category')),
    number       double precision,
    category     text,
    comment      text NOT NULL,
    source       text NOT NULL CHECK (source IN ('human', 'api', 'sdk')),
    author       text NOT NULL,
    user_id      bigint NOT NULL, -- 0 for keys; who is gone keeps their name in author
    client_id    text NOT NULL, -- '' for none
    at           timestamptz NOT NULL,
    PRIMARY KEY (project_id, id),
    CHECK ((trace_id IS NULL) = (execution_id <> '')),
    CHECK ((kind = 'category') = (number IS NULL)),
    CHECK ((kind = 'category') = (category IS NOT NULL))
);
CREATE UNIQUE INDEX scores_client_id ON scores (project_id, client_id) WHERE client_id <> '';
CREATE INDEX scores_execution ON scores (project_id, trace_id, name) WHERE trace_id IS NOT NULL;
CREATE INDEX scores_waiting ON scores (project_id, execution_id) WHERE trace_id IS NULL;
CREATE INDEX scores_waiting_newest ON scores (id) WHERE trace_id IS NULL;
CREATE INDEX scores_number ON scores (project_id, name, number, trace_id) WHERE number IS NOT NULL;
CREATE INDEX scores_category ON scores (project_id, name, category, trace_id) WHERE category IS NOT NULL;

CREATE TABLE notes (
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    trace_id   uuid NOT NULL,
    step_id    bigint NOT NULL, -- 0: the execution as a whole
    text       text NOT NULL CHECK (text <> ''),
    author     text NOT NULL,
    user_id    bigint NOT NULL, -- 0 if nobody was signed in
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, id)
);
CREATE INDEX notes_execution ON notes (project_id, trace_id);

-- +goose Down
DROP TABLE notes, scores;
