import { describe, expect, it } from 'vitest';
import type { ModelPrice } from '@/api/types';
import { coming, perMillion, toDraft, toPrice } from './price';

const model: ModelPrice = {
  provider: 'openai',
  model: 'gpt-4o',
  origin: 'built_in',
  entries: [
    { now: false, input: 5, output: 15 },
    { now: true, from: '2024-10-01', input: 2.5, output: 10, cacheRead: 1.25 },
    { now: false, from: '2027-01-01', input: 2 },
  ],
};

describe('prices', () => {
  it('begin with what holds now, for all times', () => {
    expect(toPrice(toDraft(model))).toEqual({
      provider: 'openai',
      model: 'gpt-4o',
      input: 2.5,
      output: 10,
      cacheRead: 1.25,
    });
  });

  it('leave out what nobody typed, and keep what is free', () => {
    const draft = { ...toDraft(model), output: '0', cacheRead: '', from: '2026-12-01' };
    expect(toPrice(draft)).toEqual({
      provider: 'openai',
      model: 'gpt-4o',
      from: '2026-12-01',
      input: 2.5,
      output: 0,
    });
  });

  it('name the field that holds no number', () => {
    expect(toPrice({ ...toDraft(undefined), cacheWrite: 'much' })).toEqual({ wrong: '/cacheWrite' });
  });

  it('that come are those of later days', () => {
    expect(coming(model, '2026-11-23').map((entry) => entry.from)).toEqual(['2027-01-01']);
  });

  it('are never rounded', () => {
    expect([2.5, 0.075, 10, 0, undefined].map(perMillion)).toEqual([
      '$2.50',
      '$0.075',
      '$10.00',
      '$0.00',
      '–',
    ]);
  });
});
