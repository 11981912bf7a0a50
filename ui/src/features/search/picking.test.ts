import { expect, it } from 'vitest';
import { MOST_PICKED, pickedNext, pickedThrough } from './picking';

it('picks and unpicks in the order in which they were picked', () => {
  let picked: string[] = [];
  for (const id of ['a', 'b', 'c', 'a']) picked = pickedNext(picked, id);
  expect(picked).toEqual(['b', 'c']);
});

it('lets the oldest go where there are too many', () => {
  let picked: string[] = [];
  for (let i = 0; i <= MOST_PICKED; i++) picked = pickedNext(picked, String(i));
  expect(picked).toHaveLength(MOST_PICKED);
  expect(picked[0]).toBe('1');
});

it('picks all between, whichever way', () => {
  const list = ['a', 'b', 'c', 'd'];
  expect(pickedThrough(['c'], 'a', list)).toEqual(['c', 'a', 'b']);
  expect(pickedThrough(['a'], 'c', list)).toEqual(['a', 'b', 'c']);
});

it('picks one where there is none to begin with', () => {
  expect(pickedThrough([], 'b', ['a', 'b'])).toEqual(['b']);
  expect(pickedThrough(['gone'], 'b', ['a', 'b'])).toEqual(['gone', 'b']);
});
