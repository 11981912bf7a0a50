import { Crosshair } from 'lucide-react';
import type { DropReason, Evidence } from '@/api/types';
import { cx } from '@/lib/cx';
import { grouped } from '@/lib/format';

/** Why items were dropped; each reason shows its items. */
export function Reasons({
  reasons,
  criterion,
  dropped,
  chosen,
  onChoose,
  onEvidence,
}: {
  reasons: readonly DropReason[];
  /** What separates kept from dropped, of the step as a whole. */
  criterion: string;
  dropped: number;
  /** Place of a reason, from 1. */
  chosen: number | undefined;
  onChoose: (why: number | undefined) => void;
  stepId: string;
  onEvidence: (evidence: Evidence) => void;
}) {
  const told = reasons.some((r) => r.text !== '');
  return (
    <section aria-label="Why items were dropped">
      <h3 className="eyebrow mb-1.5">Why items were dropped</h3>
      {!told && (
        <p dir="auto" className="text-sm text-ink-2 [overflow-wrap:anywhere]">
          {criterion || 'No field of the items tells kept from dropped, and no rule was recorded.'}
        </p>
      )}
      {told && (
        <ul className="overflow-hidden rounded-lg border border-line bg-surface">
          {reasons.map((reason, i) => (
            <li
              key={reason.text}
              className="relative flex items-center gap-2 border-b border-line/70 last:border-0"
            >
              <span
                aria-hidden
                className="absolute inset-y-0 left-0 bg-warn-soft"
                style={{ width: `${(reason.items / Math.max(1, dropped)) * 100}%` }}
              />
              <button
                type="button"
                aria-pressed={chosen === i + 1}
                onClick={() => onChoose(chosen === i + 1 ? undefined : i + 1)}
                className={cx(
                  'relative flex min-w-0 flex-1 items-baseline gap-2 px-3 py-1.5 text-left text-sm focus-visible:-outline-offset-2',
                  chosen === i + 1 && 'font-semibold',
                )}
              >
                <span dir="auto" className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                  {reason.text || 'nothing recorded or computed'}
                </span>
                <span className="num shrink-0 text-xs text-ink-2">{grouped(reason.items)}</span>
              </button>
              {reason.stepId && reason.pointer && (
                <button
                  type="button"
                  aria-label={`Show where ${reason.value} stands: ${reason.pointer}`}
                  title={`Where ${reason.value} stands: ${reason.pointer}`}
                  onClick={() =>
                    onEvidence({ stepId: reason.stepId ?? '', pointer: reason.pointer ?? '', quote: '' })
                  }
                  className="relative mr-2 inline-flex size-6 items-center justify-center rounded text-ink-3 hover:bg-hover hover:text-ink"
                >
                  <Crosshair size={12} aria-hidden />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
