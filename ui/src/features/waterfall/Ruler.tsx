import { duration } from '@/lib/format';
import { ticks } from './layout';
import { GRID, TRACK } from './Rows';

/** The time axis above the bars. */
export function Ruler({ span }: { span: number }) {
  return (
    <div aria-hidden className="h-6 border-b border-line bg-surface text-2xs text-ink-3">
      <div className={GRID}>
        <span className="pl-3">Step</span>
        <div className="num relative h-full border-l border-line/50">
          <div className={TRACK}>
            {ticks(span, 4).map((t) => (
              <span
                key={t}
                className="absolute inset-y-0 flex items-center border-l border-line pl-1 whitespace-nowrap"
                style={{ left: `${(t / span) * 100}%` }}
              >
                {t === 0 ? '0' : duration(t)}
              </span>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
