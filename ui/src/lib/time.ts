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

/** The opposite: RFC 3339 in UTC with nine digits of a second. */
export function printNano(nano: bigint): string {
  const ms = nano / MS - (nano % MS < 0n ? 1n : 0n);
  const rest = nano - ms * MS;
  return new Date(Number(ms)).toISOString().replace('Z', `${String(rest).padStart(6, '0')}Z`);
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

export const RANGES = ['15m', '1h', '6h', '24h', '7d', '30d', 'all'] as const;
export type Range = (typeof RANGES)[number];

/** What is looked at when nobody has chosen. */
export const DEFAULT_RANGE: Range = '24h';

const RANGE_MS: Record<Range, number> = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '6h': 6 * 3_600_000,
  '24h': 24 * 3_600_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
  all: Number.POSITIVE_INFINITY,
};

export const RANGE_WORDS: Record<Range, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  all: 'All time',
};

export function isRange(value: unknown): value is Range {
  return RANGES.includes(value as Range);
}

/** A range of time as the URL holds it: relative to now, or two fixed ends. */
export interface TimeChoice {
  range?: Range;
  /** RFC 3339; with `until`, and instead of `range`. */
  since?: string;
  until?: string;
}

/** The ends of what was chosen, as the API takes them; an open end is absent. */
export function ends({ range, since, until }: TimeChoice, nowMs: number): { since?: string; until?: string } {
  if (since && until) return { since, until };
  const back = RANGE_MS[range ?? DEFAULT_RANGE];
  return Number.isFinite(back) ? { since: new Date(nowMs - back).toISOString() } : {};
}

/** What was chosen with both ends fixed, so that it shows tomorrow what it shows today. */
export function frozen(choice: TimeChoice, nowMs: number): Required<Omit<TimeChoice, 'range'>> {
  const { since, until } = ends(choice, nowMs);
  return { since: since ?? '1970-01-01T00:00:00.000Z', until: until ?? new Date(nowMs).toISOString() };
}

/** Whether a moment lies in what was chosen. */
export function isWithin(at: string, choice: TimeChoice, nowMs: number): boolean {
  const { since, until } = ends(choice, nowMs);
  const nano = parseNano(at);
  return (!since || nano >= parseNano(since)) && (!until || nano < parseNano(until));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');
const dayOf = (at: Date): string => `${at.getDate()} ${MONTHS[at.getMonth()]}`;
const clockOf = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}`;
const secondsOf = (at: Date): string => `${clockOf(at)}:${two(at.getSeconds())}`;
const isMidnight = (at: Date): boolean => at.getHours() + at.getMinutes() + at.getSeconds() === 0;

/** A moment under an axis whose ticks lie `stepMs` apart, in local time. */
export function axisTime(ms: number, stepMs: number): string {
  const at = new Date(ms);
  if (stepMs >= 28 * 86_400_000) return `${MONTHS[at.getMonth()]} ${at.getFullYear()}`;
  if (isMidnight(at)) return dayOf(at);
  return stepMs < 60_000 ? secondsOf(at) : clockOf(at);
}

/** `22 Nov, 14:00 – 14:05`: from one moment to another, in local time. */
export function spanWords(fromMs: number, toMs: number): string {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const days = (isMidnight(from) && isMidnight(to)) || toMs - fromMs > 200 * 86_400_000;
  if (days) {
    const last = new Date(toMs - 1);
    const year = from.getFullYear() === last.getFullYear() ? '' : ` ${from.getFullYear()}`;
    const end = `${dayOf(last)}${year && ` ${last.getFullYear()}`}`;
    return dayOf(from) === end ? end : `${dayOf(from)}${year} – ${end}`;
  }
  const clock = toMs - fromMs < 120_000 || from.getSeconds() + to.getSeconds() > 0 ? secondsOf : clockOf;
  const sameDay = dayOf(from) === dayOf(to) && from.getFullYear() === to.getFullYear();
  return `${dayOf(from)}, ${clock(from)} – ${sameDay ? '' : `${dayOf(to)}, `}${clock(to)}`;
}
