-- Statistics of one pipeline (@step is empty), of the steps of one name in it, or
-- of all of these (@steps), in a range that was cut into parts at different
-- levels. Rides on rollups_pkey.
SELECT r.project_id, r.name, r.minutes, r.bucket, r.step,
       r.count, r.errors, r.input_tokens, r.output_tokens, r.cost_nano, r.durations
FROM unnest(@levels::smallint[], @froms::bigint[], @tos::bigint[]) AS p (minutes, lo, hi)
JOIN rollups r ON r.project_id = @project AND r.name = @name AND r.minutes = p.minutes
              AND r.bucket >= p.lo AND r.bucket < p.hi
WHERE @steps OR r.step = @step
