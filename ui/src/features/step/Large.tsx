import { Download } from 'lucide-react';
import type { Outline } from '@/api/types';
import { Button } from '@/components/Button';
import { bytes, clip, grouped } from '@/lib/format';
import { int64 } from '@/lib/time';

/** A value that is not here yet: how large, of what shape, how it begins and ends. */
export function Large({ outline: o, onLoad }: { outline: Outline; onLoad: () => void }) {
  const size = bytes(int64(o.bytes));
  return (
    <section aria-label={`Large value ${o.pointer}`} className="rounded-lg border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-2">
        <span className="num font-semibold">{size}</span>
        <span className="min-w-0 text-sm text-ink-2">{shapeWords(o)}</span>
        <Button className="ml-auto" onClick={onLoad}>
          <Download size={13} aria-hidden />
          Load {size}
        </Button>
      </div>
      <pre
        dir="auto"
        className="border-t border-line px-3 py-2 font-mono text-xs text-ink-2 [overflow-wrap:anywhere] whitespace-pre-wrap"
      >
        {o.head}
        <span className="my-1 block rounded bg-sunken py-0.5 text-center font-sans text-ink-3">
          {bytes(Math.max(0, int64(o.bytes) - o.head.length - o.tail.length))} between
        </span>
        {o.tail}
      </pre>
    </section>
  );
}

/** `an array of 40,000 with id, title`: what one would ask before loading it. */
export function shapeWords(o: Outline): string {
  const fields = o.fields.length > 0 ? clip(o.fields.join(', '), 120) : '';
  if (o.kind === 'array') return `an array of ${grouped(o.size)}${fields && `, each with ${fields}`}`;
  if (o.kind === 'object') return `an object of ${grouped(o.size)}: ${fields}`;
  return o.kind === 'string' ? `a text of ${grouped(o.size)} characters` : 'a value';
}
