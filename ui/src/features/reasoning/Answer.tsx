import { ChevronDown, ScanSearch } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Evidence, ExecutionDetail } from '@/api/types';
import { IconButton } from '@/components/Button';
import { Segmented } from '@/components/Segmented';
import { cx } from '@/lib/cx';
import { plural } from '@/lib/format';
import { readPreference, writePreference } from '@/lib/preference';
import { Claims, type ClaimsProps } from './Claims';
import { ExplainAgain } from './ExplainAgain';
import { Facts } from './Facts';
import { JobLine } from './JobLine';
import { Outdated } from './Outdated';
import { Source } from './Source';

const KEY = 'xray.answer';

export interface AnswerProps extends Omit<ClaimsProps, 'claims'> {
  execution: ExecutionDetail;
  onExplain: () => void;
  explaining: boolean;
  explainError: string | undefined;
  onEvidence: (evidence: Evidence) => void;
  /** The model that would explain; undefined where facts alone do. */
  model?: string | undefined;
  /** What its explanation would cost, in words. */
  price?: ReactNode;
  /** Computed facts instead of a model's prose. */
  factsOnly?: boolean;
  onFactsOnly?: (only: boolean) => void;
}

/** The answer to "why did this run end the way it did?", with what it rests on. */
export function Answer(props: AnswerProps) {
  const { execution, onFactsOnly, factsOnly = false } = props;
  const { reasoning, job } = execution;
  const busy = props.explaining || job?.status === 'pending' || job?.status === 'processing';
  const [folded, setFolded] = useState(readPreference(KEY) === 'folded');
  const fold = (): void => {
    setFolded(!folded);
    writePreference(KEY, folded ? 'open' : 'folded');
  };
  const byModel = reasoning?.source === 'model';
  return (
    <section
      aria-label="Explanation"
      className="relative shrink-0 overflow-hidden border-b border-line bg-surface px-4 pt-3 pb-3.5"
    >
      <Beam />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="eyebrow flex items-center gap-1.5 text-accent!">
          <ScanSearch size={13} aria-hidden />
          Why it ended this way
        </h2>
        {reasoning && !factsOnly && <Source reasoning={reasoning} />}
        <span className="ml-auto flex items-center gap-1">
          {byModel && onFactsOnly && (
            <Segmented
              label="What the answer is made of"
              options={[
                { value: 'all', label: 'Explanation' },
                { value: 'facts', label: 'Computed facts only' },
              ]}
              value={factsOnly ? 'facts' : 'all'}
              onChange={(v) => onFactsOnly(v === 'facts')}
            />
          )}
          <ExplainAgain
            price={props.price}
            model={props.model}
            again={reasoning !== undefined}
            busy={busy}
            onExplain={props.onExplain}
          />
          <IconButton
            name={folded ? 'Show the claims' : 'Headline only'}
            onClick={fold}
            aria-expanded={!folded}
          >
            <ChevronDown
              size={15}
              aria-hidden
              className={cx('transition-transform', !folded && 'rotate-180')}
            />
          </IconButton>
        </span>
      </div>
      <Body {...props} folded={folded} busy={busy} />
      <JobLine job={job} explaining={props.explaining} error={props.explainError} onRetry={props.onExplain} />
    </section>
  );
}

function Body({
  execution,
  folded,
  busy,
  factsOnly,
  stepName,
  onEvidence,
  lit,
  thumbs,
}: AnswerProps & { folded: boolean; busy: boolean }) {
  const { reasoning, facts } = execution;
  if (factsOnly) {
    return (
      <div className="mt-1.5">
        {!folded && <Facts facts={facts} stepName={stepName} onEvidence={onEvidence} />}
      </div>
    );
  }
  if (!reasoning) {
    return (
      <p className="mt-1.5 text-ink-2">
        {execution.status === 'running'
          ? 'Still running. The explanation is written when the last step has arrived.'
          : 'No explanation yet. It comes a moment after the last step has arrived, or when you ask for it.'}
      </p>
    );
  }
  return (
    <div className="mt-1 flex flex-col gap-2">
      <Outdated reasoning={reasoning} busy={busy} />
      <Headline>{reasoning.headline}</Headline>
      {!folded && (
        <>
          <Claims
            claims={reasoning.claims}
            stepName={stepName}
            onEvidence={onEvidence}
            lit={lit}
            thumbs={thumbs}
          />
          <Missing items={reasoning.missingInformation} />
        </>
      )}
    </div>
  );
}

function Headline({ children }: { children: ReactNode }) {
  return (
    <p
      dir="auto"
      className="max-w-[110ch] text-[16px] leading-[23px] font-medium tracking-[-0.008em] [overflow-wrap:anywhere]"
    >
      {children}
    </p>
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
