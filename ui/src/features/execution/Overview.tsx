import type { ReactNode } from 'react';
import type { ExecutionDetail } from '@/api/types';
import { Payload } from '@/components/Payload';
import { FunnelBars } from './FunnelBars';

/** The right pane while no step is chosen: what came out, and what was known. */
export function Overview({ execution: e, facts }: { execution: ExecutionDetail; facts: ReactNode }) {
  const metadata = Object.keys(e.metadata).length > 0;
  return (
    <div className="flex flex-col gap-5 p-4">
      {e.funnel && e.funnel.length > 1 && (
        <Part title="Funnel">
          <FunnelBars counts={e.funnel} />
        </Part>
      )}
      <Part title="Final outcome">
        {e.finalOutcome === undefined ? (
          <p className="text-ink-3">
            {e.status === 'running' ? 'Not there yet.' : 'The program recorded no final outcome.'}
          </p>
        ) : (
          <Payload value={e.finalOutcome} base="/finalOutcome" label="the final outcome" />
        )}
      </Part>
      {e.facts.length > 0 && <Part title="Computed facts">{facts}</Part>}
      {metadata && (
        <Part title="Metadata">
          <Payload value={e.metadata} base="/metadata" label="the metadata" />
        </Part>
      )}
      <p className="text-sm text-ink-3">Choose a step to read its input and output.</p>
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
