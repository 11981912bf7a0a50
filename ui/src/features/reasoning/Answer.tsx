import { RotateCw, ScanSearch } from 'lucide-react';
import type { Evidence, ExecutionDetail, Reasoning } from '@/api/types';
import { Button } from '@/components/Button';
import { cost, plural } from '@/lib/format';
import { Claims, type ClaimsProps } from './Claims';
import { JobLine } from './JobLine';

/** The answer to "why did this run end the way it did?", with what it rests on. */
export function Answer({
  execution,
  stepName,
  onEvidence,
  lit,
  onExplain,
  explaining,
  explainError,
}: {
  execution: ExecutionDetail;
  onExplain: () => void;
  explaining: boolean;
  explainError: string | undefined;
  onEvidence: (evidence: Evidence) => void;
} & Omit<ClaimsProps, 'claims'>) {
  const { reasoning, job } = execution;
  const busy = explaining || job?.status === 'pending' || job?.status === 'processing';
  const running = execution.status === 'running';
  return (
    <section
      aria-label="Explanation"
      className="relative overflow-hidden border-b border-line bg-surface px-4 pt-3.5 pb-4"
    >
      <Beam />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="eyebrow flex items-center gap-1.5 text-accent!">
          <ScanSearch size={13} aria-hidden />
          Why it ended this way
        </h2>
        {reasoning && <Source reasoning={reasoning} />}
        <Button look="quiet" className="ml-auto h-6 px-2 text-xs" onClick={onExplain} disabled={busy}>
          <RotateCw size={12} aria-hidden />
          {reasoning ? 'Explain again' : 'Explain now'}
        </Button>
      </div>
      {reasoning ? (
        <div className="mt-1.5 flex flex-col gap-3">
          <p
            dir="auto"
            className="max-w-[68ch] text-[17px] leading-[25px] font-medium tracking-[-0.008em] text-balance [overflow-wrap:anywhere]"
          >
            {reasoning.headline}
          </p>
          <Claims claims={reasoning.claims} stepName={stepName} onEvidence={onEvidence} lit={lit} />
          <Missing items={reasoning.missingInformation} />
        </div>
      ) : (
        <p className="mt-1.5 text-ink-2">
          {running
            ? 'Still running. The explanation is written when the last step has arrived.'
            : 'No explanation yet. It comes a moment after the last step has arrived, or when you ask for it.'}
        </p>
      )}
      <JobLine job={job} explaining={explaining} error={explainError} onRetry={onExplain} />
    </section>
  );
}

function Beam() {
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-x-0 top-0 h-px bg-linear-to-r from-transparent via-accent-fill to-transparent opacity-70"
    />
  );
}

function Source({ reasoning }: { reasoning: Reasoning }) {
  if (reasoning.source === 'facts') {
    return <span className="text-xs text-ink-3">from computed facts, no model</span>;
  }
  const parts = [
    reasoning.model,
    `${Math.round(reasoning.verifiedRate * 100)}% of its claims checked out`,
    reasoning.confidence && `${reasoning.confidence} confidence`,
    reasoning.costUsd !== undefined && cost(reasoning.costUsd),
  ];
  return <span className="num text-xs text-ink-3">{parts.filter(Boolean).join(' · ')}</span>;
}

export function Missing({ items }: { items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <details className="text-sm">
      <summary className="w-fit rounded text-xs font-medium text-ink-2 hover:text-ink">
        {plural(items.length, 'thing')} the record does not say
      </summary>
      <ul className="mt-1.5 list-disc pl-5 text-ink-2">
        {items.map((item) => (
          <li key={item} dir="auto">
            {item}
          </li>
        ))}
      </ul>
    </details>
  );
}
