import type { Item, Station } from '@/api/types';

/** Where in a funnel items only pass: neither dropped nor added nor fewer. */
export function isIdle(s: Station): boolean {
  return s.dropped === 0 && s.added === 0;
}

/** What became of the items at one step, as far as the loaded ones tell. */
export interface Moves {
  dropped: Item[];
  entered: Item[];
}

export function movesAt(stepId: string, items: readonly Item[]): Moves {
  return {
    dropped: items.filter((item) => item.leftAt === stepId),
    entered: items.filter((item) => item.enteredAt === stepId),
  };
}

/** Share of the largest count, for bars; logarithmic, because the last few decide. */
export function scale(stations: readonly Station[]): (n: number) => number {
  const top = Math.log1p(Math.max(1, ...stations.flatMap((s) => [s.in, s.out])));
  return (n) => Math.log1p(n) / top;
}
