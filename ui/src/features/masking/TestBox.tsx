import { useState } from 'react';
import type { MaskingHit, MaskingTestResult } from '@/api/types';
import { Field } from '@/components/form/Field';
import { TextArea } from '@/components/form/inputs';
import { Notice } from '@/components/Notice';
import { Segmented } from '@/components/Segmented';
import { plural } from '@/lib/format';
import { atMarkers } from './rules';

type Side = 'stored' | 'shown';

const SIDES: ReadonlyArray<{ value: Side; label: string }> = [
  { value: 'stored', label: 'What is stored' },
  { value: 'shown', label: 'What a model sees' },
];

/** A sample, and what the rules as they stand make of it. Nothing of it is kept. */
export function TestBox({
  sample,
  onSample,
  result,
  busy,
  error,
}: {
  sample: string;
  onSample: (sample: string) => void;
  result: MaskingTestResult | undefined;
  busy: boolean;
  /** Why there is none, unless it stands at a rule. */
  error: string | undefined;
}) {
  const [side, setSide] = useState<Side>('stored');
  const hits = side === 'stored' ? result?.storedHits : result?.shownHits;
  const found = (hits ?? []).reduce((sum, hit) => sum + hit.count, 0);
  return (
    <section
      aria-label="Try the rules"
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-3"
    >
      <Field label="Try it on a payload" hint="Text or JSON. Nothing of it is kept.">
        {(control) => (
          <TextArea
            {...control}
            rows={9}
            maxLength={200_000}
            value={sample}
            onChange={(e) => onSample(e.target.value)}
            className="resize-y font-mono text-xs! leading-[17px]"
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segmented label="Side of the masking" options={SIDES} value={side} onChange={setSide} />
        <span role="status" className="text-xs text-ink-2">
          {error
            ? 'Not tried'
            : busy
              ? 'Trying…'
              : result && (found > 0 ? `${plural(found, 'find')}` : 'Nothing found')}
        </span>
      </div>
      {error && <Notice tone="error">{error}</Notice>}
      {result && !error && (
        <>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            role="region"
            aria-label={side === 'stored' ? 'What is stored' : 'What a model sees'}
            className="max-h-72 overflow-auto rounded-md bg-sunken p-2.5 font-mono text-xs leading-[17px] whitespace-pre-wrap [overflow-wrap:anywhere]"
          >
            {atMarkers(result[side]).map((part, i) =>
              part.masked ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
                <mark key={i} className="lit px-0.5">
                  {part.text}
                </mark>
              ) : (
                part.text
              ),
            )}
            {result[side] === '' && <span className="text-ink-3">Nothing is left.</span>}
          </pre>
          {hits && hits.length > 0 && <Hits hits={hits} />}
        </>
      )}
    </section>
  );
}

const MOST_HITS = 50;

function Hits({ hits }: { hits: readonly MaskingHit[] }) {
  return (
    <ul aria-label="What was found" className="flex flex-col gap-1 text-xs">
      {hits.slice(0, MOST_HITS).map((hit) => (
        <li key={`${hit.rule} ${hit.where}`} className="flex gap-2">
          <span className="mono shrink-0 font-medium">{hit.rule}</span>
          <span className="mono min-w-0 flex-1 text-ink-2 [overflow-wrap:anywhere]">
            <bdi>{hit.where}</bdi>
          </span>
          {hit.count > 1 && <span className="num shrink-0 text-ink-3">×{hit.count}</span>}
        </li>
      ))}
      {hits.length > MOST_HITS && <li className="text-ink-3">and {hits.length - MOST_HITS} more</li>}
    </ul>
  );
}
