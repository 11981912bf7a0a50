import { describe, expect, it } from 'vitest';
import type { Station, Stop } from '@/api/types';
import { scale, searchStations } from './stations';
import { figure, ordinal, rankShift, rankWords } from './words';

const station = (more: Partial<Station>): Station => ({
  stepId: 's',
  name: 'filter',
  in: 10,
  kept: 10,
  dropped: 0,
  added: 0,
  out: 10,
  criterion: '',
  inferred: false,
  explicit: false,
  ...more,
});
const stop = (more: Partial<Stop>): Stop => ({
  stepId: 's',
  name: 'rank',
  kind: 'kept',
  pointers: [],
  ...more,
});
describe('stations', () => {
  it('are found by name or rule, in any letter case', () => {
    const all = [station({ stepId: 'a' }), station({ stepId: 'b', name: 'rank', criterion: 'Rating ≥ 7' })];
    expect(searchStations(all, 'rating').map((s) => s.stepId)).toEqual(['b']);
    expect(searchStations(all, ' FILT').map((s) => s.stepId)).toEqual(['a']);
    expect(searchStations(all, '')).toHaveLength(2);
  });
  it('share one scale on which the largest is 1 and none is 0', () => {
    const of = scale([station({ in: 5000, out: 5 })]);
    expect(of(5000)).toBe(1);
    expect(of(0)).toBe(0);
    expect(of(5)).toBeGreaterThan(0.15);
    expect(scale([])(0)).toBe(0);
  });
});

describe('words of a passport', () => {
  it('count places as people do', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 111, 1002].map(ordinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '111th',
      '1,002nd',
    ]);
    expect(rankWords(3, 40)).toBe('3rd of 40');
    expect(rankWords(3, undefined)).toBe('3rd');
    expect(rankWords(undefined, 40)).toBeUndefined();
  });
  it('say how far an item moved', () => {
    expect(rankShift(stop({ rankIn: 5, rankOut: 1, in: 9, out: 9 }))).toBe('up 4 places');
    expect(rankShift(stop({ rankIn: 1, rankOut: 2, in: 9, out: 9 }))).toBe('down 1 place');
    expect(rankShift(stop({ rankIn: 1, rankOut: 1 }))).toBeUndefined();
    expect(rankShift(stop({ rankIn: 71, rankOut: 39, in: 120, out: 40 }))).toBeUndefined();
    expect(rankShift(stop({ rankOut: 1 }))).toBeUndefined();
  });
  it('round numbers to what is read', () => {
    expect([0.123456, 12345, 3.8, 1e-7].map(figure)).toEqual(['0.1235', '12,345', '3.8', '1e-7']);
  });
});
