import { CircleAlert, GitCompareArrows } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Comparison, Execution } from '@/api/types';
import { Mark } from '@/components/Mark';
import { clip, cost, duration, plural, timestamp } from '@/lib/format';
import { int64 } from '@/lib/time';
import { costDelta, durationDelta } from './deltas';
import { tally } from './fold';
import { Relation } from './Relation';

/** What is to be said in a sentence, and the two runs it is about. */
export function Verdict({
  comparison: c,
  link,
  ignored,
  explanation,
  explained,
}: {
  comparison: Comparison;
  /** What is left out, and how to change that. */
  ignored: ReactNode;
  /** Explains the divergence: a button, then what came of it. */
  explanation: ReactNode;
  explained: boolean;
  link: (execution: Execution, label: ReactNode) => ReactNode;
}) {
  const counts = tally(c.steps);
  const took = int64(c.b.durationNano) - int64(c.a.durationNano);
  return (
    <section aria-label="Verdict" className="relative border-b border-line bg-surface px-4 pt-3 pb-3">
      <h1 className="eyebrow flex items-center gap-1.5 text-accent!">
        <GitCompareArrows size={13} aria-hidden />
        Two executions compared
      </h1>
      <Said text={c.verdict} />
      <div className="mt-2 grid grid-cols-2 gap-3 max-md:grid-cols-1">
        <Run letter="A" execution={c.a} link={link} />
        <Run letter="B" execution={c.b} link={link} />
      </div>
      <div className="num mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-2">
        {(['origin', 'inherited', 'only_a', 'only_b', 'same'] as const).map(
          (relation) =>
            counts[relation] > 0 && (
              <span key={relation} className="flex items-center gap-1">
                {counts[relation]} <Relation relation={relation} />
              </span>
            ),
        )}
        <span>B took {durationDelta(String(took))}</span>
        {c.a.costUsd !== undefined && c.b.costUsd !== undefined && (
          <span>and cost {costDelta(c.b.costUsd - c.a.costUsd)}</span>
        )}
        {ignored}
        <LeftOut comparison={c} />
        {!explained && <span className="ml-auto">{explanation}</span>}
      </div>
      {explained && <div className="mt-2">{explanation}</div>}
    </section>
  );
}

function LeftOut({ comparison: c }: { comparison: Comparison }) {
  const parts = [
    c.changesLeftOut > 0 && `${plural(c.changesLeftOut, 'more change')} not listed`,
    c.leftOut.steps > 0 && `the payloads of ${plural(c.leftOut.steps, 'step')} not read`,
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <span className="flex items-center gap-1 text-warn">
      <CircleAlert size={13} aria-hidden />
      {parts.join(', ')}
    </span>
  );
}

const LONG = 240;

/** The verdict; a very long one shows its beginning. */
function Said({ text }: { text: string }) {
  const [whole, setWhole] = useState(text.length <= LONG);
  return (
    <p
      dir="auto"
      className="mt-1 max-w-[110ch] text-[16px] leading-[23px] font-medium tracking-[-0.008em] [overflow-wrap:anywhere]"
    >
      {whole ? text : clip(text, LONG)}
      {!whole && (
        <button
          type="button"
          onClick={() => setWhole(true)}
          className="ml-2 rounded text-sm text-accent hover:underline"
        >
          all of it
        </button>
      )}
    </p>
  );
}

function Run({
  letter,
  execution: e,
  link,
}: {
  letter: 'A' | 'B';
  execution: Execution;
  link: (execution: Execution, label: ReactNode) => ReactNode;
}) {
  return (
    <div className="flex min-w-0 gap-2.5 rounded-lg border border-line bg-canvas px-3 py-2">
      <span className="flex size-6 shrink-0 items-center justify-center rounded-md border border-line-strong text-xs font-semibold">
        {letter}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2">
          {link(e, <bdi className="truncate font-medium">{e.name || '(no name)'}</bdi>)}
          <Mark status={e.status} size={12} look="icon" />
          <span className="num ml-auto shrink-0 text-xs text-ink-3">
            {duration(int64(e.durationNano))}
            {e.costUsd !== undefined && ` · ${cost(e.costUsd, e.costPartial)}`}
          </span>
        </div>
        <p dir="auto" className="line-clamp-2 text-sm text-ink-2 [overflow-wrap:anywhere]" title={e.headline}>
          {e.headline || 'Not explained'}
        </p>
        <p className="num text-xs text-ink-3">{timestamp(e.startedAt)}</p>
      </div>
    </div>
  );
}
