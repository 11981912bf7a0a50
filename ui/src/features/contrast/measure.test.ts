import { describe, expect, test } from 'vitest';
import type { Contrasted } from '@/api/types';
import { condition, lengths, measured } from './measure';

const difference = (more: Partial<Contrasted>): Contrasted => ({
  stepName: 'rank',
  what: 'present',
  detail: '',
  selected: 1,
  baseline: 0.25,
  effect: 0.75,
  text: '',
  ...more,
});

describe('numbers of a difference', () => {
  test.each([
    [{ what: 'present' }, '100 %'],
    [{ what: 'duration', selected: 1.5 }, '1.5 s'],
    [{ what: 'drop rate', selected: 0.9 }, '90 %'],
    [{ what: 'tokens', selected: 12_345 }, '12.3k'],
    [{ what: 'parameter', detail: '/input/k', selected: 4.85 }, '4.85'],
    [{ what: 'parameter', detail: '/input/k = 5', selected: 0.5 }, '50 %'],
  ])('%o is %s', (more, words) => {
    const d = difference(more);
    expect(measured(d, d.selected)).toBe(words);
  });
  test('medians are drawn against the greater one, shares as they are', () => {
    expect(lengths(difference({ what: 'duration', selected: 2, baseline: 4 }))).toEqual({
      selected: 0.5,
      baseline: 1,
    });
    expect(lengths(difference({ selected: 0.5, baseline: 0 }))).toEqual({ selected: 0.5, baseline: 0 });
  });
});

describe('the executions that have it', () => {
  test.each([
    [{ what: 'present' }, 'step:rank'],
    [{ what: 'model', detail: 'gpt 5' }, 'step:rank step.model:"gpt 5"'],
    [{ what: 'drop rate', selected: 0.9, baseline: 0.1 }, 'step:rank step.drop:>=50%'],
    [{ what: 'duration', selected: 1, baseline: 3 }, 'step:rank step.duration:<=2000ms'],
    [{ what: 'error', stepName: '' }, 'status:error'],
    [{ what: 'fact', detail: 'empty_parameter' }, undefined],
  ])('%o', (more, query) => expect(condition(difference(more))).toBe(query));
});
