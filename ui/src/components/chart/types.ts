import type { Span } from '@/lib/chart';

/** A colour of the product, by the name of its token. */
export type Tone = 'bar-ok' | 'bar-err' | 'bar-run' | 'accent' | 'warn' | 'ink-3';

export interface Series {
  label: string;
  tone: Tone;
  /** One for each bucket; null where there is nothing to draw a line through. */
  values: ReadonlyArray<number | null>;
}

/** What is drawn. */
export interface Picture {
  /** The start of the first bucket, in milliseconds since 1970. */
  start: number;
  /** How long a bucket is, in milliseconds. */
  width: number;
  /** Bars are stacked, the first series at the bottom; lines are not. */
  look: 'bars' | 'lines';
  series: readonly Series[];
  /** Bars count whole things unless this says that they are amounts. */
  fractions?: boolean;
  height: number;
  /** Moments worth a line of their own, such as a new version. */
  marks?: ReadonlyArray<{ at: number; label: string }>;
}

export interface ChartProps extends Picture {
  /** What it shows, for those who do not see it. */
  name: string;
  /** A value in words, on the axis and in the tip; empty to leave a tick out. */
  format: (value: number) => string;
  /** What dragging over it, or choosing with the keys, asks for. */
  onZoom?: (span: Span) => void;
}
