import { Search } from 'lucide-react';
import { useState } from 'react';
import type { StepDetail } from '@/api/types';
import { type Lit, Payload } from '@/components/Payload';
import { parsePointer } from '@/lib/pointer';
import type { LoadLarge } from './Value';

/** The span's own attributes, as they came. */
export function Attributes({
  step,
  lit,
  large,
}: {
  step: StepDetail;
  lit: Lit | undefined;
  large: LoadLarge;
}) {
  const [search, setSearch] = useState('');
  const all = Object.entries(step.attributes);
  const outlines = (step.large ?? []).filter((o) => o.pointer.startsWith('/attributes/'));
  const wanted = search.trim().toLowerCase();
  const found = wanted
    ? all.filter(
        ([key, value]) => key.toLowerCase().includes(wanted) || String(value).toLowerCase().includes(wanted),
      )
    : all;
  if (all.length === 0 && outlines.length === 0)
    return <p className="py-6 text-center text-ink-3">This step carries no attributes.</p>;
  return (
    <div>
      {all.length > 8 && (
        <label className="mb-2 flex h-7 items-center gap-1.5 rounded-md border border-line bg-surface px-2 text-ink-3 focus-within:border-ring">
          <Search size={13} aria-hidden />
          <input
            type="search"
            value={search}
            onChange={(e) => setSearch(e.target.value)}
            aria-label="Find an attribute"
            placeholder="Find an attribute"
            className="w-full bg-transparent text-sm text-ink outline-none"
          />
        </label>
      )}
      <Payload
        key={lit ? 'lit' : 'all'}
        value={Object.fromEntries(found)}
        base="/attributes"
        label="attributes"
        lit={wanted ? undefined : lit}
      />
      {outlines.map((o) => {
        const key = parsePointer(o.pointer)?.[1] ?? '';
        const isLit = lit?.path[0] === key;
        return (
          <section key={o.pointer} aria-label={key} className="mt-4">
            <h3 className="mono mb-1 [overflow-wrap:anywhere]">{key}</h3>
            {large(o, isLit, (value) => (
              <Payload
                value={value}
                base={o.pointer}
                label={key}
                lit={isLit && lit ? { ...lit, path: lit.path.slice(1) } : undefined}
              />
            ))}
          </section>
        );
      })}
    </div>
  );
}
