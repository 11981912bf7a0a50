/**
 * New rows must not push away what someone reads: while the list is scrolled,
 * rows that arrive above the first known one wait.
 */
export function hold<T extends { id: string }>(
  rows: readonly T[],
  known: ReadonlySet<string> | undefined,
): { shown: readonly T[]; waiting: number } {
  if (!known) return { shown: rows, waiting: 0 };
  const first = rows.findIndex((row) => known.has(row.id));
  return first <= 0 ? { shown: rows, waiting: 0 } : { shown: rows.slice(first), waiting: first };
}

const LIT_MS = 10_000;

/** Whether a row came while the list was being looked at, a moment ago. */
export function justArrived(row: { startedAt: string }, firstSeen: string, nowMs: number): boolean {
  const at = Date.parse(row.startedAt);
  return at > Date.parse(firstSeen || '1970-01-01T00:00:00Z') && nowMs - at < LIT_MS;
}
