import type { Stop } from '@/api/types';
import { grouped, plural } from '@/lib/format';

/** `3rd of 40`; what is unknown is left out. */
export function rankWords(rank: number | undefined, of: number | undefined): string | undefined {
  if (!rank) return undefined;
  return of ? `${ordinal(rank)} of ${grouped(of)}` : ordinal(rank);
}

export function ordinal(n: number): string {
  const tens = n % 100;
  const end = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${grouped(n)}${end}`;
}

/** How a step that only reorders moved an item; where others left, its rank says nothing. */
export function rankShift(stop: Stop): string | undefined {
  if (stop.in !== stop.out || !stop.rankIn || !stop.rankOut || stop.rankIn === stop.rankOut) return undefined;
  const by = stop.rankIn - stop.rankOut;
  return `${by > 0 ? 'up' : 'down'} ${plural(Math.abs(by), 'place')}`;
}

/** A number with at most four significant digits. */
export function figure(n: number): string {
  return Number.isInteger(n) ? grouped(n) : String(Number(n.toPrecision(4)));
}
