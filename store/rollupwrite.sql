-- Writes rows of rollups that this transaction has locked; rides on rollups_pkey.
UPDATE rollups r
SET count = k.count, errors = k.errors, input_tokens = k.input, output_tokens = k.output,
    cost_nano = k.cost, durations = k.durations
FROM unnest(@projects::integer[], @names::text[], @minutes::smallint[], @buckets::bigint[], @steps::text[],
            @counts::bigint[], @errors::bigint[], @inputs::bigint[], @outputs::bigint[], @costs::bigint[], @durations::bytea[])
    AS k (project_id, name, minutes, bucket, step, count, errors, input, output, cost, durations)
WHERE r.project_id = k.project_id AND r.name = k.name AND r.minutes = k.minutes
  AND r.bucket = k.bucket AND r.step = k.step
