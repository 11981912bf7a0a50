-- Unsettled executions that have been quiet for longer than they should be.
-- Reads table unsettled whole, which holds only what arrived lately, and joins
-- on executions_pkey. Rows without an execution are log records of a trace
-- whose spans have not come.
SELECT u.project_id, u.trace_id, u.last_segment, u.arrived_nano
FROM unsettled u
LEFT JOIN executions e ON e.project_id = u.project_id AND e.trace_id = u.trace_id
WHERE u.arrived_nano < @rooted::bigint
  AND (u.arrived_nano < @rootless::bigint OR e.has_root)
ORDER BY u.arrived_nano
LIMIT @limit::integer
