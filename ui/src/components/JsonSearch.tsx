import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { plural } from '@/lib/format';
import { findInJson, type Hit } from '@/lib/jsonlines';

const MOST_HITS = 500;
const PATIENCE_MS = 150;

/** Finds keys and values in a tree, and goes from one to the next. */
export function JsonSearch({ value, onHit }: { value: unknown; onHit: (path: Hit | undefined) => void }) {
  const [text, setText] = useState('');
  const [hits, setHits] = useState<Hit[]>();
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (text.trim() === '') {
      setHits(undefined);
      onHit(undefined);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const found = await findInJson(value, text.trim(), MOST_HITS, abort.signal);
      if (abort.signal.aborted) return;
      setHits(found);
      setAt(0);
      onHit(found[0]);
    }, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, value, onHit]);
  const go = (by: 1 | -1): void => {
    if (!hits || hits.length === 0) return;
    const next = (at + by + hits.length) % hits.length;
    setAt(next);
    onHit(hits[next]);
  };
  return (
    <div className="sticky top-0 z-[5] mb-1 flex items-center gap-1">
      <label className="flex h-6 w-44 min-w-0 items-center gap-1.5 rounded-md border border-line bg-surface px-1.5 text-ink-3 focus-within:border-ring">
        <Search size={11} aria-hidden className="shrink-0" />
        <input
          type="search"
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter') go(e.shiftKey ? -1 : 1);
          }}
          aria-label="Find a key or a value"
          placeholder="Find a key or a value"
          className="w-full min-w-0 bg-transparent text-xs text-ink outline-none"
        />
      </label>
      {hits && (
        <>
          <span role="status" className="num text-xs whitespace-nowrap text-ink-3">
            {hits.length === 0
              ? 'nothing found'
              : hits.length >= MOST_HITS
                ? `${at + 1} of ${MOST_HITS} or more`
                : `${at + 1} of ${plural(hits.length, 'place')}`}
          </span>
          {hits.length > 1 && (
            <>
              <Step name="Previous place" onClick={() => go(-1)}>
                <ChevronUp size={13} aria-hidden />
              </Step>
              <Step name="Next place" onClick={() => go(1)}>
                <ChevronDown size={13} aria-hidden />
              </Step>
            </>
          )}
        </>
      )}
    </div>
  );
}

function Step({ name, onClick, children }: { name: string; onClick: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      aria-label={name}
      onClick={onClick}
      className="inline-flex size-6 items-center justify-center rounded text-ink-3 hover:bg-hover hover:text-ink"
    >
      {children}
    </button>
  );
}
