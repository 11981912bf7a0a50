-- The steps of one execution, packed, in order of arrival. Rides on
-- executions_pkey for the range of segments, which says which partitions to
-- look into, and on steps_trace there.
SELECT s.project_id, s.trace_id, s.segment, s.data
FROM steps s
WHERE s.project_id = @project AND s.trace_id = @trace
  AND s.segment >= (SELECT first_segment FROM executions WHERE project_id = @project AND trace_id = @trace)
  AND s.segment <= (SELECT last_segment FROM executions WHERE project_id = @project AND trace_id = @trace)
ORDER BY s.segment
