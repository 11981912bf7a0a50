import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { activityQuery, executionsQuery, type Filters, newestQuery, sessionQuery } from '@/api/queries';
import type { Execution, ExecutionList } from '@/api/types';
import { Skeleton } from '@/components/Skeleton';
import { useHotkeys } from '@/components/useHotkeys';
import { ExecutionTable } from '@/features/search/ExecutionTable';
import { FilterBar, type Observed } from '@/features/search/FilterBar';
import { Histogram } from '@/features/search/Histogram';
import { Nothing } from '@/features/search/Nothing';
import type { Span } from '@/lib/chart';
import { useLive } from './live';
import { Problem } from './Problem';
import { compact } from './search';

const Start = lazy(async () => ({ default: (await import('./Start')).Start }));
const Peek = lazy(async () => ({ default: (await import('./Peek')).Peek }));

const route = getRouteApi('/executions');

export function ExecutionsPage() {
  const { peek, ...filters } = route.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const { state } = useLive();
  const session = useQuery(sessionQuery);
  const list = useInfiniteQuery(executionsQuery(filters));
  const newest = useQuery({
    ...newestQuery,
    enabled: list.isSuccess && executionCount(list.data.pages) === 0,
  });
  const { range, since, until } = filters;
  const activity = useQuery(activityQuery({ range, since, until }));
  const executions = useMemo(() => list.data?.pages.flatMap((page) => page.executions) ?? [], [list.data]);
  const observed = useMemo(() => observe(executions), [executions]);

  // What comes next is most likely one of these: have its code at hand.
  useEffect(() => {
    void import('./ExecutionPage');
  }, []);

  const narrow = (next: Filters): void =>
    void navigate({ to: '/executions', search: compact(next), replace: true });
  const onZoom = ({ from, to }: Span): void =>
    void navigate({
      to: '/executions',
      search: compact({
        ...filters,
        range: undefined,
        since: new Date(from).toISOString(),
        until: new Date(to).toISOString(),
      }),
      state: (old) => ({ ...old, zoomed: true }),
    });
  const zoomOut = (): void => {
    if (router.history.location.state.zoomed) router.history.back();
    else narrow({ ...filters, since: undefined, until: undefined });
  };
  useHotkeys(filters.since && !peek ? { Escape: zoomOut } : {});
  const onPeek = (id: string | undefined): void =>
    void navigate({ to: '/executions', search: compact({ ...filters, peek: id }), replace: true });
  const onOpen = (id: string): void => void navigate({ to: '/executions/$id', params: { id } });

  if (list.isError && !list.data) {
    return <Problem error={list.error} what="list" onRetry={() => void list.refetch()} />;
  }
  const isEmpty = list.isSuccess && executions.length === 0;
  if (isEmpty && newest.data === null && session.data) {
    return (
      <Suspense>
        <Start session={session.data} live={state === 'live'} />
      </Suspense>
    );
  }
  return (
    <>
      <section aria-label="Overview" className="shrink-0 border-b border-line bg-surface px-3 pt-2 pb-1">
        <Histogram activity={activity.data} onZoom={onZoom} height={104} />
      </section>
      <FilterBar filters={filters} onChange={narrow} observed={observed} />
      <div className="flex min-h-0 flex-1">
        {list.isPending || (isEmpty && newest.isPending) ? (
          <Skeleton lines={14} className="flex-1 gap-7! p-6" />
        ) : executions.length === 0 ? (
          <Nothing
            filters={filters}
            newest={newest.data ?? undefined}
            onChange={(next) => void navigate({ to: '/executions', search: compact(next) })}
          />
        ) : (
          <ExecutionTable
            key={JSON.stringify(filters)}
            executions={executions}
            peeked={peek}
            onPeek={onPeek}
            onOpen={onOpen}
            onCompare={(a, b) => void navigate({ to: '/compare', search: { a, b } })}
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            onMore={list.fetchNextPage}
          />
        )}
        {peek && (
          <Suspense>
            <Peek id={peek} onClose={() => onPeek(undefined)} />
          </Suspense>
        )}
      </div>
    </>
  );
}

function executionCount(pages: readonly ExecutionList[]): number {
  return pages.reduce((n, page) => n + page.executions.length, 0);
}

function observe(executions: readonly Execution[]): Observed {
  const values = (of: (e: Execution) => string | undefined): string[] =>
    [...new Set(executions.map(of))].filter((v) => v !== undefined && v !== '').toSorted() as string[];
  return {
    name: values((e) => e.name),
    service: values((e) => e.service),
    sessionId: values((e) => e.sessionId),
    userId: values((e) => e.userId),
  };
}
