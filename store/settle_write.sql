-- Final states of executions; rides on executions_pkey. An explanation's
-- headline is better than the structure's: it stays until a new one replaces it.
UPDATE executions e
SET status = k.status, end_nano = k.end_nano,
    headline = CASE WHEN k.headline <> '' THEN k.headline ELSE e.headline END
FROM unnest(@projects::integer[], @traces::uuid[], @status::smallint[], @end::bigint[], @headlines::text[])
    AS k (project_id, trace_id, status, end_nano, headline)
WHERE e.project_id = k.project_id AND e.trace_id = k.trace_id
