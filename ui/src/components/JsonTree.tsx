import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type JsonLine, jsonLines, openAtFirst, opening } from '@/lib/jsonlines';
import { formatPointer } from '@/lib/pointer';
import { toggled } from '@/lib/sets';
import { Line } from './JsonLine';
import { JsonSearch } from './JsonSearch';
import { useScroll } from './Scroll';

const LINE = 22;
/** Smaller trees are seen at a glance. */
const WORTH_SEARCHING = 12;

/**
 * JSON of any size: only open branches become lines, only lines in sight
 * become elements. `lit` is the path of a value to open, scroll to and light.
 */
export function JsonTree({
  value,
  base,
  lit,
}: {
  value: unknown;
  /** Pointer of `value` itself, for "copy path". */
  base: string;
  lit?: readonly string[] | undefined;
}) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [hit, setHit] = useState<readonly string[]>();
  const initial = useMemo(() => openAtFirst(value), [value]);
  const sought = hit ?? lit;
  // What was touched differs from what is open at first.
  const open = useMemo(() => {
    const set = new Set(initial);
    for (const id of touched) if (!set.delete(id)) set.add(id);
    for (const path of [lit, hit]) if (path) for (const id of opening(value, path)) set.add(id);
    return set;
  }, [initial, touched, lit, hit, value]);
  const lines = useMemo(() => jsonLines(value, open), [value, open]);

  const list = useRef<HTMLDivElement>(null);
  const scroll = useScroll(list);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.element,
    estimateSize: () => LINE,
    scrollMargin: scroll.margin,
    overscan: 20,
    getItemKey: (i) => lines[i]?.id ?? i,
  });

  const litId = lit && formatPointer(lit);
  const soughtId = sought && formatPointer(sought);
  const soughtIndex = soughtId === undefined ? -1 : lines.findIndex((line) => line.id === soughtId);
  const ready = scroll.element !== null;
  useEffect(() => {
    if (ready && soughtIndex >= 0) virtual.scrollToIndex(soughtIndex, { align: 'center' });
  }, [ready, soughtIndex, virtual]);

  const toggle = (id: string): void => {
    // A found value must not hold open what someone closes.
    if (hit && opening(value, hit).includes(id)) setHit(undefined);
    setTouched((set) => toggled(set, id));
  };
  const searchable = lines.length > WORTH_SEARCHING || lines.some((line) => line.size && !line.open);
  return (
    <div>
      {searchable && <JsonSearch value={value} onHit={setHit} />}
      <div
        ref={list}
        className="relative font-mono text-xs"
        style={{ height: virtual.getTotalSize() }}
        data-testid="json-tree"
      >
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index] as JsonLine;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - scroll.margin}px)` }}
            >
              <Line
                line={line}
                base={base}
                look={line.id === litId ? 'lit' : line.id === soughtId ? 'hit' : undefined}
                onToggle={() => toggle(line.id)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
