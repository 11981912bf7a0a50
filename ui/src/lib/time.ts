/**
 * Time. The API speaks RFC 3339 with nanoseconds in UTC, and durations in
 * nanoseconds as strings; a `number` of nanoseconds is exact up to 104 days,
 * which is enough for anything relative, so only absolute times are `bigint`.
 */

const MS = 1_000_000n;

/** Nanoseconds since 1970 of an RFC 3339 time; 0 for what is none. */
export function parseNano(time: string): bigint {
  const dot = time.indexOf('.');
  if (dot < 0) {
    const ms = Date.parse(time);
    return Number.isNaN(ms) ? 0n : BigInt(ms) * MS;
  }
  let end = dot + 1;
  while (end < time.length && time.charCodeAt(end) >= 48 && time.charCodeAt(end) <= 57) end++;
  const ms = Date.parse(time.slice(0, dot) + time.slice(end));
  if (Number.isNaN(ms)) return 0n;
  return BigInt(ms) * MS + BigInt(time.slice(dot + 1, Math.min(end, dot + 10)).padEnd(9, '0'));
}

/** A 64-bit integer of the API as a number; `fallback` for what is none. */
export function int64(value: string | undefined, fallback = 0): number {
  if (value === undefined || value === '') return fallback;
  const n = Number(value);
  return Number.isFinite(n) ? n : fallback;
}

/** Nanoseconds that have passed since a start, never negative. */
export function elapsedNano(startedAt: string, nowMs: number): number {
  return Math.max(0, nowMs * 1e6 - Number(parseNano(startedAt)));
}

export const RANGES = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

const RANGE_MS: Record<Range, number> = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '6h': 6 * 3_600_000,
  '24h': 24 * 3_600_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};

export const RANGE_WORDS: Record<Range, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};

export function isRange(value: unknown): value is Range {
  return RANGES.includes(value as Range);
}

/** The start of a relative range that ends now, as RFC 3339. */
export function rangeStart(range: Range, nowMs: number): string {
  return new Date(nowMs - RANGE_MS[range]).toISOString();
}
