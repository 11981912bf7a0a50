import { cost, duration, grouped } from '@/lib/format';
import { int64 } from '@/lib/time';

/** `+1.2 s`, `−$0.003`, `±0`: what b has more or less than a. */
export function durationDelta(nano: string): string {
  return signed(int64(nano), duration);
}

export function costDelta(usd: number): string {
  return signed(usd, cost);
}

export function tokensDelta(tokens: string): string {
  return signed(int64(tokens), grouped);
}

function signed(n: number, format: (abs: number) => string): string {
  if (n === 0) return '±0';
  return `${n > 0 ? '+' : '−'}${format(Math.abs(n))}`;
}
