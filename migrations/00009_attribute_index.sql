-- +goose Up

-- Which traces have an attribute: see docs/adr/009. A segment is in table
-- unindexed until it is in a run; a run holds what the spans of about a
-- thousand segments of one day can be found by, and is never changed.
CREATE TABLE unindexed (
    segment    bigint PRIMARY KEY,
    project_id integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);
INSERT INTO unindexed (segment, project_id) SELECT id, project_id FROM segments WHERE signal = 1;

CREATE TABLE term_runs (
    id       bigint NOT NULL, -- the last of its segments
    postings bigint NOT NULL,
    segments bytea NOT NULL,  -- of each its id and how many traces it has
    traces   bytea NOT NULL,  -- 16 bytes each, segment after segment
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
-- Read in slices.
ALTER TABLE term_runs ALTER COLUMN traces SET STORAGE EXTERNAL;

CREATE TABLE terms (
    run    bigint NOT NULL,
    bucket integer NOT NULL, -- 2^b + the first b bits of the terms in it
    data   bytea NOT NULL    -- see store/termrun.go
) PARTITION BY RANGE (run);
ALTER TABLE terms ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX terms_bucket ON terms (bucket);

-- +goose Down
DROP TABLE terms, term_runs, unindexed;
