import { expect, it } from 'vitest';
import { pickedNext } from './picking';

it('picks two at most, and lets the oldest go', () => {
  let picked: string[] = [];
  for (const id of ['a', 'b', 'c']) picked = pickedNext(picked, id);
  expect(picked).toEqual(['b', 'c']);
  expect(pickedNext(picked, 'b')).toEqual(['c']);
});
