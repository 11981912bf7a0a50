-- Writes whole rows of executions, rides on executions_pkey. The rows come in
-- key order, each key once, under the lock of their rows in unsettled. A row
-- that is there keeps its headline and funnel.
INSERT INTO executions (
    project_id, trace_id, start_nano, end_nano, first_segment, last_segment,
    input_tokens, output_tokens, cost_usd, step_count, error_count, status,
    has_root, has_payload, cost_partial, name, service,
    execution_id, session_id, user_id, environment, release, models, tags, hints, headline)
SELECT
    e.project_id, e.trace_id, e.start_nano, e.end_nano, e.first_segment, e.last_segment,
    e.input_tokens, e.output_tokens, e.cost_usd, e.step_count, e.error_count, e.status,
    e.has_root, e.has_payload, e.cost_partial, e.name, e.service,
    e.execution_id, e.session_id, e.user_id, e.environment, e.release, e.models::text[], e.tags::text[], e.hints::json, e.headline
FROM unnest(
    @projects::integer[], @traces::uuid[], @start::bigint[], @end::bigint[], @first::bigint[], @last::bigint[],
    @input::bigint[], @output::bigint[], @cost::double precision[], @steps::integer[], @errors::integer[], @status::smallint[],
    @has_root::boolean[], @payload::boolean[], @partial::boolean[], @name::text[], @service::text[],
    @id::text[], @session::text[], @user::text[], @env::text[], @release::text[], @models::text[], @tags::text[], @hints::text[], @headline::text[]
) AS e (
    project_id, trace_id, start_nano, end_nano, first_segment, last_segment,
    input_tokens, output_tokens, cost_usd, step_count, error_count, status,
    has_root, has_payload, cost_partial, name, service,
    execution_id, session_id, user_id, environment, release, models, tags, hints, headline)
ON CONFLICT (project_id, trace_id) DO UPDATE SET
    start_nano = EXCLUDED.start_nano, end_nano = EXCLUDED.end_nano,
    first_segment = EXCLUDED.first_segment, last_segment = EXCLUDED.last_segment,
    input_tokens = EXCLUDED.input_tokens, output_tokens = EXCLUDED.output_tokens, cost_usd = EXCLUDED.cost_usd,
    step_count = EXCLUDED.step_count, error_count = EXCLUDED.error_count, status = EXCLUDED.status,
    has_root = EXCLUDED.has_root, has_payload = EXCLUDED.has_payload, cost_partial = EXCLUDED.cost_partial,
    name = EXCLUDED.name, service = EXCLUDED.service, execution_id = EXCLUDED.execution_id,
    session_id = EXCLUDED.session_id, user_id = EXCLUDED.user_id,
    environment = EXCLUDED.environment, release = EXCLUDED.release,
    models = EXCLUDED.models, tags = EXCLUDED.tags, hints = EXCLUDED.hints
