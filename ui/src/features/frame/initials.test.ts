import { expect, it } from 'vitest';
import { initials } from './UserMenu';

it.each([
  ['Ada King Lovelace', 'AL'],
  ['ada', 'A'],
  ['  Éva  Tardos ', 'ÉT'],
  ['', '?'],
])('of %j: %s', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
