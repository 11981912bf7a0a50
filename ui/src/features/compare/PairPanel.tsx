import { Minus, MoveDown, MoveUp, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepPair } from '@/api/types';
import { cx } from '@/lib/cx';
import { grouped, plural } from '@/lib/format';
import { Differences } from './Differences';
import { costDelta, durationDelta, tokensDelta } from './deltas';
import { RELATIONS, Relation } from './Relation';

/** What is different between two aligned steps. */
export function PairPanel({
  pair: p,
  links,
  onIgnore,
}: {
  pair: StepPair;
  links: ReactNode;
  /** Leaves a value out of this pipeline's comparisons. */
  onIgnore: (pointer: string) => void;
}) {
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
          <Differences differences={p.output} onIgnore={onIgnore} />
        </Part>
      )}
      {p.input.length > 0 && (
        <Part title="Input">
          <Differences differences={p.input} onIgnore={onIgnore} />
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
        <ItemSet
          label="only in A"
          items={p.onlyA}
          total={p.onlyACount}
          icon={<Minus size={12} aria-hidden />}
          tone="text-err"
        />
        <ItemSet
          label="only in B"
          items={p.onlyB}
          total={p.onlyBCount}
          icon={<Plus size={12} aria-hidden />}
          tone="text-ok"
        />
      </div>
      {p.moved > 0 && <Shifts pair={p} />}
    </Part>
  );
}

/** Items of both at other places, those that moved furthest first. */
function Shifts({ pair: p }: { pair: StepPair }) {
  return (
    <div className="mt-3">
      <h4 className="num mb-1 text-xs font-medium text-ink-2">{plural(p.moved, 'item')} at another place</h4>
      <ul className="flex flex-col text-sm">
        {p.shifts.map(({ item, a, b }) => (
          <li
            key={`${item}${a}`}
            className="flex items-center gap-2 border-b border-line/60 py-0.5 last:border-0"
          >
            <span dir="auto" className="min-w-0 flex-1 truncate" title={item}>
              {item}
            </span>
            <span className="num shrink-0 text-xs text-ink-2">
              #{a} → #{b}
            </span>
            <span
              className={cx('num flex w-12 shrink-0 items-center text-xs', b < a ? 'text-ok' : 'text-warn')}
            >
              {b < a ? <MoveUp size={11} aria-label="up" /> : <MoveDown size={11} aria-label="down" />}
              {Math.abs(a - b)}
            </span>
          </li>
        ))}
      </ul>
      {p.moved > p.shifts.length && (
        <p className="num text-xs text-ink-3">these moved furthest, of {p.moved}</p>
      )}
    </div>
  );
}

function ItemSet({
  label,
  items,
  total,
  icon,
  tone,
}: {
  label: string;
  /** The first of them. */
  items: readonly string[];
  total: number;
  icon: ReactNode;
  tone: string;
}) {
  if (items.length === 0) return null;
  return (
    <div className="min-w-0">
      <h4 className={`num mb-1 flex items-center gap-1 text-xs font-medium ${tone}`}>
        {icon}
        {grouped(total)} {label}
      </h4>
      <ul className="flex flex-col text-sm">
        {items.map((item) => (
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
      {total > items.length && (
        <p className="num text-xs text-ink-3">and {grouped(total - items.length)} more</p>
      )}
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
