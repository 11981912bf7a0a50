import type { ListedPipeline } from '@/api/types';
import { int64 } from '@/lib/time';

export const SORTS = ['name', 'count', 'failed', 'p50', 'p95', 'p99', 'tokens', 'cost'] as const;
export type Sort = (typeof SORTS)[number];

export const DEFAULT_SORT: Sort = 'count';

export const failedShare = (p: ListedPipeline): number => (p.count > 0 ? p.errorCount / p.count : 0);
export const tokensOf = (p: ListedPipeline): number => int64(p.inputTokens) + int64(p.outputTokens);

const VALUES: Record<Exclude<Sort, 'name'>, (p: ListedPipeline) => number> = {
  count: (p) => p.count,
  failed: failedShare,
  p50: (p) => int64(p.p50Nano),
  p95: (p) => int64(p.p95Nano),
  p99: (p) => int64(p.p99Nano),
  tokens: tokensOf,
  cost: (p) => p.costUsd,
};

/** Numbers from the greatest on, names from A on; equals by name. */
export function sorted(list: readonly ListedPipeline[], by: Sort): ListedPipeline[] {
  const names = (a: ListedPipeline, b: ListedPipeline): number => (a.name < b.name ? -1 : 1);
  if (by === 'name') return list.toSorted(names);
  const value = VALUES[by];
  return list.toSorted((a, b) => value(b) - value(a) || names(a, b));
}

export function sortOf(text: string | undefined): Sort {
  return SORTS.find((s) => s === text) ?? DEFAULT_SORT;
}
