import type { Station } from '@/api/types';

/** Stations of which the name or the rule contains a text. */
export function searchStations(stations: readonly Station[], text: string): Station[] {
  const wanted = text.trim().toLowerCase();
  return stations.filter((s) => `${s.name}\n${s.criterion}`.toLowerCase().includes(wanted));
}

/** Share of the largest count, for bars; logarithmic, because the last few decide. */
export function scale(stations: readonly Station[]): (n: number) => number {
  const top = Math.log1p(Math.max(1, ...stations.flatMap((s) => [s.in, s.out])));
  return (n) => Math.log1p(n) / top;
}
