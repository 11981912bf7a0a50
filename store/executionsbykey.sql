-- Executions by their ids, newest first. Rides on executions_pkey.
SELECT e.project_id, e.trace_id, execution_id, name, status, start_nano, end_nano,
       step_count, error_count, service, models, input_tokens, output_tokens,
       cost_usd, cost_partial, session_id, user_id, environment, release, tags,
       headline, funnel, has_root,
       coalesce((SELECT false FROM unsettled u WHERE u.project_id = e.project_id AND u.trace_id = e.trace_id), true)
FROM executions e
WHERE e.project_id = @project AND e.trace_id = ANY(@traces::uuid[])
ORDER BY start_nano DESC, e.trace_id DESC
