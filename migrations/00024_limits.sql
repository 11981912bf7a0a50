-- +goose Up

-- What is taken at most, from a project (family 0) or from a family of its keys.
-- 0: no bound.
CREATE TABLE limits (
    project_id          integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    family              bigint NOT NULL,
    requests_per_second double precision NOT NULL CHECK (requests_per_second >= 0),
    bytes_per_second    bigint NOT NULL CHECK (bytes_per_second >= 0),
    burst_seconds       double precision NOT NULL CHECK (burst_seconds >= 0),
    bytes_per_day       bigint NOT NULL CHECK (bytes_per_day >= 0),
    max_request_bytes   bigint NOT NULL CHECK (max_request_bytes >= 0),
    PRIMARY KEY (project_id, family)
);

-- What processes have taken since they started, so that they can share a limit.
CREATE TABLE limit_uses (
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    family     bigint NOT NULL,
    instance   text NOT NULL,
    requests   bigint NOT NULL,
    bytes      bigint NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (project_id, family, instance)
) WITH (fillfactor = 50);

-- What was taken and refused: one row for a minute, a family of keys and a
-- reason ('' where it was taken), however many requests there were.
CREATE TABLE ingest_log (
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    minute     bigint NOT NULL, -- since 1970
    family     bigint NOT NULL, -- 0: without a stored key
    reason     text NOT NULL,
    requests   bigint NOT NULL,
    records    bigint NOT NULL,
    bytes      bigint NOT NULL, -- unpacked
    error      text NOT NULL,   -- the last one
    at         timestamptz NOT NULL,
    PRIMARY KEY (project_id, minute, family, reason)
) WITH (fillfactor = 70);
CREATE INDEX ingest_log_minute ON ingest_log (minute);

-- Bytes that were taken, by day (UTC).
CREATE TABLE ingest_days (
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    day        date NOT NULL,
    family     bigint NOT NULL,
    bytes      bigint NOT NULL,
    PRIMARY KEY (project_id, day, family)
) WITH (fillfactor = 70);

-- +goose Down
DROP TABLE ingest_days;
DROP TABLE ingest_log;
DROP TABLE limit_uses;
DROP TABLE limits;
