import { useVirtualizer } from '@tanstack/react-virtual';
import { Equal } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { StepPair } from '@/api/types';
import { useScroll } from '@/components/Scroll';
import { cx } from '@/lib/cx';
import { plural } from '@/lib/format';
import { costDelta, durationDelta } from './deltas';
import { fold, type Line } from './fold';
import { Relation } from './Relation';

const LINE = 34;

/** The aligned steps; runs that are the same are folded. */
export function PairList({
  pairs,
  chosen,
  onChoose,
}: {
  pairs: readonly StepPair[];
  chosen: number | undefined;
  onChoose: (index: number) => void;
}) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const lines = useMemo(() => fold(pairs, opened, chosen), [pairs, opened, chosen]);
  const list = useRef<HTMLOListElement>(null);
  const scroll = useScroll(list);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.element,
    estimateSize: () => LINE,
    scrollMargin: scroll.margin,
    scrollPaddingStart: LINE,
    scrollPaddingEnd: LINE,
    overscan: 12,
    useFlushSync: false,
  });
  const at = lines.findIndex((line) => line.kind === 'pair' && line.index === chosen);
  const ready = scroll.element !== null;
  useEffect(() => {
    if (ready && at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [ready, at, virtual]);
  return (
    <ol ref={list} aria-label="Steps of both" className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const line = lines[item.index] as Line;
        return (
          <li
            key={item.key}
            className="absolute inset-x-0 top-0 border-b border-line/50"
            style={{ height: item.size, transform: `translateY(${item.start - scroll.margin}px)` }}
          >
            {line.kind === 'pair' ? (
              <PairLine
                pair={line.pair}
                chosen={line.index === chosen}
                onChoose={() => onChoose(line.index)}
              />
            ) : (
              <button
                type="button"
                aria-expanded={false}
                onClick={() => setOpened((set) => new Set(set).add(line.from))}
                className="flex h-full w-full items-center gap-2 px-4 text-xs text-ink-3 hover:bg-hover hover:text-ink"
              >
                <Equal size={14} aria-hidden />
                {plural(line.to - line.from, 'step')} the same
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function PairLine({ pair, chosen, onChoose }: { pair: StepPair; chosen: boolean; onChoose: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onChoose}
      className={cx(
        'grid h-full w-full grid-cols-[88px_minmax(0,1fr)_auto] items-center gap-2 px-4 text-left text-sm',
        chosen ? 'bg-selected shadow-[inset_2px_0_0_var(--accent-fill)]' : 'hover:bg-hover',
      )}
    >
      <Relation relation={pair.relation} />
      <bdi className={cx('truncate font-medium', pair.relation === 'same' && 'text-ink-2')}>
        {pair.name || '(no name)'}
      </bdi>
      <span className="num flex gap-3 text-xs text-ink-3">
        {pair.costUsd !== undefined && pair.costUsd !== 0 && <span>{costDelta(pair.costUsd)}</span>}
        {pair.a && pair.b && <span className="w-18 text-right">{durationDelta(pair.durationNano)}</span>}
      </span>
    </button>
  );
}
