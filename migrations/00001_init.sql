-- +goose Up

-- One schema for plain PostgreSQL (15+) and Citus: no triggers, no foreign keys
-- from data to data, the trace id in every key of what belongs to a trace.
-- Times named *_nano are nanoseconds since 1970 as clients sent them; columns
-- of type timestamptz are our own clock. span ids are bigint, 0 = none.

CREATE TABLE projects (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO projects (slug) VALUES ('default');

CREATE TABLE api_keys (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id   integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    name         text NOT NULL,
    scope        text NOT NULL CHECK (scope IN ('ingest', 'read', 'admin')),
    prefix       text NOT NULL,
    hash         bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32), -- SHA-256 of the secret
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_keys_project ON api_keys (project_id, created_at);

-- Every process that writes takes a number, which goes into the segment ids it
-- makes (store/segmentid.go), so that two processes never make the same one.
CREATE SEQUENCE instances AS integer MAXVALUE 1023 MINVALUE 0 CYCLE;

-- The log and the truth: what clients sent, as OTLP protobuf, zstd. An id is
-- the millisecond of arrival, the instance and a counter, so the partitions are
-- UTC days of arrival although no row carries a day.
CREATE TABLE segments (
    id         bigint NOT NULL,
    project_id integer NOT NULL,
    signal     smallint NOT NULL CHECK (signal IN (1, 2)), -- 1 traces, 2 logs
    records    integer NOT NULL CHECK (records >= 0),
    raw_bytes  integer NOT NULL CHECK (raw_bytes >= 0),
    data       bytea NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
-- Already compressed: no second try by TOAST.
ALTER TABLE segments ALTER COLUMN data SET STORAGE EXTERNAL;

-- The index over the segments: the steps of one trace in one segment, packed
-- (store/pack.go, docs/adr/002). A span that arrives twice is in two rows;
-- readers and settled totals take the last.
CREATE TABLE steps (
    segment    bigint NOT NULL,
    trace_id   uuid NOT NULL,
    project_id integer NOT NULL,
    steps      integer NOT NULL CHECK (steps > 0),
    data       bytea NOT NULL
) PARTITION BY RANGE (segment);
CREATE INDEX steps_trace ON steps (project_id, trace_id);

-- Log records that complete a span: which record of which logs segment.
CREATE TABLE log_refs (
    segment    bigint NOT NULL,
    span_id    bigint NOT NULL,
    trace_id   uuid NOT NULL,
    project_id integer NOT NULL,
    ordinal    integer NOT NULL
) PARTITION BY RANGE (segment);
CREATE INDEX log_refs_trace ON log_refs (project_id, trace_id);

-- Contents that were stored: a request that comes again changes nothing.
CREATE TABLE requests (
    day        date NOT NULL,
    project_id integer NOT NULL,
    hash       uuid NOT NULL,
    PRIMARY KEY (day, project_id, hash)
) PARTITION BY RANGE (day);

-- One row per trace, written once if the trace came at once: whether it is
-- settled stands in table unsettled, not here.
CREATE TABLE executions (
    start_nano     bigint NOT NULL,
    end_nano       bigint NOT NULL, -- 0 while running
    first_segment  bigint NOT NULL, -- the steps lie in segments from here …
    last_segment   bigint NOT NULL, -- … to here
    input_tokens   bigint,
    output_tokens  bigint,
    cost_usd       double precision,
    trace_id       uuid NOT NULL,
    project_id     integer NOT NULL,
    step_count     integer NOT NULL,
    error_count    integer NOT NULL,
    status         smallint NOT NULL CHECK (status IN (0, 1, 2)), -- running, ok, error
    has_root       boolean NOT NULL, -- a root has ended
    has_payload    boolean NOT NULL,
    cost_partial   boolean NOT NULL,
    name           text NOT NULL,
    service        text NOT NULL,
    execution_id   text NOT NULL DEFAULT '', -- the client's own; '' = none
    session_id     text NOT NULL DEFAULT '',
    user_id        text NOT NULL DEFAULT '',
    environment    text NOT NULL DEFAULT '',
    release        text NOT NULL DEFAULT '',
    headline       text NOT NULL DEFAULT '',
    models         text[],
    tags           text[],
    funnel         bigint[],
    hints          json, -- what the spans said, with whose word it is (store/hints.go)
    PRIMARY KEY (project_id, trace_id)
) WITH (fillfactor = 90);
CREATE INDEX executions_newest ON executions (project_id, start_nano, trace_id);
CREATE INDEX executions_errors ON executions (project_id, start_nano, trace_id) WHERE status = 2;
CREATE INDEX executions_running ON executions (project_id, start_nano, trace_id) WHERE status = 0;
CREATE INDEX executions_name ON executions (project_id, name, start_nano, trace_id);
CREATE INDEX executions_service ON executions (project_id, service, start_nano, trace_id);
CREATE INDEX executions_session ON executions (project_id, session_id, start_nano, trace_id) WHERE session_id <> '';
CREATE INDEX executions_user ON executions (project_id, user_id, start_nano, trace_id) WHERE user_id <> '';
CREATE INDEX executions_own_id ON executions (project_id, execution_id, start_nano) WHERE execution_id <> '';

-- Executions whose totals are not exact yet. The row is also the lock of its
-- trace: whoever changes an execution writes or locks this row first.
CREATE TABLE unsettled (
    project_id   integer NOT NULL,
    trace_id     uuid NOT NULL,
    last_segment bigint NOT NULL, -- changes with every arrival: what was read is stale if it moved
    arrived_nano bigint NOT NULL, -- our clock
    PRIMARY KEY (project_id, trace_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- Facts, ranked, most telling first: a JSON array per execution.
CREATE TABLE facts (
    project_id integer NOT NULL,
    trace_id   uuid NOT NULL,
    facts      json NOT NULL,
    PRIMARY KEY (project_id, trace_id)
);

CREATE TABLE reasonings (
    project_id       integer NOT NULL,
    trace_id         uuid NOT NULL,
    step_id          bigint NOT NULL, -- 0 = the whole execution
    source           text NOT NULL CHECK (source IN ('facts', 'model')),
    headline         text NOT NULL,
    claims           json NOT NULL,
    decisive_steps   text[] NOT NULL,
    missing          text[] NOT NULL,
    confidence       text NOT NULL CHECK (confidence IN ('', 'low', 'medium', 'high')),
    model            text NOT NULL,
    prompt_version   text NOT NULL,
    verifier_version text NOT NULL,
    verified_rate    double precision NOT NULL,
    input_tokens     bigint NOT NULL,
    output_tokens    bigint NOT NULL,
    cost_usd         double precision,
    created_at       timestamptz NOT NULL,
    PRIMARY KEY (project_id, trace_id, step_id)
);

-- The request for, and the fate of, one explanation. River carries it out;
-- this is what people see.
CREATE TABLE reasoning_jobs (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id    integer NOT NULL,
    trace_id      uuid NOT NULL,
    step_id       bigint NOT NULL, -- 0 = the execution and its steps
    status        text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    attempts      integer NOT NULL DEFAULT 0,
    error         text NOT NULL DEFAULT '',
    model         text NOT NULL DEFAULT '',
    input_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cost_usd      double precision,
    stale         boolean NOT NULL DEFAULT false, -- the execution changed while it was processed: do it once more
    ticket        bigint NOT NULL, -- the River job that holds it may carry this out; any other is a ghost
    worker        integer, -- instance that processes it
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    finished_at   timestamptz
);
CREATE UNIQUE INDEX reasoning_jobs_open ON reasoning_jobs (project_id, trace_id, step_id)
    WHERE status IN ('pending', 'processing');
CREATE INDEX reasoning_jobs_execution ON reasoning_jobs (project_id, trace_id, id);
CREATE INDEX reasoning_jobs_processing ON reasoning_jobs (worker) WHERE status = 'processing';

-- River's tables live in a schema of their own; its own migrations fill it.
CREATE SCHEMA river;

-- +goose Down
DROP SCHEMA river CASCADE;
DROP TABLE reasoning_jobs, reasonings, facts, unsettled, executions, requests, log_refs, steps, segments, api_keys, projects;
DROP SEQUENCE instances;
