-- A page of executions, newest first. Rides on executions_newest, or on the
-- index named for its condition (executions_errors, _running, _name, _service,
-- _session, _user, _100ms, _1s, _10s, _100s): all of them end in start_nano, trace_id
-- and are read backwards, so that a page costs its own length. The format verb
-- stands for the conditions (listQuery in executions.go), which hold names of
-- arguments, never values. Whether a row is settled is looked up in unsettled by
-- key; as NOT EXISTS it could become a hash of that whole table.
SELECT project_id, trace_id, execution_id, name, status, start_nano, end_nano,
       step_count, error_count, service, models, input_tokens, output_tokens,
       cost_usd, cost_partial, session_id, user_id, environment, release, tags,
       headline, funnel, has_root,
       coalesce((SELECT false FROM unsettled u WHERE u.project_id = e.project_id AND u.trace_id = e.trace_id), true)
FROM executions e
WHERE e.project_id = @project%s
ORDER BY start_nano DESC, trace_id DESC
LIMIT @limit
