import { expect, it } from 'vitest';
import { actorWords, changes, verbWords } from './words';

it('says what was done, also where there are no words for it', () => {
  expect(verbWords('masking.set')).toBe('changed the masking');
  expect(verbWords('robot.switch_off')).toBe('robot: switch off');
});

it('says who did it', () => {
  expect(actorWords({ kind: 'user', id: '3', name: 'ann@example.com' })).toBe('ann@example.com');
  expect(actorWords({ kind: 'key', id: '3' })).toBe('key 3');
  expect(actorWords({ kind: 'cli' })).toBe('a command');
});

it('reads changes and other details', () => {
  expect(
    changes({ policy: { from: 'all', to: 'off' }, dailyCapUsd: { to: 5 }, scope: 'read', name: '' }),
  ).toEqual([
    { name: 'policy', from: 'all', to: 'off' },
    { name: 'dailyCapUsd', from: '', to: '5' },
    { name: 'scope', from: '', to: 'read' },
    { name: 'name', from: '', to: '(empty)' },
  ]);
  expect(changes(null)).toEqual([]);
});
