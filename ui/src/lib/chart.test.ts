import { describe, expect, it } from 'vitest';
import { bucketAt, bucketSpan, firstFilled, stacked } from './chart';

it('stacks series on those before them', () => {
  expect(
    stacked([
      [1, 2],
      [0, 3],
      [5, 0],
    ]),
  ).toEqual([
    [1, 2],
    [1, 5],
    [6, 5],
  ]);
  expect(stacked([[], []])).toEqual([[], []]);
  expect(stacked([])).toEqual([]);
});

describe('a dragged range', () => {
  it('is of whole buckets', () => expect(bucketSpan(1, 3, 1_000, 100)).toEqual({ from: 1_100, to: 1_400 }));
  it('is the same dragged backwards', () =>
    expect(bucketSpan(3, 1, 1_000, 100)).toEqual(bucketSpan(1, 3, 1_000, 100)));
  it('is one bucket if it is a point', () =>
    expect(bucketSpan(2, 2, 1_000, 100)).toEqual({ from: 1_200, to: 1_300 }));
});

describe('the bucket under a pixel', () => {
  const at = (x: number): number => bucketAt(x, 40, 200, 10);
  it('begins where its bar does', () => expect([40, 59, 60, 239].map(at)).toEqual([0, 0, 1, 9]));
  it('is the nearest one beside the chart', () => expect([0, 400].map(at)).toEqual([0, 9]));
  it('is the first while there is no room', () => expect(bucketAt(10, 0, 0, 5)).toBe(0));
});

it('skips what is empty in front, but keeps a chart', () => {
  expect(firstFilled([0, 0, 3, 0])).toBe(2);
  expect(firstFilled([0, 0, 0, 3])).toBe(2);
  expect(firstFilled([0, 0])).toBe(0);
});
