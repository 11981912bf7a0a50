import { count } from '@/lib/format';

const MOST_TEXT = 16;

/**
 * A funnel that fits its place: bars thinned in the middle, and numbers as
 * `598→…→12→1`, never without the first and the last.
 */
export function shortened(counts: readonly number[], most: number): { bars: number[]; text: string } {
  const bars =
    counts.length <= most
      ? [...counts]
      : Array.from(
          { length: most },
          (_, i) => counts[Math.round((i * (counts.length - 1)) / (most - 1))] ?? 0,
        );
  const words = counts.map(count);
  if (words.length <= 2 || words.join('→').length <= MOST_TEXT) return { bars, text: words.join('→') };
  const first = `${words[0]}→…`;
  let tail = '';
  for (const word of words.slice(1).toReversed()) {
    if (tail && first.length + tail.length + word.length + 1 > MOST_TEXT) break;
    tail = `→${word}${tail}`;
  }
  return { bars, text: first + tail };
}
