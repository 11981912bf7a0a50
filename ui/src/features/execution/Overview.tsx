import type { ReactNode } from 'react';
import type { ExecutionDetail, Step } from '@/api/types';
import { Payload } from '@/components/Payload';
import { TimeSpent } from './TimeSpent';

/** The right pane while no step is chosen: what came out, and what was known. */
export function Overview({
  execution: e,
  steps,
  facts,
  funnel,
  whyNot,
  onStep,
}: {
  execution: ExecutionDetail;
  steps: readonly Step[] | undefined;
  /** Facts that the explanation does not state; null if there are none. */
  facts: ReactNode;
  funnel: ReactNode;
  /** Asks why something is not in the result. */
  whyNot?: ReactNode;
  onStep: (id: string) => void;
}) {
  const metadata = Object.keys(e.metadata).length > 0;
  return (
    <div className="flex flex-col gap-5 p-4">
      {funnel && <Part title="Funnel">{funnel}</Part>}
      {whyNot && <Part title="Why not?">{whyNot}</Part>}
      <Part title="Final outcome">
        {e.finalOutcome === undefined ? (
          <p className="text-ink-3">
            {e.status === 'running' ? 'Not there yet.' : 'The program recorded no final outcome.'}
          </p>
        ) : (
          <Payload value={e.finalOutcome} base="/finalOutcome" label="the final outcome" />
        )}
      </Part>
      {facts && <Part title={e.reasoning ? 'Other computed facts' : 'Computed facts'}>{facts}</Part>}
      {steps && steps.length > 1 && (
        <Part title="Where the time went">
          <TimeSpent steps={steps} onStep={onStep} />
        </Part>
      )}
      {metadata && (
        <Part title="Metadata">
          <Payload value={e.metadata} base="/metadata" label="the metadata" />
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="eyebrow mb-2">{title}</h2>
      {children}
    </section>
  );
}
