import { describe, expect, it } from 'vitest';
import { type Command, looksLikeId, match } from './match';

const commands: Command[] = ['Show failed executions', 'Theme: dark', 'Dark matter search', 'Help'].map(
  (label, i) =>
    ({
      id: String(i),
      group: 'g',
      label,
      note: i === 3 ? 'keys and marks' : undefined,
      run: () => {},
    }) as Command,
);
const labels = (text: string): string[] => match(commands, text).map((c) => c.label);

describe('the palette', () => {
  it('offers all before anything is typed, in their order', () => {
    expect(labels(' ')).toEqual(commands.map((c) => c.label));
  });
  it('wants every word and puts beginnings first', () => {
    expect(labels('dark')).toEqual(['Dark matter search', 'Theme: dark']);
    expect(labels('exec fail')).toEqual(['Show failed executions']);
    expect(labels('KEYS')).toEqual(['Help']);
    expect(labels('dark nothing')).toEqual([]);
  });
  it('knows an id from words', () => {
    expect(looksLikeId('4bf92f3577b34da6a3ce929d0e0e4736')).toBe(true);
    expect(looksLikeId('order-17')).toBe(true);
    expect(looksLikeId('two words')).toBe(false);
    expect(looksLikeId('ab')).toBe(false);
  });
});
