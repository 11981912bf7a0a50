import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useDeferredValue } from 'react';
import { stepQuery } from '@/api/payloads';
import type { Evidence, Station } from '@/api/types';
import { IconButton } from '@/components/Button';
import { Notice } from '@/components/Notice';
import type { Lit } from '@/components/Payload';
import { PinContext } from '@/components/pin';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { StepExplanation } from '@/features/reasoning/StepExplanation';
import { DEFAULT_COLUMNS, printColumns } from '@/features/search/columns';
import { Rewrite } from '@/features/step/Rewrite';
import { StepPanel, type StepTab } from '@/features/step/StepPanel';
import type { LoadLarge } from '@/features/step/Value';
import { cx } from '@/lib/cx';
import { grouped } from '@/lib/format';
import { parsePointer } from '@/lib/pointer';
import { quoted } from '@/lib/query';
import { parseNano } from '@/lib/time';
import { StepChanges } from './Items';
import { LargeValue } from './LargeValue';
import { Problem } from './Problem';
import { compact, type ExecutionSearch, printCols } from './search';
import type { Feedback } from './useFeedback';

/** The step that the panes show: the last one stays until the next is there. */
export function useShownStep(id: string, stepId: string) {
  const wanted = useDeferredValue(stepId);
  return useQuery({ ...stepQuery(id, wanted), placeholderData: keepPreviousData });
}

/** How large values of a step are fetched and drawn. */
export function largeOf(id: string, stepId: string): LoadLarge {
  return (outline, lit, draw) => (
    <LargeValue key={outline.pointer} id={id} stepId={stepId} outline={outline} wanted={lit}>
      {draw}
    </LargeValue>
  );
}

/** The middle pane with one step in it. */
export function StepPane({
  id,
  stepId,
  search,
  startedAt,
  executionName,
  stepName,
  onEvidence,
  onTab,
  onClose,
  station,
  feedback,
}: {
  id: string;
  stepId: string;
  search: ExecutionSearch;
  startedAt: string;
  executionName: string;
  stepName: (stepId: string) => string;
  onEvidence: (evidence: Evidence) => void;
  onTab: (tab: StepTab) => void;
  onClose: () => void;
  /** What the step did to the items, if it touched any. */
  station: Station | undefined;
  feedback: Feedback;
}) {
  const navigate = useNavigate();
  const query = useShownStep(id, stepId);
  const step = query.data;
  if (query.isError && !step) {
    return (
      <div className="flex-1">
        <div className="flex justify-end p-2">
          <IconButton name="Close" onClick={onClose}>
            <X size={15} aria-hidden />
          </IconButton>
        </div>
        <Problem error={query.error} what="step" onRetry={() => void query.refetch()} />
      </div>
    );
  }
  if (!step) return <Skeleton lines={9} className="p-5" />;
  const stale = step.id !== stepId;
  const lit = stale ? undefined : litOf(search);
  const tab = lit?.tab;
  const changed = station && station.in !== station.kept ? grouped(station.in - station.kept) : undefined;
  return (
    <Scroll name="Step" className={cx('flex-1 transition-opacity', stale && 'opacity-60')}>
      {search.at !== undefined && !stale && !lit && (
        <Notice tone="warn" className="m-4 mb-0">
          The evidence points at <span className="mono">{search.at}</span>, which is no part of this step.
        </Notice>
      )}
      <PinContext value={pinOf(navigate, executionName, step.name)}>
        <StepPanel
          key={step.id}
          step={step}
          offsetNano={step.startedAt ? Number(parseNano(step.startedAt) - parseNano(startedAt)) : undefined}
          tab={search.tab}
          onTab={onTab}
          onClose={onClose}
          lit={lit && (tab === 'input' || tab === 'output') ? { tab, lit: lit.lit } : undefined}
          changes={
            station && !stale ? (
              <StepChanges id={id} station={station} onEvidence={onEvidence} />
            ) : (
              <Rewrite step={step} />
            )
          }
          changed={changed && `−${changed}`}
          large={largeOf(id, step.id)}
          feedback={feedback.thumbs('this step', { stepId: step.id })}
          explanation={
            <StepExplanation
              thumbs={(claim) => feedback.thumbs('this claim', { stepId: step.id, claim: claim.id }, 'ml-1')}
              step={step}
              stepName={stepName}
              onEvidence={onEvidence}
              lit={search.at === undefined ? undefined : { stepId, pointer: search.at }}
            />
          }
        />
      </PinContext>
    </Scroll>
  );
}

/** Goes to the list of executions of this name, with the value as one more column. */
function pinOf(navigate: ReturnType<typeof useNavigate>, name: string, step: string) {
  return (pointer: string): void => {
    const shown = { columns: DEFAULT_COLUMNS, pins: [{ step, pointer }] };
    const search = compact({
      q: name ? `name:${quoted(name)}` : undefined,
      cols: printCols(printColumns(shown)),
    });
    void navigate({ to: '/executions', search });
  };
}

/** The value to light, if the pointer is one into this step's record. */
export function litOf({
  at,
  quote = '',
}: ExecutionSearch): { tab: 'input' | 'output' | 'attributes'; lit: Lit } | undefined {
  const [head, ...path] = (at === undefined ? undefined : parsePointer(at)) ?? [];
  if (head !== 'input' && head !== 'output' && head !== 'attributes') return undefined;
  return { tab: head, lit: { path, quote } };
}
