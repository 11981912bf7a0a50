-- Final states of executions; rides on executions_pkey, and on that of facts. An
-- explanation's headline is better than the structure's: where another one has
-- been asked for, it stays until that replaces it.
UPDATE executions e
SET status = k.status, end_nano = k.end_nano,
    headline = CASE WHEN k.asked AND e.headline <> '' AND EXISTS (
            SELECT FROM facts f WHERE f.project_id = k.project_id AND f.trace_id = k.trace_id)
        THEN e.headline ELSE k.headline END
FROM unnest(@projects::integer[], @traces::uuid[], @status::smallint[], @end::bigint[], @headlines::text[], @asked::boolean[])
    AS k (project_id, trace_id, status, end_nano, headline, asked)
WHERE e.project_id = k.project_id AND e.trace_id = k.trace_id
