import { BadgeCheck, CircleHelp, Crosshair, EqualApproximately, type LucideIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Claim, Evidence } from '@/api/types';
import { Tip } from '@/components/Tip';
import { cx } from '@/lib/cx';
import { clip, plural } from '@/lib/format';

const VERDICTS: Record<
  Claim['verdict'],
  { icon: LucideIcon; word: string; className: string; title: string }
> = {
  verified: {
    icon: BadgeCheck,
    word: 'verified',
    className: 'text-ok',
    title: 'Every quote stands in the record, where the claim says it does',
  },
  derived: {
    icon: EqualApproximately,
    word: 'derived',
    className: 'text-accent',
    title: 'Computed from the record; the facts it rests on are cited',
  },
  unverified: {
    icon: CircleHelp,
    word: 'unverified',
    className: 'text-warn',
    title: 'The record does not prove it',
  },
};

export interface ClaimsProps {
  claims: readonly Claim[];
  /** The name of a step; evidence says where it stands. */
  stepName: (stepId: string) => string;
  onEvidence: (evidence: Evidence) => void;
  /** What people may say of a claim. */
  thumbs?: ((claim: Claim) => ReactNode) | undefined;
  /** The evidence that is lit at present, to mark its chip. */
  lit?: { stepId: string; pointer: string } | undefined;
}

// The first ones are the most telling; more would push the steps off the screen.
const AT_FIRST = 3;

/** Claims with their marks. What is unverified is folded away, not hidden. */
export function Claims({ claims, ...rest }: ClaimsProps) {
  const sound = claims.filter((c) => c.verdict !== 'unverified');
  const unsound = claims.filter((c) => c.verdict === 'unverified');
  const most = sound.length === AT_FIRST + 1 ? sound.length : AT_FIRST;
  return (
    <>
      <ClaimList claims={sound.slice(0, most)} {...rest} />
      <Folded
        claims={sound.slice(most)}
        label={plural(sound.length - most, 'more claim')}
        className="text-accent"
        {...rest}
      />
      <Folded
        claims={unsound}
        label={plural(unsound.length, 'unverified claim')}
        icon={<CircleHelp size={13} aria-hidden />}
        className="text-warn"
        {...rest}
      />
    </>
  );
}

function ClaimList({ claims, ...rest }: ClaimsProps) {
  if (claims.length === 0) return null;
  return (
    <ol className="@container flex flex-col gap-1.5">
      {claims.map((claim) => (
        <ClaimLine key={claim.text} claim={claim} {...rest} />
      ))}
    </ol>
  );
}

function Folded({
  claims,
  label,
  icon,
  className,
  ...rest
}: ClaimsProps & { label: string; icon?: ReactNode; className: string }) {
  const [open, setOpen] = useState(false);
  if (claims.length === 0) return null;
  return (
    <div className="flex flex-col gap-1.5">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={cx(
          'flex w-fit items-center gap-1.5 rounded text-xs font-medium hover:underline',
          className,
        )}
      >
        {icon}
        {open ? 'Hide' : 'Show'} {label}
      </button>
      {open && <ClaimList claims={claims} {...rest} />}
    </div>
  );
}

function ClaimLine({
  claim,
  stepName,
  onEvidence,
  lit,
  thumbs,
}: { claim: Claim } & Omit<ClaimsProps, 'claims'>) {
  const { icon: Icon, word, className, title } = VERDICTS[claim.verdict];
  return (
    <li className="grid grid-cols-[88px_minmax(0,1fr)] gap-x-2 @max-md:grid-cols-1">
      <span className={cx('flex h-5 items-center gap-1.5 text-xs font-medium', className)} title={title}>
        <Icon size={14} aria-hidden className="shrink-0" />
        {word}
      </span>
      <div className="min-w-0">
        <p dir="auto" className="[overflow-wrap:anywhere] @3xl:inline">
          {claim.text}
          {claim.kind === 'hypothesis' && <span className="text-ink-3"> (a guess, and marked as one)</span>}
          {claim.facts.length > 0 && (
            <span className="num mx-1.5 text-xs text-ink-3" title="The computed facts it rests on">
              {claim.facts.join(' ')}
            </span>
          )}
        </p>
        {claim.why && <p className="text-xs text-ink-3">{claim.why}</p>}
        {claim.evidence.length > 0 && (
          <div className="flex flex-wrap gap-1 @3xl:inline">
            {claim.evidence.map((evidence) => (
              <EvidenceChip
                key={`${evidence.stepId}${evidence.pointer}`}
                evidence={evidence}
                name={stepName(evidence.stepId)}
                isLit={lit?.stepId === evidence.stepId && lit.pointer === evidence.pointer}
                onClick={() => onEvidence(evidence)}
              />
            ))}
          </div>
        )}
        {thumbs?.(claim)}
      </div>
    </li>
  );
}

function EvidenceChip({
  evidence,
  name,
  isLit,
  onClick,
}: {
  evidence: Evidence;
  name: string;
  isLit: boolean;
  onClick: () => void;
}) {
  return (
    <Tip
      text={
        <span className="flex flex-col gap-1 [overflow-wrap:anywhere]">
          <span className="font-mono text-2xs text-ink-3">
            {name} {evidence.pointer}
          </span>
          {evidence.quote ? <q dir="auto">{clip(evidence.quote, 400)}</q> : 'Show it in the step'}
        </span>
      }
    >
      <button
        type="button"
        onClick={onClick}
        aria-pressed={isLit}
        className={cx(
          'inline-flex h-[22px] max-w-full min-w-0 items-center gap-1.5 rounded-md border px-1.5 align-bottom text-xs hover:border-lit-line @3xl:mr-1',
          isLit ? 'border-lit-line bg-lit' : 'border-line bg-raised text-ink-2 hover:text-ink',
        )}
      >
        <Crosshair size={11} aria-hidden className="shrink-0 text-ink-3" />
        <bdi className="max-w-36 truncate font-medium">{name}</bdi>
        <span className="max-w-56 truncate font-mono text-2xs text-ink-3">{evidence.pointer}</span>
        {evidence.quote && (
          <span className="max-w-40 truncate font-mono text-2xs">{clip(evidence.quote, 60)}</span>
        )}
      </button>
    </Tip>
  );
}
