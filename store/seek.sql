-- Looks at the next rows of an anchor, newest first, and says of each whether
-- it fits. Rides on the index of the anchor (selection.go), as executions.sql
-- does, and reads @look rows at most: n counts them, so that the last one is
-- known also when it does not fit. The format verbs stand for the anchor and for
-- the rest of the conditions, and for name and headline, which only a search for
-- text wants.
SELECT l.start_nano, l.trace_id, l.first_segment, l.last_segment, l.name, l.headline, l.n, l.fits
FROM (SELECT e.start_nano, e.trace_id, e.first_segment, e.last_segment, %[3]s AS name, %[4]s AS headline,
             row_number() OVER (ORDER BY e.start_nano DESC, e.trace_id DESC) AS n,
             coalesce(%[2]s, false) AS fits
      FROM executions e
      WHERE e.project_id = @project%[1]s
      ORDER BY e.start_nano DESC, e.trace_id DESC
      LIMIT @look) l
WHERE l.fits OR l.n = @look
ORDER BY l.n
