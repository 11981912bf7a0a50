import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Execution } from '@/api/types';
import { useHotkeys } from '@/components/useHotkeys';
import { cx } from '@/lib/cx';
import { grouped } from '@/lib/format';
import { COLUMNS, ExecutionRow, HeaderRow } from './ExecutionRow';
import { hold, justArrived } from './hold';
import { Picked } from './Picked';
import { pickedNext } from './picking';

const ROW = 54;
const HEADER = 32;

export interface ExecutionTableProps {
  executions: readonly Execution[];
  peeked: string | undefined;
  onPeek: (id: string | undefined) => void;
  onOpen: (id: string) => void;
  onCompare: (a: string, b: string) => void;
  hasMore: boolean;
  loadingMore: boolean;
  onMore: () => void;
}

/** The list itself: virtual, live, walked with j and k. */
export function ExecutionTable(props: ExecutionTableProps) {
  const { executions, peeked, onPeek, onOpen, onCompare, hasMore, loadingMore, onMore } = props;
  const box = useRef<HTMLDivElement>(null);
  const [known, setKnown] = useState<ReadonlySet<string>>();
  const [active, setActive] = useState<string | undefined>(peeked);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const { shown, waiting } = hold(executions, known);
  // What was there at first sight has not just arrived.
  const [firstSeen] = useState(() => executions[0]?.startedAt ?? '');

  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    scrollMargin: HEADER,
    scrollPaddingStart: HEADER,
    overscan: 8,
    useFlushSync: false,
    getItemKey: (i) => shown[i]?.id ?? i,
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && lastSeen >= shown.length - 20) onMore();
  }, [hasMore, loadingMore, lastSeen, shown.length, onMore]);

  const onScroll = (): void => {
    const away = (box.current?.scrollTop ?? 0) > ROW;
    if (away && !known) setKnown(new Set(executions.map((e) => e.id)));
    if (!away && known) setKnown(undefined);
  };
  const toTop = (): void => {
    setKnown(undefined);
    box.current?.scrollTo({ top: 0 });
  };

  const at = shown.findIndex((e) => e.id === active);
  const move = (by: number): void => {
    const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by))];
    if (!next) return;
    setActive(next.id);
    virtual.scrollToIndex(shown.indexOf(next), { align: 'auto' });
    if (peeked) onPeek(next.id);
  };
  const pick = useCallback((id: string): void => setPicked((old) => pickedNext(old, id)), []);
  const compare = (): void => {
    const [a, b] = picked;
    if (a && b) onCompare(a, b);
  };
  useHotkeys({
    x: () => active && pick(active),
    c: compare,
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: (event) => {
      // Enter on a focused link or button is its own.
      const own = event.target instanceof HTMLElement && event.target.closest('a,button');
      if (own) (own as HTMLElement).click();
      else if (active) onPeek(active === peeked ? undefined : active);
    },
    o: () => active && onOpen(active),
  });

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {waiting > 0 && (
        <button
          type="button"
          onClick={toTop}
          className="num absolute top-10 left-1/2 z-20 flex -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent-fill px-3 py-1 text-xs font-semibold text-on-accent shadow-pop"
        >
          <ArrowUp size={13} aria-hidden />
          {grouped(waiting)} new
        </button>
      )}
      <div
        ref={box}
        role="grid"
        aria-label="Executions"
        aria-rowcount={hasMore ? -1 : shown.length + 1}
        aria-activedescendant={active && at >= 0 ? `execution-${active}` : undefined}
        tabIndex={0}
        onScroll={onScroll}
        className="@container min-h-0 flex-1 overflow-x-hidden overflow-y-auto outline-none"
      >
        <HeaderRow />
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const e = shown[item.index] as Execution;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for its rows
              <div
                key={item.key}
                id={`execution-${e.id}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={e.id === active}
                tabIndex={-1}
                onClick={(event) => {
                  setActive(e.id);
                  if (event.metaKey || event.ctrlKey)
                    window.open(`/executions/${e.id}`, '_blank', 'noopener');
                  else onOpen(e.id);
                }}
                className={cx(
                  COLUMNS,
                  'group absolute inset-x-0 top-0 cursor-pointer border-b border-line/60',
                  e.id === active
                    ? 'bg-selected shadow-[inset_2px_0_0_var(--accent-fill)]'
                    : 'hover:bg-hover',
                  justArrived(e, firstSeen, Date.now()) && e.id !== active && 'animate-arrive',
                )}
                style={{ height: item.size, transform: `translateY(${item.start - HEADER}px)` }}
              >
                <ExecutionRow execution={e} picked={picked.indexOf(e.id)} onPick={pick} />
              </div>
            );
          })}
        </div>
        {loadingMore && <p className="py-3 text-center text-xs text-ink-3">Loading older executions…</p>}
        {!hasMore && shown.length > 30 && (
          <p className="py-4 text-center text-xs text-ink-3">That is all there is.</p>
        )}
      </div>
      <Picked count={picked.length} onCompare={compare} onClear={() => setPicked([])} />
    </div>
  );
}
