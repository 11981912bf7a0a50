import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { isCode } from '@/api/client';
import { executionQuery, sessionQuery, stepsQuery } from '@/api/queries';
import type { Evidence, ExecutionDetail } from '@/api/types';
import { Panes } from '@/components/Panes';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { FunnelBars } from '@/features/execution/FunnelBars';
import { Header } from '@/features/execution/Header';
import { Overview } from '@/features/execution/Overview';
import { Funnel } from '@/features/items/Funnel';
import { Answer } from '@/features/reasoning/Answer';
import { otherFacts } from '@/features/reasoning/Facts';
import { ContextPane } from './ContextPane';
import { useStations } from './Items';
import { PriceOfExplaining } from './PriceOfExplaining';
import { Problem } from './Problem';
import { StepPane } from './StepPane';
import { StepsPane } from './StepsPane';
import { compact, type ExecutionSearch, type Pane, type View } from './search';
import { useAnswers } from './useAnswer';
import { useExecutionKeys } from './useExecutionKeys';
import { useExplain } from './useExplain';
import { useExports } from './useExports';
import { useFeedback } from './useFeedback';

const route = getRouteApi('/executions/$id');
const WORKING_MS = 2_000;

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
  const session = useQuery(sessionQuery);
  const explain = useExplain(id);
  const answers = useAnswers();
  const exporting = useExports(execution.data);
  const feedback = useFeedback(id);
  const hasItems = (execution.data?.funnel?.length ?? 0) > 1;
  const stations = useStations(id, hasItems);
  const names = useMemo(() => new Map(steps.data?.map((s) => [s.id, s.name])), [steps.data]);
  const decisive = useMemo(
    () => new Set(execution.data?.reasoning?.decisiveSteps),
    [execution.data?.reasoning],
  );

  const show = (next: ExecutionSearch, replace = false): void =>
    void navigate({ search: compact(next), replace });
  const view: View = viewOf(search.view, hasItems, stations.known, stations.list.length);
  const pane: Pane = search.pane ?? (search.step ? 'step' : 'why');
  const keep = { view: search.view, why: search.why, only: search.only, side: search.side };
  const close = (): void => show({ ...keep, pane: 'steps' });
  const toPane = (to: Pane): void => {
    if (to !== pane) show({ ...search, pane: to }, true);
  };
  const onEvidence = (e: Evidence): void => {
    const attribute = e.pointer.startsWith('/attributes');
    const at = { step: e.stepId, at: e.pointer || undefined, quote: e.quote || undefined };
    show({ ...keep, ...at, ...(attribute ? { side: 'attributes' as const, pane: 'context' as const } : {}) });
  };
  const stepName = (stepId: string): string => names.get(stepId) || stepId;
  const toStep = (step: string): void =>
    show({ ...keep, step, tab: view === 'funnel' ? 'changes' : search.tab });
  const keys = useExecutionKeys({
    execution: execution.data,
    show,
    search,
    close,
    toPane,
    hasFunnel: stations.list.length > 0,
  });

  // What is known of a server that is away is worth reading; of a deleted execution it is not.
  if (execution.isError && (!execution.data || isCode(execution.error, 'not_found'))) {
    return <Problem error={execution.error} what="execution" onRetry={() => void execution.refetch()} />;
  }
  const e = execution.data;
  if (!e) return <Skeleton lines={12} className="p-6" />;
  const lit =
    search.step && search.at !== undefined ? { stepId: search.step, pointer: search.at } : undefined;
  const head = (
    <Scroll name="Why it ended this way" className="min-h-0 bg-surface max-lg:flex-1">
      <Answer
        execution={e}
        stepName={stepName}
        onEvidence={onEvidence}
        lit={lit}
        thumbs={(claim) => feedback.thumbs('this claim', { claim: claim.id }, 'ml-1')}
        onExplain={() => explain.mutate()}
        explaining={explain.isPending}
        explainError={explain.error?.message}
        model={session.data?.reasoning.model}
        price={<PriceOfExplaining id={e.id} last={e.reasoning?.costUsd} />}
        factsOnly={search.only === 'facts'}
        onFactsOnly={(only) => show({ ...search, only: only ? 'facts' : undefined }, true)}
      />
    </Scroll>
  );
  const left = steps.data ? (
    <StepsPane
      key={e.id}
      execution={e}
      steps={steps.data}
      stations={stations.list}
      view={view}
      onView={(to) => show({ ...search, view: to }, true)}
      selected={search.step}
      follow={search.at === undefined}
      decisive={decisive}
      onSelect={(step, how) =>
        show(
          { ...keep, step, tab: search.tab, pane: how === 'glance' ? 'steps' : undefined },
          how === 'glance' && search.step !== undefined,
        )
      }
      onStation={toStep}
    />
  ) : steps.isError ? (
    <Problem error={steps.error} what="list of steps" onRetry={() => void steps.refetch()} />
  ) : (
    <Skeleton lines={10} className="p-5" />
  );
  const middle = search.step ? (
    <StepPane
      id={id}
      stepId={search.step}
      search={search}
      startedAt={e.startedAt}
      executionName={e.name}
      stepName={stepName}
      onEvidence={onEvidence}
      onTab={(tab) => show({ ...search, tab }, true)}
      onClose={close}
      feedback={feedback}
      station={stations.list.find((s) => s.stepId === search.step)}
    />
  ) : (
    <Scroll name="Outcome" className="flex-1">
      <Overview
        execution={e}
        steps={steps.data}
        onStep={toStep}
        funnel={
          view !== 'funnel' &&
          (stations.list.length > 0 ? (
            <Funnel stations={stations.list} selected={undefined} onSelect={toStep} />
          ) : (
            hasItems && <FunnelBars counts={e.funnel ?? []} />
          ))
        }
        facts={search.only !== 'facts' && otherFacts(e, { stepName, onEvidence })}
      />
    </Scroll>
  );
  return (
    <>
      <Header
        execution={e}
        home={
          <Link to="/executions" className="rounded hover:text-ink">
            Executions
          </Link>
        }
        onNeighbour={keys.toNeighbour}
        onCompare={keys.toComparison}
        feedback={feedback.thumbs('this execution', {}, 'mr-1')}
        {...exporting}
      />
      <Panes
        names={[
          { id: 'why', label: 'Why' },
          { id: 'steps', label: 'Steps' },
          { id: 'step', label: search.step ? 'Step' : 'Outcome' },
          { id: 'context', label: 'Context' },
        ]}
        shown={pane}
        onShow={toPane}
        head={head}
        left={left}
        middle={middle}
        right={
          <ContextPane
            id={id}
            execution={e}
            search={search}
            hasItems={hasItems}
            stepName={stepName}
            onEvidence={onEvidence}
            onSide={(side) => show({ ...search, side }, true)}
            onWhyNot={(why) => show({ ...search, why }, true)}
            answers={answers}
            feedback={feedback}
          />
        }
      />
    </>
  );
}

/** Where there are items the funnel says most; until they are known, nothing jumps. */
function viewOf(wanted: View | undefined, hasItems: boolean, known: boolean, stations: number): View {
  if (wanted === 'tree' || wanted === 'waterfall') return wanted;
  const funnel = known ? stations > 0 : hasItems;
  return funnel ? 'funnel' : 'tree';
}

function isWorking(e: ExecutionDetail | undefined): boolean {
  return e?.job?.status === 'pending' || e?.job?.status === 'processing';
}
