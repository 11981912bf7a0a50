-- +goose Up

-- What each step did to the items, for conditions on it: a list of objects with
-- the step's id and how many items went in, came out and were dropped.
ALTER TABLE facts ADD COLUMN stations json;

-- +goose Down
ALTER TABLE facts DROP COLUMN stations;
