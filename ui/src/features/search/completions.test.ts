import { describe, expect, it } from 'vitest';
import type { CountedValue, QueryField, Vocabulary } from '@/api/types';
import { completions, wanted } from './completions';
import { painted } from './paint';
import { typingAt } from './terms';

const field = (name: string, more: Partial<QueryField> = {}): QueryField => ({
  name,
  aliases: [],
  type: 'string',
  ofStep: false,
  keyed: false,
  operators: ['is', 'prefix', 'has'],
  unit: '',
  values: [],
  observed: true,
  facet: false,
  doc: '',
  examples: [],
  ...more,
});

const vocabulary: Vocabulary = {
  fields: [
    field('status', {
      type: 'choice',
      values: ['running', 'ok', 'error'],
      observed: false,
      operators: ['is'],
    }),
    field('name', { aliases: ['pipeline'] }),
    field('duration', {
      operators: ['compare'],
      observed: false,
      examples: ['duration:>2s', 'duration:1s..2s'],
    }),
    field('meta', { keyed: true }),
  ],
  examples: [{ query: 'status:error', doc: 'What failed.' }],
};

function offered(text: string, values: CountedValue[] = [], recent: string[] = []): string[] {
  const typing = typingAt(text, text.length);
  return completions(vocabulary, text, typing, values, recent).map((c) => c.insert);
}
const asked = (text: string) => wanted(vocabulary, typingAt(text, text.length));

describe('completions', () => {
  it('begin with what was asked before and what can be asked', () => {
    expect(offered('', [], ['cost:>1'])).toEqual([
      'cost:>1',
      'status:error',
      'status:',
      'name:',
      'duration:',
      'meta.',
    ]);
  });
  it('are fields, also by an alias and by a part', () => {
    expect(offered('pipe')).toEqual(['name:']);
    expect(offered('cost:>1 -a')).toEqual(['status:', 'name:', 'duration:', 'meta.']);
  });
  it('are the values of a choice', () => expect(offered('status:er')).toEqual(['error']));
  it('are observed values, quoted where they must be', () => {
    const values = [
      { value: 'shop search', count: 9 },
      { value: 'shop', count: 2 },
    ];
    expect(offered('name:sh', values)).toEqual(['"shop search"', 'shop']);
    expect(offered('name:"shop s', values)).toEqual(['"shop search"']);
  });
  it('are ways to compare where there are no values', () => {
    expect(offered('duration:')).toEqual(['>2s', '1s..2s']);
    expect(offered('duration:>')).toEqual([]);
  });
  it('are keys, also where only having one is asked', () => {
    const keys = [{ value: 'user id', count: 1 }];
    expect(offered('meta.us', keys)).toEqual(['meta."user id":']);
    expect(offered('has:meta.us', keys)).toEqual(['meta."user id"']);
    expect(offered('has:na')).toEqual(['name']);
  });
  it('are none where the field is unknown', () => expect(offered('nonsense:x')).toEqual([]));
});

describe('observed values are asked for', () => {
  it('of the field at the caret', () =>
    expect(asked('x pipeline:sh')).toEqual({ field: 'name', prefix: 'sh' }));
  it('under a key', () => expect(asked('meta.user:4')).toEqual({ field: 'meta.user', prefix: '4' }));
  it('of keys', () => expect(asked('meta.us')).toEqual({ field: 'meta', prefix: 'us' }));
  it.each(['status:e', 'duration:>1', 'meta.user:>4', 'name:sh*', 'na', 'nonsense:x'])(
    'but not for %s',
    (text) => expect(asked(text)).toBeUndefined(),
  );
});

describe('paint', () => {
  const marked = (text: string, start: number, end: number) =>
    painted(text, [{ start, end, message: '', suggestions: [] }]).map(
      (p) => `${p.wrong ? '!' : ''}${p.field ? '#' : ''}${p.text}`,
    );
  it('tells fields from values, and marks what is wrong', () => {
    expect(marked('-status:x "a:b" cost:>y', 22, 23)).toEqual(['#-status', ':x "a:b" ', '#cost', ':>', '!y']);
  });
  it('marks the place of what is missing', () =>
    expect(marked('name:x', 4, 4)).toEqual(['#name', '!:', 'x']));
  it('is the whole text', () => {
    for (const text of ['', 'a', '😀 b:c', 'x:"'])
      expect(
        painted(text, [])
          .map((p) => p.text)
          .join(''),
      ).toBe(text);
  });
});
