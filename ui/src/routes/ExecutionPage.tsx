import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { isCode } from '@/api/client';
import { executionQuery, stepsQuery } from '@/api/queries';
import type { Evidence, ExecutionDetail } from '@/api/types';
import { copyToClipboard } from '@/components/Copy';
import { Scroll } from '@/components/Scroll';
import { Segmented } from '@/components/Segmented';
import { Skeleton } from '@/components/Skeleton';
import { Split } from '@/components/Split';
import { useHotkeys } from '@/components/useHotkeys';
import { useNow } from '@/components/useNow';
import { FunnelBars } from '@/features/execution/FunnelBars';
import { Header } from '@/features/execution/Header';
import { executionMarkdown } from '@/features/execution/markdown';
import { Overview } from '@/features/execution/Overview';
import { Funnel } from '@/features/items/Funnel';
import { Answer } from '@/features/reasoning/Answer';
import { otherFacts } from '@/features/reasoning/Facts';
import { StepTree, type StepTreeProps } from '@/features/waterfall/StepTree';
import { download } from './download';
import { useStations, WhyNotBox } from './Items';
import { Problem } from './Problem';
import { StepPane } from './StepPane';
import { compact, type ExecutionSearch } from './search';
import { useExplain } from './useExplain';

const route = getRouteApi('/executions/$id');
const WORKING_MS = 2_000;
const VIEWS = [
  { value: 'tree', label: 'Steps' },
  { value: 'funnel', label: 'Funnel' },
] as const;

export function ExecutionPage() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const execution = useQuery({
    ...executionQuery(id),
    // The stream tells of executions, not of each state of a job.
    refetchInterval: ({ state }) => (isWorking(state.data) ? WORKING_MS : false),
  });
  const steps = useQuery(stepsQuery(id));
  const explain = useExplain(id);
  const hasItems = (execution.data?.funnel?.length ?? 0) > 1;
  const stations = useStations(id, hasItems);
  const names = useMemo(() => new Map(steps.data?.map((s) => [s.id, s.name])), [steps.data]);
  const decisive = useMemo(
    () => new Set(execution.data?.reasoning?.decisiveSteps),
    [execution.data?.reasoning],
  );

  const show = (next: ExecutionSearch, replace = false): void =>
    void navigate({ search: compact(next), replace });
  const keep = { view: search.view, why: search.why };
  const showTab = (tab: ExecutionSearch['tab']): void => {
    if (search.step) show({ ...search, tab }, true);
  };
  const onEvidence = (e: Evidence): void =>
    show({ ...keep, step: e.stepId, at: e.pointer || undefined, quote: e.quote || undefined });
  const stepName = (stepId: string): string => names.get(stepId) || stepId;
  useHotkeys({
    Escape: () => search.step && show(keep),
    i: () => showTab('input'),
    u: () => showTab('output'),
    d: () => showTab('changes'),
    a: () => showTab('attributes'),
    f: () => stations && show({ ...search, view: 'funnel' }, true),
    t: () => show({ ...search, view: undefined }, true),
    y: () => void copyToClipboard(window.location.href),
  });

  // What is known of a server that is away is worth reading; of a deleted execution it is not.
  if (execution.isError && (!execution.data || isCode(execution.error, 'not_found'))) {
    return <Problem error={execution.error} what="execution" onRetry={() => void execution.refetch()} />;
  }
  const e = execution.data;
  if (!e) return <Skeleton lines={12} className="p-6" />;
  const toStep = (step: string): void =>
    show({ ...keep, step, tab: search.view === 'funnel' ? 'changes' : search.tab });
  const views =
    stations && stations.length > 0 ? (
      <Segmented
        label="View of the steps"
        options={VIEWS}
        value={search.view ?? 'tree'}
        onChange={(view) => show({ ...search, view: view === 'funnel' ? view : undefined }, true)}
      />
    ) : (
      <h2 className="text-sm font-semibold">Steps</h2>
    );
  const lit =
    search.step && search.at !== undefined ? { stepId: search.step, pointer: search.at } : undefined;
  return (
    <>
      <Header
        execution={e}
        home={
          <Link to="/executions" className="rounded hover:text-ink">
            Executions
          </Link>
        }
        onDownload={() => void download(e)}
        markdown={() => executionMarkdown(e, steps.data ?? [], window.location.href)}
      />
      <Split
        over={search.step !== undefined}
        left={
          <Scroll name="Explanation and steps" className="flex-1 bg-surface">
            <Answer
              execution={e}
              stepName={stepName}
              onEvidence={onEvidence}
              lit={lit}
              onExplain={() => explain.mutate()}
              explaining={explain.isPending}
              explainError={explain.error?.message}
            />
            {search.view === 'funnel' && stations ? (
              <div className="p-3">
                <div className="mb-2 flex h-7 items-center">{views}</div>
                <Funnel stations={stations} selected={search.step} onSelect={toStep} />
              </div>
            ) : steps.data ? (
              <Tree
                title={views}
                key={e.id}
                running={e.status === 'running'}
                steps={steps.data}
                selected={search.step}
                follow={search.at === undefined}
                decisive={decisive}
                onSelect={(step, how) =>
                  show({ ...keep, step, tab: search.tab }, how === 'glance' && search.step !== undefined)
                }
              />
            ) : steps.isError ? (
              <Problem error={steps.error} what="list of steps" onRetry={() => void steps.refetch()} />
            ) : (
              <Skeleton lines={10} className="p-5" />
            )}
          </Scroll>
        }
        right={
          search.step ? (
            <StepPane
              id={id}
              stepId={search.step}
              search={search}
              startedAt={e.startedAt}
              stepName={stepName}
              onEvidence={onEvidence}
              onTab={showTab}
              onClose={() => show(keep)}
              station={stations?.find((s) => s.stepId === search.step)}
            />
          ) : (
            <Scroll name="Outcome" className="flex-1">
              <Overview
                execution={e}
                steps={steps.data}
                onStep={toStep}
                funnel={
                  stations && stations.length > 0 && search.view !== 'funnel' ? (
                    <Funnel stations={stations} selected={undefined} onSelect={toStep} />
                  ) : (
                    hasItems && <FunnelBars counts={e.funnel ?? []} />
                  )
                }
                whyNot={
                  hasItems && (
                    <WhyNotBox
                      id={id}
                      asked={search.why}
                      onAsk={(why) => show({ ...search, why }, true)}
                      onEvidence={onEvidence}
                    />
                  )
                }
                facts={otherFacts(e, { stepName, onEvidence })}
              />
            </Scroll>
          )
        }
      />
    </>
  );
}

/** Only a running execution needs the time. */
function Tree({ running, ...props }: { running: boolean } & Omit<StepTreeProps, 'nowNano'>) {
  return running ? <RunningTree {...props} /> : <StepTree {...props} nowNano={undefined} />;
}

function RunningTree(props: Omit<StepTreeProps, 'nowNano'>) {
  return <StepTree {...props} nowNano={useNow() * 1e6} />;
}

function isWorking(e: ExecutionDetail | undefined): boolean {
  return e?.job?.status === 'pending' || e?.job?.status === 'processing';
}
