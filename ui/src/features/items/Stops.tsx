import { ArrowDown, CircleX, Crosshair, Eye, type LucideIcon, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Evidence, Stop } from '@/api/types';
import { cx } from '@/lib/cx';
import { figure, rankShift, rankWords } from './words';

const KINDS: Record<Stop['kind'], { icon: LucideIcon; word: string; className: string }> = {
  entered: { icon: Plus, word: 'entered', className: 'text-ok' },
  kept: { icon: ArrowDown, word: 'kept', className: 'text-accent' },
  dropped: { icon: CircleX, word: 'dropped', className: 'text-err' },
  seen: { icon: Eye, word: 'seen', className: 'text-ink-3' },
};

/** An item's way through the run, stop by stop. */
export function Stops({
  stops,
  onEvidence,
}: {
  stops: readonly Stop[];
  onEvidence: (evidence: Evidence) => void;
}) {
  return (
    <ol className="relative flex flex-col">
      {stops.map((stop) => (
        <StopLine key={stop.stepId} stop={stop} onEvidence={onEvidence} />
      ))}
    </ol>
  );
}

function StopLine({ stop, onEvidence }: { stop: Stop; onEvidence: (evidence: Evidence) => void }) {
  const { icon: Icon, word, className } = KINDS[stop.kind];
  const pointer = stop.pointers.at(stop.kind === 'dropped' ? -1 : 0) ?? '';
  return (
    <li className="relative flex gap-3 py-1.5 before:absolute before:top-3 before:-bottom-3 before:left-[11px] before:w-px before:bg-line-strong last:before:hidden">
      <span
        className={cx(
          'z-[1] flex size-[23px] shrink-0 items-center justify-center rounded-full border border-line-strong bg-raised',
          className,
        )}
      >
        <Icon size={13} strokeWidth={2.3} aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <span className={cx('text-xs font-semibold', className)}>{word}</span>
          <button
            type="button"
            title={`Show it in the step${pointer ? `: ${pointer}` : ''}`}
            onClick={() => onEvidence({ stepId: stop.stepId, pointer, quote: '' })}
            className="group inline-flex min-w-0 max-w-full items-center gap-1.5 rounded font-medium hover:underline"
          >
            <bdi className="truncate">{stop.name || '(no name)'}</bdi>
            <Crosshair size={11} aria-hidden className="shrink-0 text-ink-3 group-hover:text-ink" />
          </button>
        </div>
        <Figures stop={stop} />
        {/* Where the program gave a reason, the rule of the whole step would only blur it. */}
        {stop.criterion && !stop.reason && (
          <p dir="auto" className="text-sm text-ink-2 [overflow-wrap:anywhere]">
            {stop.kind === 'dropped' ? 'Failed: ' : 'Rule: '}
            {stop.criterion}
            {stop.value && (
              <>
                {'; it has '}
                <span className="font-mono text-xs text-ink">{stop.value}</span>
              </>
            )}
            {stop.margin !== undefined && <span className="num"> (missed by {figure(stop.margin)})</span>}
          </p>
        )}
        {stop.reason && (
          <p dir="auto" className="text-sm text-ink-2 [overflow-wrap:anywhere]">
            “{stop.reason}” <span className="text-xs text-ink-3">in the program's words</span>
          </p>
        )}
      </div>
    </li>
  );
}

function Figures({ stop: s }: { stop: Stop }) {
  const score = s.score === undefined ? undefined : `${s.scoreField || 'score'} ${figure(s.score)}`;
  const parts: ReactNode[] = [
    rankWords(s.rankIn, s.in) && `came in ${rankWords(s.rankIn, s.in)}`,
    rankWords(s.rankOut, s.out) && `went out ${rankWords(s.rankOut, s.out)}`,
    rankShift(s),
    score,
  ].filter(Boolean);
  return parts.length > 0 ? <p className="num text-xs text-ink-3">{parts.join(' · ')}</p> : null;
}
