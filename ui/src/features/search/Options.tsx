import { useEffect, useRef } from 'react';
import { cx } from '@/lib/cx';
import { groupBy } from '@/lib/sets';
import type { Completion } from './completions';

/** The list below the query; the query's own input keeps the focus. */
export function Options({
  id,
  options,
  active,
  onAccept,
  onPoint,
}: {
  id: string;
  options: readonly Completion[];
  active: number;
  onAccept: (option: Completion) => void;
  onPoint: (index: number) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active >= 0) document.getElementById(`${id}${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  const indexed = options.map((option, index) => ({ option, index }));
  return (
    <div
      ref={list}
      id={`${id}list`}
      role="listbox"
      aria-label="Completions"
      // Pressing an option must not take the focus from the input.
      onMouseDown={(event) => event.preventDefault()}
      className="absolute top-full right-0 left-0 z-40 mt-1 max-h-[min(420px,60vh)] max-w-[720px] overflow-y-auto max-sm:w-[calc(100vw-24px)] rounded-lg border border-line bg-raised p-1 shadow-pop"
    >
      {[...groupBy(indexed, ({ option }) => option.group)].map(([group, rows]) => (
        <div key={group} role="group" aria-label={group}>
          <div aria-hidden className="eyebrow px-2 pt-1.5 pb-1">
            {group}
          </div>
          {rows.map(({ option, index }) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
            <div
              key={`${index} ${option.label}`}
              id={`${id}${index}`}
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              onClick={() => onAccept(option)}
              onPointerMove={() => index !== active && onPoint(index)}
              className={cx(
                'flex cursor-pointer items-baseline gap-4 rounded-md px-2 py-1',
                index === active && 'bg-hover',
              )}
            >
              <bdi className="mono max-w-[70%] shrink-0 truncate text-ink">{option.label}</bdi>
              <span className="num ml-auto truncate text-xs text-ink-3">
                {option.note.replaceAll('`', '')}
              </span>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
