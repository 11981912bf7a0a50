import { describe, expect, it } from 'vitest';
import { age, cost, count, duration, grouped, plural } from './format';
import { findTable, nested, preview } from './json';
import { jsonLines, openAtFirst, opening, SLICE } from './jsonlines';
import { formatPointer, parsePointer, resolve, startsWith } from './pointer';
import { sseReader } from './sse';
import {
  axisTime,
  elapsedNano,
  ends,
  frozen,
  int64,
  isWithin,
  parseNano,
  printNano,
  spanWords,
} from './time';

describe('time', () => {
  it('keeps nanoseconds, whatever the number of digits', () => {
    expect(parseNano('1970-01-01T00:00:00.000000001Z')).toBe(1n);
    expect(parseNano('2026-11-22T21:04:12.5Z') % 1_000_000_000n).toBe(500_000_000n);
    expect(parseNano('2026-11-22T21:04:12.123456789Z') % 1_000_000_000n).toBe(123_456_789n);
    expect(parseNano('2026-11-22T21:04:12Z') - parseNano('2026-11-22T21:04:11.999999999Z')).toBe(1n);
  });
  it('reads times before 1970 and offsets, and takes nonsense for none', () => {
    expect(parseNano('1969-12-31T23:59:59.5Z')).toBe(-500_000_000n);
    expect(parseNano('1970-01-01T01:00:00.25+01:00')).toBe(250_000_000n);
    expect(parseNano('soon')).toBe(0n);
  });
  it('reads 64-bit integers that arrive as strings', () => {
    expect(int64('9007199254740993')).toBe(9007199254740992);
    expect(int64(undefined, -1)).toBe(-1);
    expect(int64('x')).toBe(0);
  });
  it('never lets time run backwards', () => {
    expect(elapsedNano('2030-01-01T00:00:00Z', 0)).toBe(0);
  });
});

describe('a range of time', () => {
  const now = Date.parse('2026-11-22T20:00:00Z');
  const fixed = { since: '2026-11-22T10:00:00Z', until: '2026-11-22T11:00:00Z' };
  it('is the last day unless somebody chose', () => {
    expect(ends({}, now)).toEqual({ since: '2026-11-21T20:00:00.000Z' });
    expect(ends({ range: '1h' }, now)).toEqual({ since: '2026-11-22T19:00:00.000Z' });
    expect(ends({ range: 'all' }, now)).toEqual({});
    expect(ends(fixed, now)).toEqual(fixed);
  });
  it('shows tomorrow what it shows today once its ends are fixed', () => {
    expect(frozen({ range: '1h' }, now)).toEqual({
      since: '2026-11-22T19:00:00.000Z',
      until: '2026-11-22T20:00:00.000Z',
    });
    expect(frozen(fixed, now)).toEqual(fixed);
  });
  it('begins with its first moment and ends before its last', () => {
    expect(isWithin('2026-11-22T10:00:00.000000000Z', fixed, now)).toBe(true);
    expect(isWithin('2026-11-22T11:00:00.000000000Z', fixed, now)).toBe(false);
    expect(isWithin('2026-11-22T09:59:59.999999999Z', fixed, now)).toBe(false);
  });
  it('is said in few words', () => {
    const at = (text: string): number => new Date(text).getTime(); // local time, as it is shown
    expect(spanWords(at('2026-11-22T14:00'), at('2026-11-22T14:05'))).toBe('22 Nov, 14:00 – 14:05');
    expect(spanWords(at('2026-11-22T22:00'), at('2026-11-23T02:00'))).toBe('22 Nov, 22:00 – 23 Nov, 02:00');
    expect(spanWords(at('2026-11-22T14:00'), at('2026-11-22T14:01'))).toBe('22 Nov, 14:00:00 – 14:01:00');
    expect(spanWords(at('2026-11-22T00:00'), at('2026-11-23T00:00'))).toBe('22 Nov');
    expect(spanWords(at('2026-11-20T00:00'), at('2026-11-23T00:00'))).toBe('20 Nov – 22 Nov');
    expect(spanWords(at('2025-12-30T00:00'), at('2026-01-02T00:00'))).toBe('30 Dec 2025 – 1 Jan 2026');
  });
  it('has ticks as fine as they lie apart', () => {
    const at = new Date('2026-11-22T14:05').getTime();
    const midnight = new Date('2026-11-22T00:00').getTime();
    expect(axisTime(at, 3_600_000)).toBe('14:05');
    expect(axisTime(at, 1_000)).toBe('14:05:00');
    expect(axisTime(midnight, 3_600_000)).toBe('22 Nov');
    expect(axisTime(midnight, 31 * 86_400_000)).toBe('Nov 2026');
  });
});

it('prints the nanoseconds that it parsed', () => {
  for (const time of [
    '2026-11-22T20:00:00.123456789Z',
    '1970-01-01T00:00:00.000000000Z',
    '1969-12-31T23:59:59.999999999Z',
  ])
    expect(printNano(parseNano(time))).toBe(time);
});

