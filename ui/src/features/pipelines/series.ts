import type { Stats } from '@/api/types';
import type { Series } from '@/components/chart/types';
import { int64 } from '@/lib/time';

/** What a chart draws of statistics in buckets. A bucket in which nothing ran has no percentile. */

const percentile =
  (key: 'p50Nano' | 'p95Nano' | 'p99Nano') =>
  (s: Stats): number | null =>
    s.count > 0 ? int64(s[key]) : null;

export function endings(series: readonly Stats[]): Series[] {
  return [
    { label: 'failed', tone: 'bar-err', values: series.map((s) => s.errorCount) },
    { label: 'OK', tone: 'bar-ok', values: series.map((s) => s.count - s.errorCount) },
  ];
}

/** `before` is the range before it, drawn as if it were now. */
export function durations(series: readonly Stats[], before?: readonly Stats[]): Series[] {
  // Where little ran they are one line: the one that is asked for most lies on top.
  const lines: Series[] = [
    { label: 'P99', tone: 'warn', values: series.map(percentile('p99Nano')) },
    { label: 'P50', tone: 'ink-3', values: series.map(percentile('p50Nano')) },
    { label: 'P95', tone: 'accent', values: series.map(percentile('p95Nano')) },
  ];
  if (before) {
    const values = series.map((_, i) => {
      const then = before[i];
      return then ? percentile('p95Nano')(then) : null;
    });
    lines.push({ label: 'P95 before', tone: 'bar-run', values });
  }
  return lines;
}

export function costs(series: readonly Stats[]): Series[] {
  return [{ label: 'cost', tone: 'accent', values: series.map((s) => s.costUsd) }];
}

/** By how much a number changed, as a share of what it was; undefined where that says nothing. */
export function change(now: number, then: number | undefined): number | undefined {
  return then === undefined || then === 0 ? undefined : (now - then) / then;
}

/** `+12 %`, `−3 %`, `×4.2`; empty for next to none. */
export function changeWords(by: number | undefined): string {
  if (by === undefined || Math.abs(by) < 0.005) return '';
  if (by >= 2) return `×${(by + 1).toFixed(1).replace(/\.0$/, '')}`;
  return `${by > 0 ? '+' : '−'}${Math.round(Math.abs(by) * 100)} %`;
}

/** `0 %`, `<0.1 %`, `4.2 %`, `38 %`. */
export function percent(share: number): string {
  const p = share * 100;
  if (p === 0) return '0 %';
  if (p < 0.1) return '<0.1 %';
  return `${p < 10 ? p.toFixed(1).replace(/\.0$/, '') : Math.round(p)} %`;
}
