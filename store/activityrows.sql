-- What the newest executions that fit add to a chart, one by one. Rides on the
-- index of the anchor, as seek.sql does, and reads @look rows at most; the last
-- of them is there also if it does not fit. The format verbs stand for the
-- anchor and for the rest of the conditions.
SELECT l.start_nano, l.end_nano, l.status, l.input_tokens, l.output_tokens, l.cost_usd, l.n, l.fits
FROM (SELECT e.start_nano, e.end_nano, e.status, e.input_tokens, e.output_tokens, e.cost_usd,
             row_number() OVER (ORDER BY e.start_nano DESC, e.trace_id DESC) AS n,
             coalesce(%[2]s, false) AS fits
      FROM executions e
      WHERE e.project_id = @project%[1]s
      ORDER BY e.start_nano DESC, e.trace_id DESC
      LIMIT @look) l
WHERE l.fits OR l.n = @look
