-- All steps of some executions, the rows of each together and in order of
-- arrival. Rides on executions_pkey and, in the partitions that an execution
-- lies in, on steps_trace.
SELECT s.start_nano, s.end_nano, s.span_id, s.parent_id, s.segment,
       s.tokens_input, s.tokens_cache_read, s.tokens_cache_write, s.tokens_input_audio,
       s.tokens_output, s.tokens_reasoning, s.tokens_output_audio, s.cost_usd,
       s.trace_id, s.project_id, s.ordinal, s.type, s.status, s.cost_from, s.model_call, s.pending, s.has_payload,
       s.name, s.service, s.model, s.provider, s.price_date, s.error
FROM unnest(@projects::integer[], @traces::uuid[]) AS k (project_id, trace_id)
JOIN executions e ON e.project_id = k.project_id AND e.trace_id = k.trace_id
JOIN steps s ON s.project_id = k.project_id AND s.trace_id = k.trace_id
            AND s.segment BETWEEN e.first_segment AND e.last_segment
ORDER BY s.project_id, s.trace_id, s.segment, s.ordinal
