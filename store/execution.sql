-- One execution by trace id (executions_pkey), else by the client's own id
-- (executions_own_id), the newest of those.
(SELECT project_id, trace_id, execution_id, name, status, start_nano, end_nano,
        step_count, error_count, service, models, input_tokens, output_tokens,
        cost_usd, cost_partial, session_id, user_id, environment, release, tags,
        headline, funnel, has_root,
        coalesce((SELECT false FROM unsettled u WHERE u.project_id = e.project_id AND u.trace_id = e.trace_id), true), hints
 FROM executions e
 WHERE project_id = @project AND trace_id = @trace::uuid)
UNION ALL
(SELECT project_id, trace_id, execution_id, name, status, start_nano, end_nano,
        step_count, error_count, service, models, input_tokens, output_tokens,
        cost_usd, cost_partial, session_id, user_id, environment, release, tags,
        headline, funnel, has_root,
        coalesce((SELECT false FROM unsettled u WHERE u.project_id = e.project_id AND u.trace_id = e.trace_id), true), hints
 FROM executions e
 WHERE project_id = @project AND execution_id = @own AND execution_id <> ''
 ORDER BY start_nano DESC
 LIMIT 1)
LIMIT 1
