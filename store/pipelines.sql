-- Statistics of all pipelines in a range that was cut into parts at different
-- levels. Rides on rollups_pipelines.
SELECT r.project_id, r.name, r.minutes, r.bucket, r.step,
       r.count, r.errors, r.input_tokens, r.output_tokens, r.cost_nano, r.durations
FROM unnest(@levels::smallint[], @froms::bigint[], @tos::bigint[]) AS p (minutes, lo, hi)
JOIN rollups r ON r.project_id = @project AND r.minutes = p.minutes AND r.step = ''
              AND r.bucket >= p.lo AND r.bucket < p.hi
