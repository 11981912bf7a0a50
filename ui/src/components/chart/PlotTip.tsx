import { sumOf } from '@/lib/chart';
import { cx } from '@/lib/cx';
import { spanWords } from '@/lib/time';
import { SWATCH } from './Legend';
import type { Area } from './Plot';
import type { ChartProps } from './types';

const WIDE = 190;

/** What the buckets under the pointer or the keys hold. */
export function PlotTip({
  props: { start, width, series, format, look, marks = [] },
  first,
  last,
  area,
}: {
  props: ChartProps;
  first: number;
  last: number;
  area: Area;
}) {
  const count = series[0]?.values.length ?? 1;
  const from = start + first * width;
  const to = start + (last + 1) * width;
  const middle = area.left + (area.width * (first + last + 1)) / 2 / count;
  // Beside the buckets, on the side with more room, so that it never covers them.
  const half = (area.width * (last + 1 - first)) / 2 / count + 8;
  const right = middle + half + WIDE < area.left + area.width;
  return (
    <div
      aria-hidden
      className={cx(
        'pointer-events-none absolute top-0 z-20 rounded-lg border border-line bg-raised px-2.5 py-1.5 text-xs whitespace-nowrap shadow-pop',
        !right && '-translate-x-full',
      )}
      style={{ left: right ? middle + half : middle - half }}
    >
      <div className="num mb-0.5 font-medium text-ink">{spanWords(from, to)}</div>
      {series.map((s) => (
        <div key={s.label} className="flex items-center gap-1.5 text-ink-2">
          <span className={cx('size-2 rounded-[2px]', SWATCH[s.tone])} />
          <span>{s.label}</span>
          <span className="num ml-auto pl-4 font-medium text-ink">
            {look === 'bars' ? format(sumOf(s.values, first, last)) : pointWords(s.values[last], format)}
          </span>
        </div>
      ))}
      {marks
        .filter(({ at }) => at >= from && at < to)
        .map(({ at, label }) => (
          <div key={`${at} ${label}`} className="mt-0.5 text-ink-3">
            {label}
          </div>
        ))}
    </div>
  );
}

/** A bucket without a value has no point, which is not the same as zero. */
function pointWords(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}
