import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { bytes } from '@/lib/format';
import { childId, copyText, type JsonLine, jsonLines, nested, openAtFirst, preview } from '@/lib/json';
import { formatPointer } from '@/lib/pointer';
import { toggled } from '@/lib/sets';
import { Copy } from './Copy';
import { useScroll } from './Scroll';

const LINE = 22;

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
  const initial = useMemo(() => openAtFirst(value), [value]);
  // What was touched differs from what is open at first.
  const open = useMemo(() => {
    const set = new Set(initial);
    for (const id of touched) if (!set.delete(id)) set.add(id);
    for (let i = 0; lit && i < lit.length; i++) set.add(formatPointer(lit.slice(0, i)));
    return set;
  }, [initial, touched, lit]);
  const lines = useMemo(() => jsonLines(value, open), [value, open]);

  const list = useRef<HTMLDivElement>(null);
  const scroll = useScroll(list);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.element,
    estimateSize: () => LINE,
    scrollMargin: scroll.margin,
    overscan: 20,
    getItemKey: (i) => formatPointer(lines[i]?.path ?? []),
  });

  const litId = lit && formatPointer(lit);
  const litIndex = litId === undefined ? -1 : lines.findIndex((line) => formatPointer(line.path) === litId);
  const ready = scroll.element !== null;
  useEffect(() => {
    if (ready && litIndex >= 0) virtual.scrollToIndex(litIndex, { align: 'center' });
  }, [ready, litIndex, virtual]);

  const toggle = (path: readonly string[]): void => setTouched((set) => toggled(set, formatPointer(path)));

  return (
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
              isLit={item.index === litIndex}
              onToggle={() => toggle(line.path)}
            />
          </div>
        );
      })}
    </div>
  );
}

function Line({
  line,
  base,
  isLit,
  onToggle,
}: {
  line: JsonLine;
  base: string;
  isLit: boolean;
  onToggle: () => void;
}) {
  const { value, size, key } = line;
  const pointer = base + formatPointer(line.path);
  return (
    <div
      className="group relative flex min-h-[22px] items-start gap-1 rounded py-[2px] pr-14 leading-[18px] hover:bg-hover"
      style={{ paddingLeft: line.depth * 14 + 4 }}
      data-pointer={pointer}
    >
      {size === undefined || size === 0 ? (
        <span className="w-3.5 shrink-0" />
      ) : (
        <button
          type="button"
          aria-expanded={line.open}
          aria-label={`${line.open ? 'Close' : 'Open'} ${key ?? 'the value'}`}
          onClick={onToggle}
          className="flex h-[18px] w-3.5 shrink-0 items-center justify-center text-ink-3 hover:text-ink"
        >
          <ChevronRight
            size={12}
            className={cx('transition-transform', line.open && 'rotate-90')}
            aria-hidden
          />
        </button>
      )}
      <div
        className={cx(
          'min-w-0',
          size === undefined ? '[overflow-wrap:anywhere]' : 'truncate',
          isLit && 'lit animate-found px-1',
        )}
      >
        {key !== undefined && <span className="text-[var(--json-key)]">{key}</span>}
        {key !== undefined && <span className="text-ink-3">: </span>}
        {size === undefined ? <Scalar value={value} base={pointer} /> : <Branch line={line} size={size} />}
      </div>
      <span className="absolute top-px right-0 flex rounded bg-hover opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <Copy name="Copy value" text={() => copyText(value)} className="h-5" />
        <Copy name={`Copy path ${pointer}`} text={() => pointer} className="h-5 font-mono text-2xs">
          /…
        </Copy>
      </span>
    </div>
  );
}

function Branch({ line, size }: { line: JsonLine; size: number }) {
  const array = Array.isArray(line.value);
  if (size === 0) return <span className="text-ink-3">{array ? '[]' : '{}'}</span>;
  return (
    <span className="text-ink-3">
      <span className="num">{array ? `[${size}]` : `{${size}}`}</span>
      {!line.open && <span className="ml-1.5">{preview(line.value, 160)}</span>}
    </span>
  );
}

const LONG = 600;

function Scalar({ value, base }: { value: unknown; base: string }) {
  const [whole, setWhole] = useState(false);
  const [parsed, setParsed] = useState(false);
  if (typeof value === 'number')
    return <span className="num text-[var(--json-number)]">{String(value)}</span>;
  if (typeof value !== 'string') return <span className="text-[var(--json-word)]">{String(value)}</span>;
  const inner = value.length > 1 ? nested(value) : undefined;
  const cut = !whole && value.length > LONG;
  return (
    <>
      <span className="whitespace-pre-wrap text-[var(--json-string)]">
        "{cut ? value.slice(0, LONG) : value}
        {cut ? '…' : '"'}
      </span>
      {cut && <TextButton onClick={() => setWhole(true)}>show all {bytes(value.length)}</TextButton>}
      {inner !== undefined && (
        <TextButton onClick={() => setParsed(!parsed)}>{parsed ? 'as text' : 'read as JSON'}</TextButton>
      )}
      {parsed && inner !== undefined && (
        <div className="mt-1 border-l border-line pl-1">
          <InnerJson value={inner} base={base} />
        </div>
      )}
    </>
  );
}

/** JSON inside a string: small as a rule, so not virtual. */
function InnerJson({ value, base }: { value: unknown; base: string }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => openAtFirst(value));
  const lines = jsonLines(value, open).slice(0, 500);
  return lines.map((line) => {
    const id = formatPointer(line.path);
    const toggle = (): void => setOpen((set) => toggled(set, id));
    return <Line key={childId(id, '')} line={line} base={base} isLit={false} onToggle={toggle} />;
  });
}

function TextButton({ onClick, children }: { onClick: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="ml-1.5 rounded bg-accent-soft px-1.5 font-sans text-2xs font-medium text-accent hover:brightness-105"
    >
      {children}
    </button>
  );
}
