import { Minus, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepPair } from '@/api/types';
import { plural } from '@/lib/format';
import { Differences } from './Differences';
import { costDelta, durationDelta, tokensDelta } from './deltas';
import { RELATIONS, Relation } from './Relation';

/** What is different between two aligned steps. */
export function PairPanel({ pair: p, links }: { pair: StepPair; links: ReactNode }) {
  const quiet = p.input.length === 0 && p.output.length === 0 && p.onlyA.length === 0 && p.onlyB.length === 0;
  return (
    <article aria-label={`Differences of ${p.name}`} className="flex flex-col gap-5 p-4">
      <header className="flex flex-col gap-1.5">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className="min-w-0 truncate text-lg font-semibold tracking-tight" title={p.name}>
            <bdi>{p.name || '(no name)'}</bdi>
          </h2>
          <Relation relation={p.relation} />
          <span className="ml-auto flex gap-1">{links}</span>
        </div>
        <p className="text-ink-2 [overflow-wrap:anywhere]">{p.why || RELATIONS[p.relation].title}</p>
        {p.a && p.b && <Deltas pair={p} />}
      </header>
      <ItemSets pair={p} />
      {p.output.length > 0 && (
        <Part title="Output">
          <Differences differences={p.output} />
        </Part>
      )}
      {p.input.length > 0 && (
        <Part title="Input">
          <Differences differences={p.input} />
        </Part>
      )}
      {quiet && p.moved === 0 && (
        <p className="py-6 text-center text-ink-3">
          {p.a && p.b
            ? 'Input and output are the same.'
            : `There is nothing to compare it with: ${p.a ? 'B' : 'A'} has no such step.`}
        </p>
      )}
    </article>
  );
}

function Deltas({ pair: p }: { pair: StepPair }) {
  return (
    <dl className="num flex flex-wrap gap-x-5 gap-y-1 text-sm">
      <Delta label="Took" value={durationDelta(p.durationNano)} />
      {p.costUsd !== undefined && <Delta label="Cost" value={costDelta(p.costUsd)} />}
      {p.tokens !== undefined && <Delta label="Tokens" value={tokensDelta(p.tokens)} />}
    </dl>
  );
}

function Delta({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex gap-1.5" title="B less A">
      <dt className="text-ink-3">{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function ItemSets({ pair: p }: { pair: StepPair }) {
  if (p.onlyA.length === 0 && p.onlyB.length === 0 && p.moved === 0) return null;
  return (
    <Part title="Items that it put out">
      <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
        <ItemSet label="only in A" items={p.onlyA} icon={<Minus size={12} aria-hidden />} tone="text-err" />
        <ItemSet label="only in B" items={p.onlyB} icon={<Plus size={12} aria-hidden />} tone="text-ok" />
      </div>
      {p.moved > 0 && (
        <p className="num mt-2 text-sm text-ink-2">{plural(p.moved, 'item')} of both at another place</p>
      )}
    </Part>
  );
}

const MOST = 40;

function ItemSet({
  label,
  items,
  icon,
  tone,
}: {
  label: string;
  items: readonly string[];
  icon: ReactNode;
  tone: string;
}) {
  if (items.length === 0) return null;
  return (
    <div className="min-w-0">
      <h4 className={`num mb-1 flex items-center gap-1 text-xs font-medium ${tone}`}>
        {icon}
        {items.length} {label}
      </h4>
      <ul className="flex flex-col text-sm">
        {items.slice(0, MOST).map((item) => (
          <li
            key={item}
            dir="auto"
            className="truncate border-b border-line/60 py-0.5 last:border-0"
            title={item}
          >
            {item}
          </li>
        ))}
      </ul>
      {items.length > MOST && <p className="num text-xs text-ink-3">and {items.length - MOST} more</p>}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="eyebrow mb-1.5">{title}</h3>
      {children}
    </section>
  );
}
