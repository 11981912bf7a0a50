import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { cx } from '@/lib/cx';
import { preview, type Table } from '@/lib/json';

const ROW = 30;
const NUMBER_WIDTH = 44;
const SAMPLE = 60;

/** An array of like objects as a table with its own scroll bars. */
export function RecordTable({
  table,
  label,
  lit,
}: {
  table: Table;
  label: string;
  /** Path below the table: row index, then column. */
  lit?: readonly string[] | undefined;
}) {
  const box = useRef<HTMLDivElement>(null);
  const columns = useMemo(() => measure(table), [table]);
  const grid = `${NUMBER_WIDTH}px ${columns.map((c) => `${c.width}px`).join(' ')}`;
  const virtual = useVirtualizer({
    count: table.rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    scrollMargin: ROW,
    overscan: 12,
  });
  const litRow = lit === undefined ? -1 : Number(lit[0]);
  const litColumn = columns.findIndex((c) => c.name === lit?.[1]);
  useEffect(() => {
    if (litRow < 0) return;
    virtual.scrollToIndex(litRow, { align: 'center' });
    // Sideways by hand: scrollIntoView would also move the page around the table.
    const before = columns.slice(0, Math.max(0, litColumn)).reduce((sum, c) => sum + c.width, NUMBER_WIDTH);
    const room = (box.current?.clientWidth ?? 0) / 2;
    box.current?.scrollTo({ left: Math.max(0, before - room) });
  }, [litRow, litColumn, columns, virtual]);

  return (
    <div
      ref={box}
      role="table"
      aria-label={label}
      aria-rowcount={table.rows.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative max-h-[68vh] overflow-auto rounded-lg border border-line bg-surface text-xs"
    >
      <div
        role="row"
        className="sticky top-0 z-10 grid w-max min-w-full border-b border-line bg-raised font-medium text-ink-2"
        style={{ gridTemplateColumns: grid, height: ROW }}
      >
        <span role="columnheader" className="px-2 leading-[30px] text-ink-3">
          <span aria-hidden>#</span>
          <span className="sr-only">Row</span>
        </span>
        {columns.map((c) => (
          <span
            key={c.name}
            role="columnheader"
            className={cx('truncate px-2 leading-[30px]', c.numeric && 'text-right')}
          >
            {c.name}
          </span>
        ))}
      </div>
      <div role="rowgroup" className="relative w-max min-w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            role="row"
            aria-rowindex={item.index + 2}
            className="absolute top-0 left-0 grid w-max min-w-full border-b border-line/60 hover:bg-hover"
            style={{ gridTemplateColumns: grid, height: ROW, transform: `translateY(${item.start - ROW}px)` }}
          >
            <span role="rowheader" className="num px-2 leading-[29px] text-ink-3">
              {item.index}
            </span>
            {columns.map((c) => (
              <Cell
                key={c.name}
                value={table.rows[item.index]?.[c.name]}
                numeric={c.numeric}
                isLit={item.index === litRow && (lit?.length === 1 || lit?.[1] === c.name)}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function Cell({ value, numeric, isLit }: { value: unknown; numeric: boolean; isLit: boolean }) {
  const missing = value === undefined || value === null;
  const text = missing ? (value === null ? 'null' : '') : preview(value, 200);
  return (
    <span
      role="cell"
      title={text.length > 12 ? text : undefined}
      className={cx('truncate px-2 leading-[29px]', numeric && 'num text-right', missing && 'text-ink-3')}
    >
      <span className={cx(isLit && 'lit animate-found px-1')}>{text}</span>
    </span>
  );
}

interface Column {
  name: string;
  width: number;
  numeric: boolean;
}

/** Widths from a sample: enough for most cells, never a whole screen for one. */
function measure(table: Table): Column[] {
  const sample = table.rows.slice(0, SAMPLE);
  return table.columns.map((name) => {
    const values = sample.map((row) => row[name]).filter((v) => v !== undefined && v !== null);
    const longest = Math.max(name.length + 1, ...values.map((v) => preview(v, 60).length));
    const width = Math.min(300, Math.max(64, Math.round(longest * 6.6 + 22)));
    return { name, width, numeric: values.length > 0 && values.every((v) => typeof v === 'number') };
  });
}
