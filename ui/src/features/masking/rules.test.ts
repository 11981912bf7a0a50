import { describe, expect, it } from 'vitest';
import type { MaskingSettings } from '@/api/types';
import { atMarkers, freeName, moved, nextRule, toDraft, toSettings } from './rules';

const stored: MaskingSettings = {
  rules: [
    { name: 'email', preset: 'email', action: 'hash' },
    { name: 'ssn', pattern: '\\d{3}-\\d{2}', fields: ['user/ssn', '/xray.input/note'], action: 'replace' },
    { name: 'who', fields: ['password'], action: 'remove' },
  ],
  model: { presets: ['card'], structureOnly: true },
};

describe('masking rules', () => {
  it('come back from a draft as they were stored', () => {
    expect(toSettings(toDraft(stored))).toEqual(stored);
  });

  it('send only what the chosen kind looks for', () => {
    const draft = toDraft(stored);
    const [, ssn] = draft.rules;
    expect(ssn && toSettings({ ...draft, rules: [{ ...ssn, find: 'iban' }] }).rules[0]).toEqual({
      name: 'ssn',
      preset: 'iban',
      fields: ['user/ssn', '/xray.input/note'],
      action: 'replace',
    });
  });

  it('leave out empty lines of fields', () => {
    const draft = toDraft(stored);
    const [, , who] = draft.rules;
    const rules = who ? [{ ...who, fields: ' a \n\n b' }] : [];
    expect(toSettings({ ...draft, rules }).rules[0]?.fields).toEqual(['a', 'b']);
  });

  it('offer a preset that is not used yet, then a pattern with a free name', () => {
    const draft = toDraft(stored);
    expect(nextRule(draft.rules).find).toBe('credentials');
    const all = Array.from({ length: 4 }).reduce<typeof draft.rules>(
      (rules) => [...rules, nextRule(rules)],
      draft.rules,
    );
    const next = nextRule(all);
    expect(next.find).toBe('pattern');
    expect(next.name).toBe('rule-8');
    expect(freeName([{ ...next, name: 'rule-2' }])).toBe('rule-3');
  });

  it('move within the list and not beyond it', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 0, 9)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
  });
});

describe('markers', () => {
  it('are cut out of a text', () => {
    expect(atMarkers('to [masked:email#3fa2] and [masked:card], [masked: not]')).toEqual([
      { text: 'to ', masked: false },
      { text: '[masked:email#3fa2]', masked: true },
      { text: ' and ', masked: false },
      { text: '[masked:card]', masked: true },
      { text: ', [masked: not]', masked: false },
    ]);
  });
});
