import { Braces, Image, Pilcrow, Rows3, Text } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { bytes, plural } from '@/lib/format';
import { inlineImage } from '@/lib/image';
import { copyText, findTable, nested, sizeOf } from '@/lib/json';
import { formatPointer, startsWith } from '@/lib/pointer';
import { Copy } from './Copy';
import { JsonTree } from './JsonTree';
import { isRendered, Markdown } from './Markdown';
import { RecordTable } from './RecordTable';
import { Segmented } from './Segmented';
import { TextBlock } from './TextBlock';

/** What the value points at: a path below it, and the text quoted from there. */
export interface Lit {
  path: readonly string[];
  quote: string;
}

export interface PayloadProps {
  value: unknown;
  /** Pointer of the value, for "copy path" and for names. */
  base: string;
  label: string;
  lit?: Lit | undefined;
  /** A better view than the general ones, for a value of a known form. */
  special?: { label: string; icon: ReactNode; render: (lit: Lit | undefined) => ReactNode } | undefined;
}

type View = 'special' | 'table' | 'tree' | 'text';

/** Any JSON value, drawn by its shape: text, table or tree. Mount it anew (`key`) per value. */
export function Payload({ value, base, label, lit, special }: PayloadProps) {
  const table = useMemo(() => findTable(value), [value]);
  const [chosen, choose] = useState<View>();
  const litInTable = table && lit && lit.path.length > table.path.length && startsWith(lit.path, table.path);
  const usual: View = special ? 'special' : table && (!lit || litInTable) ? 'table' : 'tree';
  const view = chosen ?? usual;

  if (typeof value === 'string' && !special)
    return <TextPayload text={value} base={base} label={label} lit={lit} />;
  const options = [
    special && { value: 'special' as const, label: special.label, icon: special.icon },
    table && { value: 'table' as const, label: 'Table', icon: <Rows3 size={12} aria-hidden /> },
    { value: 'tree' as const, label: 'Tree', icon: <Braces size={12} aria-hidden /> },
    { value: 'text' as const, label: 'Text', icon: <Text size={12} aria-hidden /> },
  ].filter((option) => option !== undefined);
  return (
    <div>
      <Bar note={shapeNote(value)} value={value}>
        <Segmented label={`How to show ${label}`} options={options} value={view} onChange={choose} />
      </Bar>
      {view === 'special' && special?.render(lit)}
      {view === 'table' && table && (
        <>
          {table.path.length > 0 && <Beside value={value} base={base} table={table.path} lit={lit} />}
          <RecordTable
            table={table}
            label={`${label} as a table`}
            lit={litInTable ? lit.path.slice(table.path.length) : undefined}
          />
        </>
      )}
      {view === 'tree' && <JsonTree value={value} base={base} lit={lit?.path} />}
      {view === 'text' && (
        <TextBlock
          text={copyText(value)}
          className="rounded-lg border border-line bg-surface p-3 font-mono text-xs"
        />
      )}
    </div>
  );
}

/** A text: as Markdown where it is some, as JSON where it holds some, else as it came. */
function TextPayload({
  text,
  base,
  label,
  lit,
}: {
  text: string;
  base: string;
  label: string;
  lit: Lit | undefined;
}) {
  const inner = useMemo(() => nested(text), [text]);
  const markdown = inner === undefined && isRendered(text);
  const image = inlineImage(text);
  const [chosen, choose] = useState<'text' | 'markdown' | 'json' | 'image'>();
  const view = chosen ?? (lit?.quote ? 'text' : image ? 'image' : markdown ? 'markdown' : 'text');
  const options = [
    image !== undefined && { value: 'image' as const, label: 'Image', icon: <Image size={12} aria-hidden /> },
    markdown && { value: 'markdown' as const, label: 'Markdown', icon: <Pilcrow size={12} aria-hidden /> },
    inner !== undefined && {
      value: 'json' as const,
      label: 'As JSON',
      icon: <Braces size={12} aria-hidden />,
    },
    { value: 'text' as const, label: 'Text', icon: <Text size={12} aria-hidden /> },
  ].filter((option) => option !== false);
  const look = 'rounded-lg border border-line bg-surface p-3 text-sm leading-relaxed';
  return (
    <div>
      <Bar note={bytes(text.length)} value={text}>
        {options.length > 1 && (
          <Segmented label={`How to show ${label}`} options={options} value={view} onChange={choose} />
        )}
      </Bar>
      {view === 'image' && (
        <img
          src={image}
          alt={`${label}, drawn`}
          className="max-h-[70vh] max-w-full rounded-lg border border-line"
        />
      )}
      {view === 'markdown' && <Markdown text={text} className={look} />}
      {view === 'json' && <JsonTree value={inner} base={base} />}
      {view === 'text' && <TextBlock text={text} find={lit?.quote} className={look} />}
    </div>
  );
}

/** What stands beside the table in its object; it must not get lost. */
function Beside({
  value,
  base,
  table,
  lit,
}: {
  value: unknown;
  base: string;
  table: string[];
  lit: Lit | undefined;
}) {
  const rest = Object.fromEntries(Object.entries(value as object).filter(([key]) => key !== table[0]));
  if (Object.keys(rest).length === 0) return <PathNote path={table} />;
  return (
    <div className="mb-2">
      <JsonTree value={rest} base={base} lit={lit?.path} />
      <PathNote path={table} />
    </div>
  );
}

function PathNote({ path }: { path: string[] }) {
  return <div className="mb-1 font-mono text-xs text-ink-3">{formatPointer(path)}</div>;
}

function Bar({ note, value, children }: { note: string; value: unknown; children?: ReactNode }) {
  return (
    <div className="mb-2 flex h-7 items-center gap-2">
      {children}
      <span className="num truncate text-xs text-ink-3">{note}</span>
      <Copy name="Copy all of it" text={() => copyText(value)} className="ml-auto h-6" />
    </div>
  );
}

function shapeNote(value: unknown): string {
  const size = sizeOf(value);
  if (size === undefined) return value === null ? 'null' : typeof value;
  return Array.isArray(value) ? plural(size, 'item') : plural(size, 'key');
}
