import { describe, expect, test } from 'vitest';
import { before, rangeOf } from '@/api/pipelines';
import type { ListedPipeline, Stats } from '@/api/types';
import { queryDuration } from '@/lib/query';
import { ofPipeline, slower, withStep } from './links';
import { change, changeWords, durations, endings, percent } from './series';
import { sorted, sortOf } from './sorting';

const stats = (count: number, more: Partial<Stats> = {}): Stats => ({
  count,
  errorCount: 0,
  p50Nano: '5',
  p95Nano: '9',
  p99Nano: '10',
  inputTokens: '0',
  outputTokens: '0',
  costUsd: 0,
  ...more,
});
const pipeline = (name: string, more: Partial<Stats> = {}): ListedPipeline => ({ ...stats(1, more), name });

describe('queries behind the numbers', () => {
  test('a name is quoted where it must be', () => {
    expect(ofPipeline('ask', 'status:error')).toBe('name:ask status:error');
    expect(ofPipeline('say "hi"', undefined)).toBe('name:"say \\"hi\\""');
  });
  test('conditions on a step stand behind its name', () => {
    expect(withStep('filter by price', 'step.drop:>0')).toBe('step:"filter by price" step.drop:>0');
  });
  test('a duration finds at least the one it was made of', () => {
    expect(slower(1_999_999)).toBe('duration:>=1999us');
    expect(slower(2_345_678_901)).toBe('duration:>=2345ms');
    expect(slower(999)).toBeUndefined();
    expect(queryDuration(Number.NaN)).toBeUndefined();
  });
});

describe('ranges', () => {
  const now = Date.parse('2026-11-23T10:00:30Z');
  test('a range that moves ends with the minute', () => {
    expect(rangeOf({ range: '1h' }, now)).toEqual({
      since: '2026-11-23T09:01:00.000Z',
      until: '2026-11-23T10:01:00.000Z',
    });
  });
  test('the range before is as long and touches it', () => {
    expect(before({ since: '2026-11-23T09:00:00Z', until: '2026-11-23T10:00:00Z' })).toEqual({
      since: '2026-11-23T08:00:00.000Z',
      until: '2026-11-23T09:00:00Z',
    });
  });
});

describe('series', () => {
  test('nothing that ran has no percentile', () => {
    expect(durations([stats(0), stats(2)])[2]?.values).toEqual([null, 9]);
  });
  test('the range before is laid over this one, bucket by bucket', () => {
    expect(durations([stats(1), stats(1)], [stats(1, { p95Nano: '4' })])[3]?.values).toEqual([4, null]);
  });
  test('failed and other executions add up', () => {
    expect(endings([stats(5, { errorCount: 2 })]).map((s) => s.values)).toEqual([[2], [3]]);
  });
  test.each([
    [1.1, 1, '+10 %'],
    [0.5, 1, '−50 %'],
    [5, 1, '×5'],
    [1.001, 1, ''],
    [1, 0, ''],
  ])('%d after %d is %s', (now, then, words) => expect(changeWords(change(now, then))).toBe(words));
  test.each([
    [0, '0 %'],
    [0.0001, '<0.1 %'],
    [0.042, '4.2 %'],
    [0.5, '50 %'],
  ])('a share of %d is %s', (share, words) => expect(percent(share)).toBe(words));
});

describe('sorting', () => {
  const list = [
    pipeline('b', { costUsd: 1 }),
    pipeline('a', { costUsd: 1 }),
    pipeline('c', { costUsd: 2, errorCount: 1 }),
  ];
  const names = (by: Parameters<typeof sorted>[1]) => sorted(list, by).map((p) => p.name);
  test('the greatest number first, equals by name', () => expect(names('cost')).toEqual(['c', 'a', 'b']));
  test('names from A on', () => expect(names('name')).toEqual(['a', 'b', 'c']));
  test('by the share that failed', () => expect(names('failed')[0]).toBe('c'));
  test('an unknown order is the usual one', () => expect(sortOf('x')).toBe('count'));
});
