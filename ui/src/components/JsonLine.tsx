import { ChevronRight, Pin } from 'lucide-react';
import { useContext, useMemo, useState } from 'react';
import { cx } from '@/lib/cx';
import { ExactNumber } from '@/lib/exact';
import { bytes } from '@/lib/format';
import { inlineImage } from '@/lib/image';
import { copyText, looksNested, nested, preview } from '@/lib/json';
import { type JsonLine, jsonLines, openAtFirst } from '@/lib/jsonlines';
import { formatPointer } from '@/lib/pointer';
import { toggled } from '@/lib/sets';
import { Copy } from './Copy';
import { PinContext } from './pin';

/** One line of a tree. */
export function Line({
  line,
  base,
  look,
  onToggle,
}: {
  line: JsonLine;
  base: string;
  /** Lit: a claim points at it. Hit: a search found it. */
  look: 'lit' | 'hit' | undefined;
  onToggle: () => void;
}) {
  const pin = useContext(PinContext);
  const { value, size, key, slice } = line;
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
          aria-label={`${line.open ? 'Close' : 'Open'} ${slice ? `${slice.from} to ${slice.to - 1}` : (key ?? 'the value')}`}
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
          look === 'lit' && 'lit animate-found px-1',
          look === 'hit' && 'rounded-[3px] bg-accent-soft px-1 shadow-[0_0_0_1px_var(--accent-fill)]',
        )}
      >
        {key !== undefined && <span className="text-[var(--json-key)]">{key}</span>}
        {key !== undefined && <span className="text-ink-3">: </span>}
        {slice ? (
          <span className="num text-ink-3">
            {slice.from} … {slice.to - 1}
          </span>
        ) : size === undefined ? (
          <Scalar value={value} base={pointer} />
        ) : (
          <Branch line={line} size={size} />
        )}
      </div>
      {!slice && (
        <span className="absolute top-px right-0 flex rounded bg-hover opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          <Copy name="Copy value" text={() => copyText(value)} className="h-5" />
          <Copy name={`Copy path ${pointer}`} text={() => pointer} className="h-5 font-mono text-2xs">
            /…
          </Copy>
          {pin && size === undefined && (
            <button
              type="button"
              aria-label={`Pin ${pointer} as a column of the list`}
              title="Pin as a column of the list"
              onClick={() => pin(pointer)}
              className="inline-flex h-5 items-center rounded-md px-1 text-ink-3 hover:bg-hover hover:text-ink"
            >
              <Pin size={11} aria-hidden />
            </button>
          )}
        </span>
      )}
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
/** A line is one element: more text than this would hold the page. */
const MOST = 200_000;
const NESTED = 500_000;

function Scalar({ value, base }: { value: unknown; base: string }) {
  const [whole, setWhole] = useState(false);
  const [parsed, setParsed] = useState(false);
  const [drawn, setDrawn] = useState(false);
  const inner = useMemo(
    () => (parsed && typeof value === 'string' ? nested(value) : undefined),
    [parsed, value],
  );
  if (typeof value === 'number' || value instanceof ExactNumber)
    return <span className="num text-[var(--json-number)]">{String(value)}</span>;
  if (typeof value !== 'string') return <span className="text-[var(--json-word)]">{String(value)}</span>;
  const image = inlineImage(value);
  const cut = !whole && value.length > LONG;
  return (
    <>
      <span className="whitespace-pre-wrap text-[var(--json-string)]">
        "{cut ? value.slice(0, LONG) : value}
        {cut ? '…' : '"'}
      </span>
      {cut && value.length <= MOST && (
        <TextButton onClick={() => setWhole(true)}>show all {bytes(value.length)}</TextButton>
      )}
      {cut && value.length > MOST && (
        <span className="ml-1.5 font-sans text-2xs text-ink-3">
          {bytes(value.length)}; copy it to read it whole
        </span>
      )}
      {image && (
        <TextButton onClick={() => setDrawn(!drawn)}>{drawn ? 'as text' : 'show the image'}</TextButton>
      )}
      {drawn && image && (
        <img
          src={image}
          alt={`At ${base}`}
          className="mt-1 max-h-72 max-w-full rounded-md border border-line"
        />
      )}
      {value.length <= NESTED && looksNested(value) && (
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
    return (
      <Line
        key={line.id}
        line={line}
        base={base}
        look={undefined}
        onToggle={() => setOpen((set) => toggled(set, line.id))}
      />
    );
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
