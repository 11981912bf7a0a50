import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowUpRight, X } from 'lucide-react';
import { executionQuery, stepsQuery } from '@/api/queries';
import type { Evidence } from '@/api/types';
import { IconButton } from '@/components/Button';
import { Mark } from '@/components/Mark';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { useHotkeys } from '@/components/useHotkeys';
import { FunnelBars } from '@/features/execution/FunnelBars';
import { Overview } from '@/features/execution/Overview';
import { Answer } from '@/features/reasoning/Answer';
import { otherFacts } from '@/features/reasoning/Facts';
import { Problem } from './Problem';
import { compact } from './search';
import { useExplain } from './useExplain';

/** The answer of one execution beside the list, without leaving it. */
export function Peek({ id, onClose }: { id: string; onClose: () => void }) {
  const navigate = useNavigate();
  const execution = useQuery(executionQuery(id));
  const steps = useQuery(stepsQuery(id));
  const explain = useExplain(id);
  useHotkeys({ Escape: onClose });
  const stepName = (stepId: string): string => steps.data?.find((s) => s.id === stepId)?.name ?? stepId;
  const onEvidence = (e: Evidence): void => {
    const search = compact({ step: e.stepId, at: e.pointer || undefined, quote: e.quote || undefined });
    void navigate({ to: '/executions/$id', params: { id }, search });
  };
  const e = execution.data;
  return (
    <aside
      aria-label="Peek"
      className="flex w-[44%] max-w-[640px] min-w-[400px] shrink-0 flex-col border-l border-line bg-canvas max-md:absolute max-md:inset-0 max-md:z-30 max-md:w-full max-md:min-w-0"
    >
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line bg-surface pr-2 pl-4">
        <h2 className="min-w-0 truncate font-semibold">
          <bdi>{e?.name ?? id}</bdi>
        </h2>
        {e && <Mark status={e.status} look="pill" size={13} />}
        <Link
          to="/executions/$id"
          params={{ id }}
          className="ml-auto flex h-7 shrink-0 items-center gap-1 rounded-md px-2 text-sm font-medium text-accent hover:bg-hover"
        >
          Open
          <ArrowUpRight size={14} aria-hidden />
        </Link>
        <IconButton name="Close" keys="Esc" onClick={onClose}>
          <X size={15} aria-hidden />
        </IconButton>
      </div>
      <Scroll name="Peek" className="flex-1">
        {execution.isError && !e && (
          <Problem error={execution.error} what="execution" onRetry={() => void execution.refetch()} />
        )}
        {execution.isPending && <Skeleton lines={8} className="p-5" />}
        {e && (
          <>
            <Answer
              execution={e}
              stepName={stepName}
              onEvidence={onEvidence}
              onExplain={() => explain.mutate()}
              explaining={explain.isPending}
              explainError={explain.error?.message}
            />
            <Overview
              execution={e}
              steps={steps.data}
              onStep={(step) => void navigate({ to: '/executions/$id', params: { id }, search: { step } })}
              funnel={e.funnel && e.funnel.length > 1 && <FunnelBars counts={e.funnel} />}
              facts={otherFacts(e, { stepName, onEvidence })}
            />
          </>
        )}
      </Scroll>
    </aside>
  );
}
