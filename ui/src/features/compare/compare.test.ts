import { describe, expect, it } from 'vitest';
import type { StepPair } from '@/api/types';
import { costDelta, durationDelta, tokensDelta } from './deltas';
import { fold, nextDifference, tally } from './fold';
import { everywhere } from './paths';

const pairs = (relations: string): StepPair[] =>
  [...relations].map((letter, i) => ({
    a: `a${i}`,
    b: `b${i}`,
    name: `step ${i}`,
    relation:
      ({ s: 'same', i: 'inherited', o: 'origin', a: 'only_a', b: 'only_b' } as const)[letter] ?? 'same',
    why: '',
    input: [],
    output: [],
    onlyA: [],
    onlyB: [],
    onlyACount: 0,
    onlyBCount: 0,
    moved: 0,
    shifts: [],
    durationNano: '0',
  }));
const drawn = (relations: string, opened: number[] = [], chosen?: number): string =>
  fold(pairs(relations), new Set(opened), chosen)
    .map((line) => (line.kind === 'same' ? `[${line.from}-${line.to})` : String(line.index)))
    .join(' ');

describe('the lines of a comparison', () => {
  it('fold runs of three and more that are the same', () => {
    expect(drawn('sssosssi')).toBe('[0-3) 3 [4-7) 7');
    expect(drawn('ssoss')).toBe('0 1 2 3 4');
    expect(drawn('')).toBe('');
    expect(drawn('ssss')).toBe('[0-4)');
  });
  it('keep open what was opened or holds the chosen pair', () => {
    expect(drawn('sssosss', [0])).toBe('0 1 2 3 [4-7)');
    expect(drawn('sssosss', [], 5)).toBe('[0-3) 3 4 5 6');
  });
  it('lose no pair, whatever the order', () => {
    for (const relations of ['abssssio', 'sssssss', 'oossaissb', 'ooo']) {
      const lines = fold(pairs(relations), new Set(), undefined);
      const covered = lines.reduce((n, l) => n + (l.kind === 'same' ? l.to - l.from : 1), 0);
      expect(covered).toBe(relations.length);
    }
  });
});

describe('walking the differences', () => {
  it('goes round in both directions', () => {
    const all = pairs('sosis');
    expect(nextDifference(all, undefined, 1)).toBe(1);
    expect(nextDifference(all, 1, 1)).toBe(3);
    expect(nextDifference(all, 3, 1)).toBe(1);
    expect(nextDifference(all, undefined, -1)).toBe(3);
    expect(nextDifference(all, 1, -1)).toBe(3);
  });
  it('finds nothing where all is the same', () => {
    expect(nextDifference(pairs('sss'), 0, 1)).toBeUndefined();
    expect(nextDifference([], undefined, 1)).toBeUndefined();
  });
});

it('counts the relations', () => {
  expect(tally(pairs('ssoiab'))).toEqual({ same: 2, origin: 1, inherited: 1, only_a: 1, only_b: 1 });
});

it('writes what b has more or less', () => {
  expect(durationDelta('1200000000')).toBe('+1.2 s');
  expect(durationDelta('-5000000')).toBe('−5 ms');
  expect(costDelta(-0.003)).toBe('−$0.003');
  expect([tokensDelta('0'), tokensDelta('1200')]).toEqual(['±0', '+1,200']);
});

describe('a path to ignore', () => {
  it('holds wherever the value stands in an array', () => {
    expect(everywhere('/output/results/12/price')).toBe('/output/results/*/price');
    expect(everywhere('/input/a~1b/0')).toBe('/input/a~1b/*');
    expect(everywhere('/output')).toBe('/output');
  });
});
