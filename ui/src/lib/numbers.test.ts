import { expect, it } from 'vitest';
import { typedNumber } from './numbers';

it.each([
  ['', undefined],
  ['  ', undefined],
  ['12', 12],
  ['1,234.5', 1234.5],
  ['$0.15', 0.15],
  ['.5', 0.5],
  ['-1', -1],
  ['1e3', Number.NaN],
  ['ten', Number.NaN],
  ['1.2.3', Number.NaN],
])('%j is typed as %s', (text, number) => {
  expect(typedNumber(text)).toEqual(number);
});
