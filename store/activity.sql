-- How many settled executions started in each bucket, and how many run. Rides on
-- rollups_pipelines, or on rollups_pkey where the names are given, and on
-- executions_running. The format verbs stand for the condition on names.
SELECT r.bucket, r.count - r.errors AS ok, r.errors AS failed, 0::bigint AS running
FROM rollups r
WHERE r.project_id = @project AND r.minutes = @level AND r.step = ''
  AND r.bucket >= @from AND r.bucket < @to%[1]s
UNION ALL
SELECT b.bucket, 0, 0, count(*)
FROM (SELECT r.start_nano / 60000000000 AS bucket FROM executions r
      WHERE r.project_id = @project AND r.status = 0
        AND r.start_nano >= @since AND r.start_nano < @until%[1]s) b
GROUP BY b.bucket
