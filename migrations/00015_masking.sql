-- +goose Up

-- What a project does not want stored or shown to a model; without a row
-- everything is stored, and models are shown nothing that a preset knows.
CREATE TABLE masking_settings (
    project_id integer PRIMARY KEY REFERENCES projects ON DELETE CASCADE,
    settings   json NOT NULL,
    hash_key   bytea NOT NULL CHECK (length(hash_key) = 32), -- of rules that hash; stays, so that equal values stay equal
    updated_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE masking_settings;
