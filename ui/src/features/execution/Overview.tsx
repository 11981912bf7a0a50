import type { ReactNode } from 'react';
import type { ExecutionDetail, Step } from '@/api/types';
import { Payload } from '@/components/Payload';
import { Part } from './Part';
import { TimeSpent } from './TimeSpent';

/** What came out, and what was computed; the middle pane while no step is chosen. */
export function Overview({
  execution: e,
  steps,
  facts,
  funnel,
  onStep,
}: {
  execution: ExecutionDetail;
  steps: readonly Step[] | undefined;
  /** Facts that the explanation does not state; null if there are none. */
  facts: ReactNode;
  funnel: ReactNode;
  onStep: (id: string) => void;
}) {
  return (
    <div className="flex flex-col gap-5 p-4">
      <Part title="Final outcome">
        {e.finalOutcome === undefined ? (
          <p className="text-ink-3">
            {e.status === 'running' ? 'Not there yet.' : 'The program recorded no final outcome.'}
          </p>
        ) : (
          <Payload value={e.finalOutcome} base="/finalOutcome" label="the final outcome" />
        )}
      </Part>
      {funnel && <Part title="Funnel">{funnel}</Part>}
      {facts && <Part title={e.reasoning ? 'Other computed facts' : 'Computed facts'}>{facts}</Part>}
      {steps && steps.length > 1 && (
        <Part title="Where the time went">
          <TimeSpent steps={steps} onStep={onStep} />
        </Part>
      )}
    </div>
  );
}
