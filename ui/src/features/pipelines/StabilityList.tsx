import type { ReactNode } from 'react';
import type { Stability, StepStability } from '@/api/types';
import { ShareBar } from '@/components/ShareBar';
import { grouped, plural } from '@/lib/format';

/** Which steps give another output for the same input, the least stable first. */
export function StabilityList({
  stability: s,
  example,
}: {
  stability: Stability;
  /** How the screen links to two executions in which the outputs differ. */
  example: (step: StepStability, children: ReactNode) => ReactNode;
}) {
  return (
    <>
      <p className="mb-2 text-xs text-ink-3">
        Of the newest {plural(s.lookedAt, 'execution')}
        {s.leftOut > 0 && `; ${grouped(s.leftOut)} were too large to read`}.
      </p>
      {s.steps.length === 0 ? (
        <p className="text-sm text-ink-3">No step got the same input twice.</p>
      ) : (
        <ul aria-label="Stability of the steps" className="flex flex-col gap-3">
          {s.steps.map((step) => (
            <li key={step.stepName} className="flex min-w-0 flex-col gap-1 text-sm">
              <div className="flex items-baseline gap-3">
                <bdi className="min-w-0 flex-1 truncate font-medium" title={step.stepName}>
                  {step.stepName || '(no name)'}
                </bdi>
                <span className="num shrink-0 text-xs text-ink-2">
                  {step.unstable === 0
                    ? `always the same for ${plural(step.inputs, 'input')}`
                    : `differs for ${grouped(step.unstable)} of ${plural(step.inputs, 'input')}`}
                </span>
              </div>
              <ShareBar share={step.share} tone="err" />
              <div className="flex gap-3 text-xs text-ink-2">
                {step.failing > 0 && <span>{plural(step.failing, 'input')} failed only sometimes</span>}
                {step.example.length === 2 && example(step, 'Compare two that differ')}
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
