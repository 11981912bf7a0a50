-- +goose Up

-- Whether a model may be asked; facts are computed either way.
ALTER TABLE reasoning_jobs ADD COLUMN facts_only boolean NOT NULL DEFAULT false;

-- A project without a row follows the server's policy and has no cap.
CREATE TABLE reasoning_settings (
    project_id      integer PRIMARY KEY REFERENCES projects ON DELETE CASCADE,
    policy          text NOT NULL CHECK (policy IN ('default', 'off', 'on_demand', 'failures', 'sample', 'all')),
    sample_percent  double precision NOT NULL CHECK (sample_percent BETWEEN 0 AND 100),
    daily_cap_usd   double precision CHECK (daily_cap_usd >= 0),
    monthly_cap_usd double precision CHECK (monthly_cap_usd >= 0),
    updated_at      timestamptz NOT NULL
);

-- What models cost a project by day (UTC): estimated while a call is under way,
-- then what it used. The row is what calls of one project queue for.
CREATE TABLE reasoning_spend (
    project_id    integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    day           date NOT NULL,
    calls         bigint NOT NULL DEFAULT 0,
    unpriced      bigint NOT NULL DEFAULT 0, -- calls of a model without a known price
    input_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    usd           double precision NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, day)
);

-- One row for each call to a model, without anything of what was said.
CREATE TABLE model_calls (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id    integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    trace_id      uuid NOT NULL,
    task          text NOT NULL,
    model         text NOT NULL,
    prompt_hash   bytea NOT NULL CHECK (length(prompt_hash) = 32),
    prompt_bytes  bigint NOT NULL,
    input_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cost_usd      double precision,
    outcome       text NOT NULL, -- 'open' until it ended
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz
);
CREATE INDEX model_calls_project ON model_calls (project_id, created_at);

-- Answers of models by what was asked. They quote payloads, and so go when an
-- execution of their project is deleted, and after a while.
CREATE TABLE reasoning_answers (
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    key        bytea NOT NULL CHECK (length(key) = 32),
    answer     text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, key)
);
CREATE INDEX reasoning_answers_age ON reasoning_answers (project_id, created_at DESC);

-- +goose Down
DROP TABLE reasoning_answers, model_calls, reasoning_spend, reasoning_settings;
ALTER TABLE reasoning_jobs DROP COLUMN facts_only;
