-- +goose Up

-- What an execution did, step by step, written with its facts: of these the
-- history is made that later executions of its name are held against.
ALTER TABLE facts ADD COLUMN profile json;

-- +goose Down
ALTER TABLE facts DROP COLUMN profile;
