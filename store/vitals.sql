-- What waits, and whether those that do it are there. Rides on
-- reasoning_jobs_waiting; unsettled and the catalogues are small.
SELECT ARRAY(SELECT day::integer FROM unnest(@tables::text[]) WITH ORDINALITY AS d (name, day)
             WHERE to_regclass(quote_ident(name)) IS NULL ORDER BY day),
       (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = @class AND objsubid = 2 AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
       (SELECT count(*) FROM (SELECT FROM unsettled LIMIT @most) AS u),
       coalesce((SELECT extract(epoch FROM @now::timestamptz) * 1e9 - min(arrived_nano) FROM unsettled), 0)::float8,
       (SELECT count(*) FROM (SELECT FROM reasoning_jobs WHERE status IN ('pending', 'processing') LIMIT @most) AS j),
       coalesce((SELECT extract(epoch FROM @now::timestamptz - min(created_at)) FROM reasoning_jobs
                 WHERE status IN ('pending', 'processing')), 0)::float8 * 1e9,
       (SELECT count(*) FROM (SELECT FROM river.river_job WHERE state = 'discarded' LIMIT @most) AS d)
