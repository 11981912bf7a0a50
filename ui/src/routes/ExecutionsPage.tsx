import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { FilterX } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { apiKey } from '@/api/key';
import { executionsQuery, type Filters, sessionQuery } from '@/api/queries';
import type { Execution } from '@/api/types';
import { Button } from '@/components/Button';
import { Blank } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { ExecutionTable } from '@/features/search/ExecutionTable';
import { FilterBar, type Observed } from '@/features/search/FilterBar';
import { useLive } from './live';
import { Problem } from './Problem';
import { compact } from './search';

const Onboarding = lazy(async () => ({
  default: (await import('@/features/onboarding/Onboarding')).Onboarding,
}));
const Peek = lazy(async () => ({ default: (await import('./Peek')).Peek }));

const route = getRouteApi('/executions');

export function ExecutionsPage() {
  const { peek, ...filters } = route.useSearch();
  const navigate = useNavigate();
  const { state } = useLive();
  const session = useQuery(sessionQuery);
  const list = useInfiniteQuery(executionsQuery(filters));
  const executions = useMemo(() => list.data?.pages.flatMap((page) => page.executions) ?? [], [list.data]);
  const observed = useMemo(() => observe(executions), [executions]);

  // What comes next is most likely one of these: have its code at hand.
  useEffect(() => {
    void import('./ExecutionPage');
  }, []);

  const narrow = (next: Filters): void =>
    void navigate({ to: '/executions', search: compact(next), replace: true });
  const onPeek = (id: string | undefined): void =>
    void navigate({ to: '/executions', search: compact({ ...filters, peek: id }), replace: true });
  const onOpen = (id: string): void => void navigate({ to: '/executions/$id', params: { id } });

  if (list.isError && !list.data) {
    return <Problem error={list.error} what="list" onRetry={() => void list.refetch()} />;
  }
  const narrowed = Object.keys(filters).length > 0;
  if (list.isSuccess && executions.length === 0 && !narrowed && session.data) {
    const key = session.data.scope === 'read' ? undefined : apiKey();
    return (
      <Suspense>
        <Onboarding session={session.data} apiKey={key} live={state === 'live'} />
      </Suspense>
    );
  }
  return (
    <>
      <FilterBar filters={filters} onChange={narrow} observed={observed} />
      <div className="flex min-h-0 flex-1">
        {list.isPending ? (
          <Skeleton lines={14} className="flex-1 gap-7! p-6" />
        ) : executions.length === 0 ? (
          <div className="flex-1">
            <Blank
              icon={<FilterX size={30} aria-hidden />}
              title="No execution fits"
              action={<Button onClick={() => narrow({})}>Show all</Button>}
            >
              New ones that fit appear here by themselves.
            </Blank>
          </div>
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