describe('format', () => {
  it.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [1_240, '1.24 µs'],
    [999_499, '999 µs'],
    [999_500, '1 ms'],
    [12_340_000, '12.3 ms'],
    [1_240_000_000, '1.24 s'],
    [59_949_000_000, '59.9 s'],
    [59_950_000_000, '1 m 00 s'],
    [125_000_000_000, '2 m 05 s'],
    [7_260_000_000_000, '2 h 01 m'],
    [180_000_000_000_000, '2 d 02 h'],
    [-1_500_000, '-1.5 ms'],
    [Number.NaN, '–'],
  ])('writes %d ns as %s', (nano, text) => expect(duration(nano)).toBe(text));
  it.each([
    [941, '941'],
    [12_400, '12.4k'],
    [999_949, '999.9k'],
    [999_950, '1M'],
    [3_140_000, '3.1M'],
  ])('counts %d as %s', (n, text) => expect(count(n)).toBe(text));
  it.each([
    [0, false, '$0'],
    [0.0000264, false, '$0.000026'],
    [0.0123, true, '≈$0.012'],
    [0.5, false, '$0.50'],
    [1234.5, false, '$1,235'],
    [1e-9, false, '<$0.000001'],
  ])('writes %d USD (partial: %s) as %s', (usd, partial, text) => expect(cost(usd, partial)).toBe(text));
  it('groups and counts in words', () => {
    expect(grouped(1234567)).toBe('1,234,567');
    expect(plural(1, 'step')).toBe('1 step');
    expect(plural(1200, 'step')).toBe('1,200 steps');
  });
  it('says how long ago, and says so when the clock is ahead', () => {
    expect(age(0, 42_000)).toBe('42s ago');
    expect(age(0, 3 * 86_400_000)).toBe('3d ago');
    expect(age(60_000, 0)).toBe('in the future');
  });
});

describe('JSON pointers', () => {
  it('round-trip, escapes and all', () => {
    const path = ['a/b', 'm~n', '', '0'];
    expect(formatPointer(path)).toBe('/a~1b/m~0n//0');
    expect(parsePointer(formatPointer(path))).toEqual(path);
    expect(parsePointer('')).toEqual([]);
    expect(parsePointer('a')).toBeUndefined();
  });
  it('find values and say when there is none', () => {
    const value = { items: [{ price: null }], length: 3 };
    expect(resolve(value, ['items', '0', 'price'])).toEqual({ found: true, value: null });
    for (const path of [
      ['items', '1'],
      ['items', '01'],
      ['items', 'length'],
      ['toString'],
      ['length', 'x'],
    ]) {
      expect(resolve(value, path).found).toBe(false);
    }
  });
  it('know what lies inside what', () => {
    expect(startsWith(['a', 'b'], ['a'])).toBe(true);
    expect(startsWith(['a'], ['a', 'b'])).toBe(false);
  });
});

describe('server-sent events', () => {
  it('come out whole however the bytes are cut', () => {
    const stream = ':\n\nevent: ready\ndata: {}\n\nevent: execution\r\ndata: {"a":\r\ndata: 1}\r\n\r\n';
    for (let size = 1; size <= stream.length; size++) {
      const read = sseReader();
      const events = [];
      for (let i = 0; i < stream.length; i += size) events.push(...read(stream.slice(i, i + size)));
      expect(events, `pieces of ${size}`).toEqual([
        { event: '', data: '' },
        { event: 'ready', data: '{}' },
        { event: 'execution', data: '{"a":\n1}' },
      ]);
    }
  });
});

describe('JSON shapes', () => {
  it('opens what fits a screen and leaves the huge shut', () => {
    const open = openAtFirst({ small: { a: 1 }, huge: Array.from({ length: 500 }, () => 1) });
    expect([...open]).toEqual(['', '/small']);
  });
  it('lists only what is open, in document order', () => {
    const lines = jsonLines({ a: { b: 1 }, c: [2] }, new Set(['', '/c']));
    expect(lines.map((l) => formatPointer(l.path))).toEqual(['', '/a', '/c', '/c/0']);
    expect(lines[1]).toMatchObject({ key: 'a', size: 1, open: false });
  });
  it('shows long arrays in slices, and opens the one that holds a value', () => {
    const long = Array.from({ length: 3 * SLICE + 1 }, (_, i) => i);
    expect(jsonLines(long, new Set([''])).map((l) => l.slice)).toEqual([
      undefined,
      { from: 0, to: SLICE },
      { from: SLICE, to: 2 * SLICE },
      { from: 2 * SLICE, to: 3 * SLICE },
      { from: 3 * SLICE, to: 3 * SLICE + 1 },
    ]);
    const found = jsonLines({ a: long }, new Set(opening({ a: long }, ['a', String(2 * SLICE + 7)])));
    expect(found.filter((l) => l.value === 2 * SLICE + 7 && !l.slice)).toHaveLength(1);
    expect(found).toHaveLength(2 + 4 + SLICE);
    expect(new Set(found.map((l) => l.id)).size).toBe(found.length);
  });
  it('survives depth without a stack', () => {
    let deep: unknown = 1;
    const open = new Set<string>();
    for (let i = 0; i < 1_000; i++) deep = [deep];
    for (let i = 0, id = ''; i < 1_000; i++, id += '/0') open.add(id);
    expect(jsonLines(deep, open)).toHaveLength(1_001);
  });
  it('finds the table in an array of like objects, or the largest one inside', () => {
    const rows = [
      { id: 1, t: 'a' },
      { id: 2, t: 'b' },
    ];
    expect(findTable(rows)).toMatchObject({ path: [], columns: ['id', 't'] });
    expect(findTable({ few: rows, many: [...rows, ...rows] })).toMatchObject({ path: ['many'] });
    expect(findTable([{ a: 1 }, { b: 1 }, { c: 1 }])).toBeUndefined();
    expect(findTable([1, 2])).toBeUndefined();
    expect(findTable({ x: null })).toBeUndefined();
  });
  it('previews without reading it all', () => {
    expect(preview({ a: [1, 2], b: 'x' })).toBe('{a: [1, 2], b: x}');
    expect(preview(Array.from({ length: 1e6 }, (_, i) => i)).length).toBeLessThan(100);
    expect(preview(null)).toBe('null');
  });
  it('sees JSON inside a string', () => {
    expect(nested(' {"a":1}')).toEqual({ a: 1 });
    expect(nested('{not json')).toBeUndefined();
    expect(nested('12')).toBeUndefined();
  });
});
