/** The arithmetic of charts over time: stacking, whole buckets, spoken ranges. */

/** Each series on top of those before it; the last is the sum. Same length as the first. */
export function stacked(series: ReadonlyArray<ReadonlyArray<number | null>>): number[][] {
  const sums = new Array<number>(series[0]?.length ?? 0).fill(0);
  return series.map((values) => sums.map((_, i) => (sums[i] = (sums[i] ?? 0) + (values[i] ?? 0))));
}

/** A range of time in milliseconds since 1970: `from` belongs to it, `to` does not. */
export interface Span {
  from: number;
  to: number;
}

/** From the first to the last of two buckets, in any order, as times. */
export function bucketSpan(a: number, b: number, start: number, width: number): Span {
  return { from: start + Math.min(a, b) * width, to: start + (Math.max(a, b) + 1) * width };
}

/** Which of `count` buckets, side by side from `left` on, a pixel is over; the nearest beside them. */
export function bucketAt(x: number, left: number, width: number, count: number): number {
  const i = width > 0 ? Math.floor(((x - left) / width) * count) : 0;
  return Math.max(0, Math.min(count - 1, i));
}

/** Of the buckets from first to last. */
export function sumOf(values: ReadonlyArray<number | null>, first: number, last: number): number {
  return values.slice(first, last + 1).reduce<number>((total, n) => total + (n ?? 0), 0);
}

/** The first the empty buckets in front, but at least `least` long. */
export function firstFilled(sums: readonly number[], least = 2): number {
  const first = sums.findIndex((n) => n > 0);
  return first < 0 ? 0 : Math.max(0, Math.min(first, sums.length - least));
}
