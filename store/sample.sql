-- Values of fields among the newest executions that fit, the most frequent
-- first, and one row on what was looked at. Rides on the index of the anchor, as
-- seek.sql does, and reads @look rows at most. The format verbs stand for the
-- anchor, the rest of the conditions, one SELECT for each field (facets.go), and
-- the hints where a field is in them: they are long.
WITH looked AS MATERIALIZED (
    SELECT e.start_nano, e.trace_id, e.status, e.name, e.service, e.session_id, e.user_id, e.environment, e.release,
           e.models, e.tags%[4]s, coalesce(%[2]s, false) AS fits
    FROM executions e
    WHERE e.project_id = @project%[1]s
    ORDER BY e.start_nano DESC, e.trace_id DESC
    LIMIT @look
), e AS (SELECT * FROM looked WHERE fits)
SELECT -1 AS field, coalesce(min(start_nano), 0)::text AS value, count(*) AS n, count(*) FILTER (WHERE fits) AS fits FROM looked
%[3]s
