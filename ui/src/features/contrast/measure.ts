import type { Contrasted } from '@/api/types';
import { count, duration } from '@/lib/format';
import { quoted } from '@/lib/query';

/** Differences whose two numbers are medians; all others are shares of the executions. */
const MEDIANS = new Set(['duration', 'drop rate', 'tokens', 'score']);

export function isMedian({ what, detail }: Contrasted): boolean {
  return MEDIANS.has(what) || (what === 'parameter' && !detail.includes('='));
}

/** One of the two numbers, in its own unit. */
export function measured(d: Contrasted, value: number): string {
  if (d.what === 'duration') return duration(value * 1e9);
  if (isMedian(d) && d.what !== 'drop rate') {
    return Math.abs(value) >= 1_000 ? count(Math.round(value)) : String(Number(value.toPrecision(4)));
  }
  return `${Math.round(value * 100)} %`;
}

/** How long the bars of both numbers are: shares as they are, medians against the greater one. */
export function lengths(d: Contrasted): { selected: number; baseline: number } {
  const whole =
    isMedian(d) && d.what !== 'drop rate' ? Math.max(Math.abs(d.selected), Math.abs(d.baseline)) || 1 : 1;
  return { selected: Math.abs(d.selected) / whole, baseline: Math.abs(d.baseline) / whole };
}

/** A condition that finds the executions which have it; undefined where the query language has none. */
export function condition({ stepName, what, detail, selected, baseline }: Contrasted): string | undefined {
  if (stepName === '') return what === 'error' ? 'status:error' : undefined;
  const step = `step:${quoted(stepName)}`;
  const middle = (selected + baseline) / 2;
  const sign = selected > baseline ? '>=' : '<=';
  if (what === 'present') return step;
  if (what === 'error') return `${step} step.status:error`;
  if (what === 'model') return `${step} step.model:${quoted(detail)}`;
  if (what === 'drop rate') return `${step} step.drop:${sign}${Math.round(middle * 100)}%`;
  if (what === 'duration' && middle > 0.001)
    return `${step} step.duration:${sign}${Math.round(middle * 1000)}ms`;
  if (what === 'tokens') return `${step} step.tokens:${sign}${Math.round(middle)}`;
  return undefined;
}
