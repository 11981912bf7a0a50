import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { cx } from '@/lib/cx';
import { useScroll } from './Scroll';

export interface LongColumn<T> {
  label: string;
  cell: (row: T) => ReactNode;
  /** Its width, and below which width of the table it hides: `w-32 @max-md:hidden`. */
  className: string;
  /** Numbers stand to the right. */
  end?: boolean;
}

/**
 * A table of any length, on the scroll bar of the pane around it. Rows come in
 * pages: `onEnd` is called near the end.
 */
export function LongTable<T>({
  name,
  columns,
  rows,
  rowKey,
  hasMore,
  onEnd,
  detail,
}: {
  name: string;
  columns: ReadonlyArray<LongColumn<T>>;
  rows: readonly T[];
  rowKey: (row: T) => string;
  hasMore: boolean;
  onEnd: () => void;
  /** What stands below the cells of a row, over its whole width. */
  detail?: (row: T) => ReactNode;
}) {
  const body = useRef<HTMLDivElement>(null);
  const { element, margin } = useScroll(body);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => element,
    estimateSize: () => 37,
    scrollMargin: margin,
    overscan: 12,
    useFlushSync: false,
    getItemKey: (i) => {
      const row = rows[i];
      return row === undefined ? i : rowKey(row);
    },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - 20) onEnd();
  }, [hasMore, last, rows.length, onEnd]);
  return (
    <div
      role="table"
      aria-label={name}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      className="@container overflow-hidden rounded-lg border border-line bg-surface"
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="flex gap-4 border-b border-line bg-raised px-3 py-2">
          {columns.map((column) => (
            <div
              key={column.label}
              role="columnheader"
              className={cx('eyebrow', column.end && 'text-right', column.className)}
            >
              {column.label}
            </div>
          ))}
        </div>
      </div>
      <div ref={body} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="row"
              aria-rowindex={item.index + 2}
              className="absolute inset-x-0 border-b border-line px-3 py-2 text-sm"
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              <div role="presentation" className="flex gap-4">
                {columns.map((column) => (
                  <div
                    key={column.label}
                    role="cell"
                    className={cx('min-w-0 truncate', column.end && 'num text-right', column.className)}
                  >
                    {column.cell(row)}
                  </div>
                ))}
              </div>
              {detail && (
                <div role="cell" className="empty:hidden">
                  {detail(row)}
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
