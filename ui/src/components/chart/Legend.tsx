import { cx } from '@/lib/cx';
import type { Series, Tone } from './types';

export const SWATCH: Record<Tone, string> = {
  'bar-ok': 'bg-bar-ok',
  'bar-err': 'bg-bar-err',
  'bar-run': 'bg-bar-run',
  warn: 'bg-warn',
  accent: 'bg-accent',
  'ink-3': 'bg-ink-3',
};

/** What the colours of a chart mean. */
export function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul className="flex flex-wrap gap-x-3 text-2xs text-ink-2">
      {series.map((s) => (
        <li key={s.label} className="flex items-center gap-1">
          <span aria-hidden className={cx('size-2 rounded-[2px]', SWATCH[s.tone])} />
          {s.label}
        </li>
      ))}
    </ul>
  );
}
