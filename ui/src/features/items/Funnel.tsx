import { Minus, Plus } from 'lucide-react';
import type { Station } from '@/api/types';
import { cx } from '@/lib/cx';
import { grouped } from '@/lib/format';
import { scale } from './stations';

/** What every step did to the items: how many came in, stayed, left, and by which rule. */
export function Funnel({
  stations,
  selected,
  onSelect,
}: {
  stations: readonly Station[];
  selected: string | undefined;
  onSelect: (stepId: string) => void;
}) {
  const of = scale(stations);
  const move = (event: React.KeyboardEvent<HTMLOListElement>): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const next = buttons[buttons.indexOf(event.target as HTMLButtonElement) + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.click();
  };
  return (
    <ol aria-label="Funnel" className="flex flex-col" onKeyDown={move}>
      {stations.map((station, i) => (
        <li key={station.stepId}>
          <button
            type="button"
            aria-pressed={station.stepId === selected}
            onClick={() => onSelect(station.stepId)}
            className={cx(
              'grid w-full grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 rounded-md px-2 py-1.5 text-left text-sm',
              station.stepId === selected
                ? 'bg-selected shadow-[inset_2px_0_0_var(--accent-fill)]'
                : 'hover:bg-hover',
            )}
          >
            <bdi className="truncate font-medium" title={station.name}>
              {station.name || '(no name)'}
            </bdi>
            <Counts station={station} />
            <span aria-hidden className="relative col-span-2 h-2.5 overflow-hidden rounded-full bg-sunken">
              <span
                className="absolute inset-y-0 left-0 rounded-full bg-line-strong"
                style={{ width: `${of(station.in) * 100}%` }}
              />
              <span
                className={cx(
                  'absolute inset-y-0 left-0 rounded-full',
                  i === stations.length - 1 ? 'bg-accent-fill' : 'bg-kind',
                )}
                data-kind="retriever"
                style={{ width: `max(3px, ${of(station.out) * 100}%)` }}
              />
            </span>
            {station.criterion && (
              <span dir="auto" className="col-span-2 text-xs text-ink-2 [overflow-wrap:anywhere]">
                {station.criterion}
              </span>
            )}
            <Origin station={station} />
          </button>
        </li>
      ))}
    </ol>
  );
}

function Counts({ station: s }: { station: Station }) {
  return (
    <span className="num flex items-center gap-2 text-xs">
      {s.in > 0 && <span className="text-ink-2">{grouped(s.in)} in</span>}
      {s.dropped > 0 && (
        <span className="flex items-center gap-0.5 text-warn">
          <Minus size={11} aria-hidden />
          {grouped(s.dropped)} dropped
        </span>
      )}
      {s.added > 0 && (
        <span className="flex items-center gap-0.5 text-ok">
          <Plus size={11} aria-hidden />
          {grouped(s.added)} added
        </span>
      )}
      {s.in > 0 && s.dropped === 0 && <span className="text-ink-3">all kept</span>}
      <span className="font-semibold">{grouped(s.out)} out</span>
    </span>
  );
}

/** Where the numbers come from, if not plainly from the step's own input and output. */
function Origin({ station: s }: { station: Station }) {
  const words = s.explicit
    ? 'as the program recorded it'
    : s.inferred
      ? 'its candidates were found in an earlier step'
      : undefined;
  return words ? <span className="col-span-2 text-xs text-ink-3">{words}</span> : null;
}
