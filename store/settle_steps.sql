-- The steps of some executions, packed, those of each together and in order of
-- arrival. Rides on executions_pkey and, in the partitions that an execution
-- lies in, on steps_trace.
SELECT s.project_id, s.trace_id, s.segment, s.data
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
JOIN executions e ON e.project_id = k.project_id AND e.trace_id = k.trace_id
JOIN steps s ON s.project_id = k.project_id AND s.trace_id = k.trace_id
            AND s.segment BETWEEN e.first_segment AND e.last_segment
ORDER BY s.project_id, s.trace_id, s.segment
