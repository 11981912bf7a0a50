import { describe, expect, it } from 'vitest';
import { ExactNumber, parseExact, parseSoon, writeJson } from './exact';

/** Deterministic noise. */
function random(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s * 1_664_525 + 1_013_904_223) >>> 0;
    return s / 2 ** 32;
  };
}

function anyJson(next: () => number, depth: number): unknown {
  const pick = Math.floor(next() * (depth > 0 ? 8 : 6));
  if (pick === 0) return null;
  if (pick === 1) return next() < 0.5;
  if (pick === 2) return Math.round((next() - 0.5) * 1e6);
  if (pick === 3) return (next() - 0.5) * 10 ** Math.floor(next() * 30 - 10);
  if (pick <= 5)
    return ['', 'a"b\\', 'é\u2028\n\t', '__proto__', '\\\\"', 'x'.repeat(40)][Math.floor(next() * 6)];
  const n = Math.floor(next() * 5);
  if (pick === 6) return Array.from({ length: n }, () => anyJson(next, depth - 1));
  return Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}"\\`, anyJson(next, depth - 1)]));
}

describe('JSON with exact numbers', () => {
  it('reads what JSON.parse reads, to the same value, and writes it again', async () => {
    const next = random(7);
    for (let i = 0; i < 400; i++) {
      const value = anyJson(next, 4);
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 3)]) {
        expect(parseExact(text)).toEqual(value);
        expect(await parseSoon(text)).toEqual(value);
      }
      expect(writeJson(parseExact(JSON.stringify(value)), 2)).toBe(JSON.stringify(value, null, 2));
      expect(writeJson(value)).toBe(JSON.stringify(value));
    }
  });

  it('refuses what JSON.parse refuses', () => {
    const next = random(11);
    const texts = [
      '',
      '{',
      '[1,]',
      '{"a":1,}',
      '{,}',
      '"\n"',
      '01',
      '-',
      '1 2',
      'nul',
      '{"a" 1}',
      '[1 2]',
      '"\\x"',
      ']',
      '{"a":}',
      '1.',
      '.5',
      '+1',
      'tru',
    ];
    for (let i = 0; i < 400; i++) {
      const whole = JSON.stringify(anyJson(next, 3));
      const at = Math.floor(next() * whole.length);
      texts.push(whole.slice(0, at) + whole.slice(at + 1));
    }
    for (const text of texts) {
      let theirs: unknown = SyntaxError;
      try {
        theirs = JSON.parse(text);
      } catch {
        // refused
      }
      if (theirs === SyntaxError) expect(() => parseExact(text), text).toThrow(SyntaxError);
      else expect(writeJson(parseExact(text)), text).toBe(JSON.stringify(theirs));
    }
  });

  it('keeps numbers that a double cannot hold', () => {
    const text =
      '{"id":9007199254740993,"big":-12345678901234567890,"pi":3.14159265358979323846,"huge":1e999,"small":0.1,"edge":9007199254740991}';
    const value = parseExact(text) as Record<string, unknown>;
    expect(String(value.id)).toBe('9007199254740993');
    expect(value.id).toBeInstanceOf(ExactNumber);
    expect(value.edge).toBe(9_007_199_254_740_991);
    expect(value.small).toBe(0.1);
    expect(writeJson(value)).toBe(text);
  });

  it('does not let a member become a prototype', () => {
    const value = parseExact('{"__proto__":{"admin":true}}') as { admin?: boolean };
    expect(value.admin).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__']);
  });

  it('is not stopped by depth', () => {
    const text = '['.repeat(50_000) + ']'.repeat(50_000);
    expect(Array.isArray(parseExact(text))).toBe(true);
  });
});
