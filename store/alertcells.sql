-- What the newest executions that fit add to an alert's minutes, one by one.
-- Rides on the index of the anchor, as activityrows.sql does, and reads @look
-- rows at most; the last of them is there also if it does not fit. The format
-- verbs stand for the anchor, for the rest of the conditions and for the
-- verified share of a model's claims, which only one aggregate wants.
SELECT l.start_nano, l.end_nano, l.status, l.tokens, l.cost_usd, l.items_in, l.items_out, l.verified, l.n, l.fits
FROM (SELECT e.start_nano, e.end_nano, e.status, coalesce(e.input_tokens, 0) + coalesce(e.output_tokens, 0) AS tokens, coalesce(e.cost_usd, 0) AS cost_usd,
             coalesce(e.funnel[1], 0) AS items_in, coalesce(e.funnel[cardinality(e.funnel)], 0) AS items_out, %[3]s AS verified,
             row_number() OVER (ORDER BY e.start_nano DESC, e.trace_id DESC) AS n,
             coalesce(%[2]s, false) AS fits
      FROM executions e
      WHERE e.project_id = @project%[1]s
      ORDER BY e.start_nano DESC, e.trace_id DESC
      LIMIT @look) l
WHERE l.fits OR l.n = @look
