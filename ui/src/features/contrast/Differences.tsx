import type { ReactNode } from 'react';
import type { Contrasted } from '@/api/types';
import { cx } from '@/lib/cx';
import { condition, isMedian, lengths, measured } from './measure';

/** In what the selected executions differ from the others, the greatest effect first. */
export function Differences({
  differences,
  link,
}: {
  differences: readonly Contrasted[];
  /** How the screen links to the executions that a condition finds. */
  link: (condition: string, children: ReactNode) => ReactNode;
}) {
  return (
    <ol aria-label="Differences" className="flex flex-col">
      {differences.map((d) => {
        const found = condition(d);
        return (
          <li
            key={`${d.stepName}\n${d.what}\n${d.detail}`}
            className="grid grid-cols-[minmax(0,1fr)_minmax(180px,300px)] gap-x-6 gap-y-2 border-b border-line/60 px-4 py-3 text-sm last:border-0 max-sm:grid-cols-1"
          >
            <div className="min-w-0">
              <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
                {d.text}
              </p>
              <p className="num mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3">
                <Effect effect={d.effect} />
                {found && link(found, 'Show the executions')}
              </p>
            </div>
            <Pair difference={d} />
          </li>
        );
      })}
    </ol>
  );
}

/** In words as well: a number from 0 to 1 says little to most. */
function Effect({ effect }: { effect: number }) {
  const words =
    effect >= 0.9 ? 'tells them apart' : effect >= 0.6 ? 'strong' : effect >= 0.4 ? 'clear' : 'slight';
  return (
    <span className={cx(effect >= 0.6 && 'text-warn')}>
      {words} · effect {effect.toFixed(2)}
    </span>
  );
}

function Pair({ difference: d }: { difference: Contrasted }) {
  const long = lengths(d);
  return (
    <dl className="flex flex-col gap-1.5" title={isMedian(d) ? 'Medians' : 'Shares of the executions'}>
      <Side label="selected" value={measured(d, d.selected)} length={long.selected} strong />
      <Side label="others" value={measured(d, d.baseline)} length={long.baseline} />
    </dl>
  );
}

function Side({
  label,
  value,
  length,
  strong = false,
}: {
  label: string;
  value: string;
  length: number;
  strong?: boolean;
}) {
  return (
    <div className="grid grid-cols-[56px_minmax(0,1fr)_64px] items-center gap-2 text-xs">
      <dt className="text-ink-3">{label}</dt>
      <dd aria-hidden className="h-2 overflow-hidden rounded-full bg-sunken">
        <span
          className={cx('block h-full rounded-full', strong ? 'bg-accent-fill' : 'bg-line-strong')}
          style={{ width: `${Math.min(1, length) * 100}%` }}
        />
      </dd>
      <dd className={cx('num text-right', strong ? 'font-semibold' : 'text-ink-2')}>{value}</dd>
    </div>
  );
}
