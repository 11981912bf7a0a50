-- Locks rows of rollups, in key order, makes those that are missing, and returns
-- what they say. Rides on rollups_pkey.
INSERT INTO rollups AS r (
    project_id, name, minutes, bucket, step, touched,
    count, errors, input_tokens, output_tokens, cost_nano, durations)
SELECT k.project_id, k.name, k.minutes, k.bucket, k.step, @today::integer, 0, 0, 0, 0, 0, ''
FROM unnest(@projects::integer[], @names::text[], @minutes::smallint[], @buckets::bigint[], @steps::text[])
    AS k (project_id, name, minutes, bucket, step)
ON CONFLICT (project_id, name, minutes, bucket, step) DO UPDATE SET touched = EXCLUDED.touched
RETURNING project_id, name, minutes, bucket, step, count, errors, input_tokens, output_tokens, cost_nano, durations
