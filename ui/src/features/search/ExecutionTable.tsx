import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Execution } from '@/api/types';
import { useHotkeys } from '@/components/useHotkeys';
import { useWidth } from '@/components/useWidth';
import { cx } from '@/lib/cx';
import { grouped } from '@/lib/format';
import type { Density } from './ColumnPicker';
import { CARD_BELOW, fitColumns, type Pin, type Shown } from './columns';
import { ExecutionCard, ExecutionRow, HeaderRow } from './ExecutionRow';
import { hold, justArrived } from './hold';
import { ListEnd } from './ListEnd';
import { Picked } from './Picked';
import { pickedNext, pickedThrough } from './picking';

const HEADER = 32;
const HEIGHTS = { comfortable: 54, compact: 32, card: 84 };

export interface ExecutionTableProps {
  executions: readonly Execution[];
  peeked: string | undefined;
  onPeek: (id: string | undefined) => void;
  onOpen: (id: string) => void;
  onCompare: (a: string, b: string) => void;
  onContrast: (ids: readonly string[]) => void;
  shown: Shown;
  density: Density;
  /** The P95 of the executions of a name, in nanoseconds. */
  p95: ReadonlyMap<string, number>;
  renderPin: (execution: Execution, pin: Pin) => ReactNode;
  hasMore: boolean;
  loadingMore: boolean;
  onMore: () => void;
  /** Up to where a search that may stop has looked; then it goes on only when asked to. */
  searchedTo: string | undefined;
}

const GRID = 'grid items-center gap-x-5 px-4';

/** The list itself: virtual, live, walked with j and k. */
export function ExecutionTable(props: ExecutionTableProps) {
  const {
    executions,
    peeked,
    onPeek,
    onOpen,
    onCompare,
    onContrast,
    hasMore,
    loadingMore,
    onMore,
    searchedTo,
  } = props;
  const box = useRef<HTMLDivElement>(null);
  const [known, setKnown] = useState<ReadonlySet<string>>();
  const [active, setActive] = useState<string | undefined>(peeked);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const { shown, waiting } = hold(executions, known);
  const [measure, width] = useWidth();
  const isCard = width > 0 && width < CARD_BELOW;
  const layout = useMemo(() => fitColumns(props.shown, width || 2_000), [props.shown, width]);
  const height = HEIGHTS[isCard ? 'card' : props.density];
  const header = isCard ? 0 : HEADER;
  // What was there at first sight has not just arrived.
  const [firstSeen] = useState(() => executions[0]?.startedAt ?? '');

  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    scrollMargin: header,
    scrollPaddingStart: header,
    overscan: 8,
    useFlushSync: false,
    getItemKey: (i) => shown[i]?.id ?? i,
  });
  // Rows of another height: what was measured holds no more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is why
  useLayoutEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !searchedTo && !loadingMore && lastSeen >= shown.length - 20) onMore();
  }, [hasMore, searchedTo, loadingMore, lastSeen, shown.length, onMore]);

  const onScroll = (): void => {
    const away = (box.current?.scrollTop ?? 0) > height;
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
  const order = useRef(shown);
  order.current = shown;
  const pick = useCallback((id: string, through = false): void => {
    const list = through ? order.current.map((e) => e.id) : [];
    setPicked((old) => (through ? pickedThrough(old, id, list) : pickedNext(old, id)));
  }, []);
  const compare = (): void => {
    const [a, b] = picked;
    if (picked.length > 2) onContrast(picked);
    else if (a && b) onCompare(a, b);
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
        ref={(element) => {
          box.current = element;
          return measure(element) as (() => void) | undefined;
        }}
        role="grid"
        aria-label="Executions"
        aria-rowcount={hasMore ? -1 : shown.length + 1}
        aria-activedescendant={active && at >= 0 ? `execution-${active}` : undefined}
        tabIndex={0}
        onScroll={onScroll}
        className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto outline-none"
      >
        {!isCard && (
          <div
            role="row"
            aria-rowindex={1}
            style={{ gridTemplateColumns: layout.template }}
            className={cx(GRID, 'sticky top-0 z-10 h-8 border-b border-line bg-surface')}
          >
            <HeaderRow columns={layout.columns} pins={layout.pins} />
          </div>
        )}
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
                  GRID,
                  'group absolute inset-x-0 top-0 cursor-pointer border-b border-line/60',
                  e.id === active
                    ? 'bg-selected shadow-[inset_2px_0_0_var(--accent-fill)]'
                    : 'hover:bg-hover',
                  justArrived(e, firstSeen, Date.now()) && e.id !== active && 'animate-arrive',
                )}
                style={{
                  height: item.size,
                  transform: `translateY(${item.start - header}px)`,
                  gridTemplateColumns: isCard ? '1fr' : layout.template,
                }}
              >
                {isCard ? (
                  <ExecutionCard execution={e} picked={picked.indexOf(e.id)} onPick={pick} />
                ) : (
                  <ExecutionRow
                    execution={e}
                    columns={layout.columns}
                    pins={layout.pins}
                    roomy={props.density === 'comfortable'}
                    p95={props.p95.get(e.name)}
                    picked={picked.indexOf(e.id)}
                    onPick={pick}
                    renderPin={props.renderPin}
                  />
                )}
              </div>
            );
          })}
        </div>
        <ListEnd
          length={shown.length}
          hasMore={hasMore}
          loadingMore={loadingMore}
          searchedTo={searchedTo}
          onMore={onMore}
        />
      </div>
      <Picked count={picked.length} onCompare={compare} onContrast={compare} onClear={() => setPicked([])} />
    </div>
  );
}
