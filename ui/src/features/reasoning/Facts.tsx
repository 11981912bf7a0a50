import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Evidence, ExecutionDetail, Fact } from '@/api/types';
import { cx } from '@/lib/cx';
import { unsaid } from './repeats';

const SEVERITIES: Record<Fact['severity'], { icon: LucideIcon; word: string; className: string }> = {
  alarm: { icon: TriangleAlert, word: 'Alarm', className: 'text-err' },
  notice: { icon: CircleAlert, word: 'Notice', className: 'text-warn' },
  info: { icon: Info, word: 'Info', className: 'text-ink-3' },
};

const AT_FIRST = 6;

interface FactsProps {
  facts: readonly Fact[];
  stepName?: (stepId: string) => string;
  onEvidence: (evidence: Evidence) => void;
}

/** What was computed from the record, most telling first. */
export function Facts({ facts, stepName, onEvidence }: FactsProps) {
  const [all, setAll] = useState(false);
  const shown = all ? facts.slice(0, 500) : facts.slice(0, AT_FIRST);
  return (
    <div>
      <ul className="flex flex-col gap-1.5">
        {shown.map((fact) => (
          <FactLine key={fact.id} fact={fact} stepName={stepName} onEvidence={onEvidence} />
        ))}
      </ul>
      {facts.length > AT_FIRST && (
        <button
          type="button"
          onClick={() => setAll(!all)}
          className="mt-2 rounded text-xs font-medium text-accent hover:underline"
        >
          {all ? 'Show the most telling only' : `Show all ${facts.length} facts`}
        </button>
      )}
    </div>
  );
}

function FactLine({
  fact,
  stepName,
  onEvidence,
}: {
  fact: Fact;
  stepName: ((stepId: string) => string) | undefined;
  onEvidence: (evidence: Evidence) => void;
}) {
  const { icon: Icon, word, className } = SEVERITIES[fact.severity];
  const target = fact.stepId
    ? { stepId: fact.stepId, pointer: fact.pointers[0] ?? '', quote: '' }
    : undefined;
  const body = (
    <>
      <span className={cx('flex h-5 items-center gap-1', className)}>
        <Icon size={13} aria-hidden />
        <span className="sr-only">{word}</span>
      </span>
      <span className="num w-7 shrink-0 text-xs leading-5 text-ink-3">{fact.id}</span>
      <span dir="auto" className="min-w-0 flex-1 text-sm leading-5 text-ink-2 [overflow-wrap:anywhere]">
        {fact.text}
        {stepName && fact.stepId && <bdi className="ml-1.5 text-xs text-ink-3">{stepName(fact.stepId)}</bdi>}
      </span>
    </>
  );
  return (
    <li>
      {target ? (
        <button
          type="button"
          onClick={() => onEvidence(target)}
          className="-mx-1.5 flex w-[calc(100%+12px)] items-start gap-1.5 rounded-md px-1.5 py-0.5 text-left hover:bg-hover"
        >
          {body}
        </button>
      ) : (
        <div className="flex items-start gap-1.5 py-0.5">{body}</div>
      )}
    </li>
  );
}

/** The facts of an execution that its explanation does not already state; null if there are none. */
export function otherFacts(execution: ExecutionDetail, rest: Omit<FactsProps, 'facts'>) {
  const facts = unsaid(execution.facts, execution.reasoning?.claims);
  return facts.length > 0 ? <Facts facts={facts} {...rest} /> : null;
}
