import { describe, expect, it } from 'vitest';
import { textDiff } from './textdiff';

const side = (edits: ReturnType<typeof textDiff>, without: '-' | '+'): string =>
  edits
    .filter((e) => e.op !== without)
    .map((e) => e.text)
    .join('');

describe('a diff of texts', () => {
  it('says what went and what came, word by word', () => {
    expect(textDiff('a red phone case', 'a blue phone case now')).toEqual([
      { op: '=', text: 'a' },
      { op: '-', text: ' red' },
      { op: '+', text: ' blue' },
      { op: '=', text: ' phone case' },
      { op: '+', text: ' now' },
    ]);
  });

  it('loses nothing of either text, whatever they are', () => {
    let seed = 5;
    const next = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % n;
    };
    const text = (): string =>
      Array.from({ length: next(30) }, () => ['a', 'b', ' ', '\n', 'é', ' c '][next(6)]).join('');
    for (let i = 0; i < 2_000; i++) {
      const [a, b] = [text(), text()];
      const edits = textDiff(a, b);
      expect(side(edits, '+')).toBe(a);
      expect(side(edits, '-')).toBe(b);
    }
  });

  it('gives up on texts that have nothing in common, in good time', () => {
    const many = (word: string): string => Array.from({ length: 20_000 }, (_, i) => word + i).join(' ');
    const edits = textDiff(`same ${many('a')}`, `same ${many('b')}`);
    expect(edits.map((e) => e.op)).toEqual(['=', '-', '+']);
  });
});
