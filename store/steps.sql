-- All rows of one execution's steps, or of one of them, in order of arrival. Rides on
-- executions_pkey for the range of segments, which says which partitions to
-- look into, and on steps_trace there.
SELECT s.start_nano, s.end_nano, s.span_id, s.parent_id, s.segment,
       s.tokens_input, s.tokens_cache_read, s.tokens_cache_write, s.tokens_input_audio,
       s.tokens_output, s.tokens_reasoning, s.tokens_output_audio, s.cost_usd,
       s.trace_id, s.project_id, s.ordinal, s.type, s.status, s.cost_from, s.model_call, s.pending, s.has_payload,
       s.name, s.service, s.model, s.provider, s.price_date, s.error
FROM steps s
WHERE s.project_id = @project AND s.trace_id = @trace
  AND s.segment >= (SELECT first_segment FROM executions WHERE project_id = @project AND trace_id = @trace)
  AND s.segment <= (SELECT last_segment FROM executions WHERE project_id = @project AND trace_id = @trace)
  AND (@span::bigint IS NULL OR s.span_id = @span)
ORDER BY s.segment, s.ordinal
