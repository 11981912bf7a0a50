import { describe, expect, it } from 'vitest';
import type { SpendDay } from '@/api/types';
import { byDay, toDraft, toSettings, totals } from './policy';

const day = (name: string, costUsd: number, calls = 2): SpendDay => ({
  day: name,
  calls: String(calls),
  unpricedCalls: '1',
  inputTokens: '1000',
  outputTokens: '10',
  costUsd,
});

const NOW = Date.parse('2026-11-02T15:00:00Z');

describe('the policy', () => {
  it('comes back from a draft as it was stored', () => {
    const stored = {
      policy: 'sample' as const,
      samplePercent: 12.5,
      dailyCapUsd: 0,
      monthlyCapUsd: undefined,
      concurrency: 4,
      model: 'm',
      baseUrl: '',
    };
    expect(toSettings(toDraft(stored))).toEqual(stored);
  });

  it('has no cap where nothing is typed, and one of nothing where 0 is', () => {
    const draft = toDraft({ policy: 'all' });
    expect(toSettings({ ...draft, dailyCap: ' ', monthlyCap: '$1,000.50' })).toMatchObject({
      dailyCapUsd: undefined,
      monthlyCapUsd: 1000.5,
    });
  });

  it('names the field that holds no number', () => {
    const draft = toDraft({ policy: 'all' });
    expect(toSettings({ ...draft, monthlyCap: 'ten' })).toEqual({ wrong: '/monthlyCapUsd' });
    expect(toSettings({ ...draft, concurrency: '1.5' })).toEqual({ wrong: '/concurrency' });
  });
});

describe('what was spent', () => {
  const spend = [day('2026-11-02', 1), day('2026-11-01', 2), day('2026-10-31', 4), day('2026-09-01', 8)];

  it('is spread over all days, with none for those without a call', () => {
    const { start, cost } = byDay(spend, 4, NOW);
    expect(new Date(start).toISOString()).toBe('2026-10-30T00:00:00.000Z');
    expect(cost).toEqual([0, 4, 2, 1]);
  });

  it('is summed by day and month of UTC', () => {
    expect(totals(spend, NOW)).toEqual({
      today: 1,
      month: 3,
      range: 15,
      calls: 8,
      unpriced: 4,
      tokens: 4040,
    });
  });
});
