import type { StepPair } from '@/api/types';

/** A line of the comparison: one pair, or a run of pairs that are the same. */
export type Line =
  | { kind: 'pair'; index: number; pair: StepPair }
  | { kind: 'same'; from: number; to: number };

/** Runs shorter than this stay: a line that says "2 same steps" saves nothing. */
const WORTH_FOLDING = 3;

/** Pairs as lines; runs of "same" fold, but for those that were opened and the one that is chosen. */
export function fold(
  pairs: readonly StepPair[],
  opened: ReadonlySet<number>,
  chosen: number | undefined,
): Line[] {
  const lines: Line[] = [];
  for (let i = 0; i < pairs.length; ) {
    let end = i;
    while (end < pairs.length && pairs[end]?.relation === 'same') end++;
    const holdsChosen = chosen !== undefined && chosen >= i && chosen < end;
    if (end - i >= WORTH_FOLDING && !opened.has(i) && !holdsChosen) {
      lines.push({ kind: 'same', from: i, to: end });
      i = end;
      continue;
    }
    for (const stop = Math.max(end, i + 1); i < stop; i++) {
      const pair = pairs[i];
      if (pair) lines.push({ kind: 'pair', index: i, pair });
    }
  }
  return lines;
}

/** The next (or previous) pair that differs, around the end; undefined if none does. */
export function nextDifference(
  pairs: readonly StepPair[],
  from: number | undefined,
  by: 1 | -1,
): number | undefined {
  const n = pairs.length;
  const start = from ?? (by === 1 ? -1 : n);
  for (let k = 1; k <= n; k++) {
    const at = (((start + by * k) % n) + n) % n;
    if (pairs[at] && pairs[at].relation !== 'same') return at;
  }
  return undefined;
}

/** How many pairs there are of each relation. */
export function tally(pairs: readonly StepPair[]): Record<StepPair['relation'], number> {
  const counts = { same: 0, inherited: 0, origin: 0, only_a: 0, only_b: 0 };
  for (const pair of pairs) counts[pair.relation] += 1;
  return counts;
}
