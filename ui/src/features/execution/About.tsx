import type { ReactNode } from 'react';
import type { ExecutionDetail } from '@/api/types';
import { Payload } from '@/components/Payload';
import { Part } from './Part';
import { receiptWords } from './receipt';

/** What is known of an execution besides its steps and its result. */
export function About({
  execution: e,
  whyNot,
  notes,
  scores,
}: {
  execution: ExecutionDetail;
  whyNot: ReactNode;
  notes: ReactNode;
  scores: ReactNode;
}) {
  const receipt = receiptWords(e);
  return (
    <div className="flex flex-col gap-5">
      {whyNot && <Part title="Why not?">{whyNot}</Part>}
      {scores && <Part title="Scores">{scores}</Part>}
      <Part title="Notes">{notes}</Part>
      {receipt && (
        <Part title="Receipt">
          <p className={receipt.complete ? 'text-ink-2' : 'text-warn'}>{receipt.title}</p>
        </Part>
      )}
      <Part title="Metadata">
        {Object.keys(e.metadata).length > 0 ? (
          <Payload value={e.metadata} base="/metadata" label="the metadata" />
        ) : (
          <p className="text-ink-3">The program recorded none.</p>
        )}
      </Part>
    </div>
  );
}
