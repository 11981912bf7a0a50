-- The releases of a pipeline's execution before a range, and of the first and
-- the last in each bucket of it, in order of time. Each is one step into
-- executions_name.
(SELECT e.release, e.start_nano, e.trace_id
 FROM executions e
 WHERE e.project_id = @project AND e.name = @name AND e.start_nano < @since
 ORDER BY e.start_nano DESC, e.trace_id DESC
 LIMIT 1)
UNION ALL
(SELECT f.release, f.start_nano, f.trace_id
 FROM unnest(@froms::bigint[], @tos::bigint[]) AS b (lo, hi)
 CROSS JOIN LATERAL (
    (SELECT e.release, e.start_nano, e.trace_id
     FROM executions e
     WHERE e.project_id = @project AND e.name = @name AND e.start_nano >= b.lo AND e.start_nano < b.hi
     ORDER BY e.start_nano, e.trace_id
     LIMIT 1)
    UNION ALL
    (SELECT e.release, e.start_nano, e.trace_id
     FROM executions e
     WHERE e.project_id = @project AND e.name = @name AND e.start_nano >= b.lo AND e.start_nano < b.hi
     ORDER BY e.start_nano DESC, e.trace_id DESC
     LIMIT 1)) f)
ORDER BY start_nano, trace_id
