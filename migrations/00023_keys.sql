-- +goose Up

-- A key that takes over from another names it, and stays in the family of the
-- first: limits hold for a family, however often its secret changes.
ALTER TABLE api_keys
    ADD COLUMN replaces bigint REFERENCES api_keys ON DELETE SET NULL,
    ADD COLUMN family   bigint; -- the number of its first key; NULL: this is it
CREATE UNIQUE INDEX api_keys_replaces ON api_keys (replaces);

-- +goose Down
ALTER TABLE api_keys DROP COLUMN replaces, DROP COLUMN family;
