import { describe, expect, it } from 'vitest';
import { shortened } from './shortened';

describe('a funnel in a column', () => {
  it('is written whole when it fits', () => {
    expect(shortened([5000, 812, 40, 5], 7)).toEqual({ bars: [5000, 812, 40, 5], text: '5k→812→40→5' });
  });
  it('keeps the first, the last, and as many before the last as fit', () => {
    const counts = [598, 402, 377, 300, 244, 120, 60, 12, 1];
    const { bars, text } = shortened(counts, 7);
    expect(text).toBe('598→…→60→12→1');
    expect(text.length).toBeLessThanOrEqual(16);
    expect(bars).toHaveLength(7);
    expect([bars[0], bars.at(-1)]).toEqual([598, 1]);
  });
  it('never loses both ends, however large they are', () => {
    expect(shortened([123_400_000, 12_300_000, 123_400_000], 7).text).toBe('123.4M→…→123.4M');
    expect(shortened([7], 7).text).toBe('7');
  });
});
