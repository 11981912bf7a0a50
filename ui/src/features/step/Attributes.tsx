import { Search } from 'lucide-react';
import { useState } from 'react';
import { type Lit, Payload } from '@/components/Payload';

/** The span's own attributes, as they came. */
export function Attributes({
  attributes,
  lit,
}: {
  attributes: Record<string, unknown>;
  lit: Lit | undefined;
}) {
  const [search, setSearch] = useState('');
  const all = Object.entries(attributes);
  const wanted = search.trim().toLowerCase();
  const found = wanted
    ? all.filter(
        ([key, value]) => key.toLowerCase().includes(wanted) || String(value).toLowerCase().includes(wanted),
      )
    : all;
  if (all.length === 0)
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
    </div>
  );
}
