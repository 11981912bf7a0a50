/** Numbers as people read them. Everything here is pure and locale-free. */

/** `1.24 s`, `812 ms`, `43 µs`, `2 m 05 s`: three significant digits. */
export function duration(nano: number): string {
  if (!Number.isFinite(nano)) return '–';
  const sign = nano < 0 ? '-' : '';
  const n = Math.abs(nano);
  if (n < 1_000) return `${sign}${Math.round(n)} ns`;
  if (n < 999_500) return `${sign}${three(n / 1e3)} µs`;
  if (n < 999_500_000) return `${sign}${three(n / 1e6)} ms`;
  if (n < 59_950_000_000) return `${sign}${three(n / 1e9)} s`;
  const seconds = Math.round(n / 1e9);
  if (seconds < 3_600) return `${sign}${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  if (seconds < 86_400)
    return `${sign}${Math.floor(seconds / 3_600)} h ${two(Math.floor((seconds % 3_600) / 60))} m`;
  return `${sign}${Math.floor(seconds / 86_400)} d ${two(Math.floor((seconds % 86_400) / 3_600))} h`;
}

function three(x: number): string {
  if (x >= 100) return String(Math.round(x));
  const digits = x >= 10 ? 1 : 2;
  return x.toFixed(digits).replace(/\.?0+$/, '');
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `941`, `12.4k`, `3.1M`. */
export function count(n: number): string {
  const abs = Math.abs(n);
  if (abs < 1_000) return String(n);
  if (abs < 999_950) return `${trim(n / 1e3)}k`;
  if (abs < 999_950_000) return `${trim(n / 1e6)}M`;
  return `${trim(n / 1e9)}G`;
}

const trim = (x: number): string => x.toFixed(1).replace(/\.0$/, '');

/** `1,234,567`. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `12 steps`, `1 step`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** `$0.0123`; small sums keep two significant digits, partial sums say `≈`. */
export function cost(usd: number, partial = false): string {
  const about = partial ? '≈' : '';
  if (usd === 0) return `${about}$0`;
  if (usd < 0.000001) return '<$0.000001';
  if (usd >= 100) return `${about}$${grouped(Math.round(usd))}`;
  if (usd >= 0.1) return `${about}$${usd.toFixed(2)}`;
  const digits = 1 - Math.floor(Math.log10(usd));
  return `${about}$${usd.toFixed(digits).replace(/0+$/, '')}`;
}

/** `just now`, `42s`, `7m`, `3h`, `2d`, `5w`: how long ago. */
export function age(startedAtMs: number, nowMs: number): string {
  const s = Math.round((nowMs - startedAtMs) / 1000);
  if (s < -5) return 'in the future';
  if (s < 5) return 'just now';
  if (s < 60) return `${s}s ago`;
  if (s < 3_600) return `${Math.floor(s / 60)}m ago`;
  if (s < 86_400) return `${Math.floor(s / 3_600)}h ago`;
  if (s < 14 * 86_400) return `${Math.floor(s / 86_400)}d ago`;
  if (s < 730 * 86_400) return `${Math.floor(s / (7 * 86_400))}w ago`;
  return `${Math.floor(s / (365 * 86_400))}y ago`;
}

/** `2026-11-22 21:04:12.345 UTC+1`: local time, to the millisecond. */
export function timestamp(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const zone = -at.getTimezoneOffset() / 60;
  const offset = zone === 0 ? 'UTC' : `UTC${zone > 0 ? '+' : ''}${zone}`;
  return `${day} ${clock}.${String(at.getMilliseconds()).padStart(3, '0')} ${offset}`;
}

/** `812 B`, `14.2 kB`, `2.1 MB`. */
export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  if (n < 999_950) return `${trim(n / 1e3)} kB`;
  return `${trim(n / 1e6)} MB`;
}

/** Cuts a long text in one line; the whole one belongs into a title. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;
}
