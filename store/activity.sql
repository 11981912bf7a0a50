-- How many settled executions started in each bucket, and how many run. Rides on
-- rollups_pipelines and executions_running.
SELECT r.bucket, r.count - r.errors AS ok, r.errors AS failed, 0::bigint AS running
FROM rollups r
WHERE r.project_id = @project AND r.minutes = @level AND r.step = ''
  AND r.bucket >= @from AND r.bucket < @to
UNION ALL
SELECT b.bucket, 0, 0, count(*)
FROM (SELECT e.start_nano / 60000000000 AS bucket FROM executions e
      WHERE e.project_id = @project AND e.status = 0
        AND e.start_nano >= @since AND e.start_nano < @until) b
GROUP BY b.bucket
