import { describe, expect, it } from 'vitest';
import { quoted } from '@/lib/query';
import { hasTerm, replaced, terms, typingAt, withoutTerm, withTerm } from './terms';

const texts = (text: string): string[] => terms(text).map((t) => text.slice(t.start, t.end));

describe('terms', () => {
  it.each([
    ['', []],
    ['  status:error   cost:>0.05 ', ['status:error', 'cost:>0.05']],
    ['name:"a b" -tag:(x OR "y z") w', ['name:"a b"', '-tag:(x OR "y z")', 'w']],
    ['name:"a \\" b" c', ['name:"a \\" b"', 'c']],
    ['name:"never closed and so on', ['name:"never closed and so on']],
    ['name:(never closed', ['name:(never closed']],
    [') stray:) x', [')', 'stray:)', 'x']],
  ])('of %j', (text, want) => expect(texts(text)).toEqual(want));
});

/** The caret is where the text has a bar. */
function typing(marked: string) {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { field, prefix, start, end, rest } = typingAt(text, caret);
  return { field, prefix, part: text.slice(start, end), rest };
}

describe('what is typed at the caret', () => {
  it.each([
    ['|', undefined, '', '', ''],
    ['sta|', undefined, 'sta', 'sta', ''],
    ['-sta|', undefined, 'sta', 'sta', ''],
    ['cost:>1 sta|tus', undefined, 'sta', 'status', 'cost:>1'],
    ['status:|', 'status', '', '', ''],
    ['-status:er|ror x', 'status', 'er', 'error', 'x'],
    ['name:"phone c|', 'name', 'phone c', '"phone c', ''],
    ['name:"phone c|ase" x', 'name', 'phone c', '"phone case"', 'x'],
    ['name:(a OR b|c) x', 'name', 'b', 'bc', 'x'],
    ['name:("a b" OR "c |', 'name', 'c ', '"c ', ''],
    ['meta.user:4|', 'meta.user', '4', '4', ''],
    ['has:co|', 'has', 'co', 'co', ''],
    ['a | b', undefined, '', '', 'a b'],
  ])('%j', (marked, field, prefix, part, rest) =>
    expect(typing(marked)).toEqual({ field, prefix, part, rest }),
  );
});

it('puts a completion where the typed part was', () => {
  const text = 'cost:>1 sta x';
  expect(replaced(text, typingAt(text, 11), 'status:')).toEqual({ text: 'cost:>1 status: x', caret: 15 });
});

it('quotes what would mean something else', () => {
  expect(['shop-api', 'gpt-4.1', 'a b', 'x*', 'OR', '1..2', 'a"b\\', 'größe', ''].map(quoted)).toEqual([
    'shop-api',
    'gpt-4.1',
    '"a b"',
    '"x*"',
    '"OR"',
    '"1..2"',
    '"a\\"b\\\\"',
    'größe',
    '""',
  ]);
});

it('adds, replaces and takes away whole terms', () => {
  expect(withTerm('a:1', 'status:error')).toBe('a:1 status:error');
  expect(withTerm('duration:>=2s x', 'duration:>=3s', 'duration:>=')).toBe('x duration:>=3s');
  expect(withoutTerm('a:1 status:error  b', 'status:error')).toBe('a:1 b');
  expect(hasTerm('a:1 status:error', 'status:error')).toBe(true);
  expect(hasTerm('-status:error', 'status:error')).toBe(false);
});
