import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '@/api/client';
import { activityQuery, executionsQuery, facetsQuery, newestQuery, pipelinesQuery } from '@/api/list';
import { sessionQuery } from '@/api/queries';
import type { QueryError } from '@/api/types';
import { Skeleton } from '@/components/Skeleton';
import { useHotkeys } from '@/components/useHotkeys';
import { Chips } from '@/features/search/Chips';
import { ExecutionTable } from '@/features/search/ExecutionTable';
import { Histogram } from '@/features/search/Histogram';
import { Nothing } from '@/features/search/Nothing';
import type { Draft } from '@/features/search/QueryBar';
import { rememberQuery } from '@/features/search/recent';
import { withTerm } from '@/features/search/terms';
import { int64 } from '@/lib/time';
import { ListFacets } from './ListFacets';
import { ListTools } from './ListTools';
import { useLive } from './live';
import { PinnedCell } from './PinnedCell';
import { Problem } from './Problem';
import { storeDensity, storedDensity, useListState } from './useListState';

const Start = lazy(async () => ({ default: (await import('./Start')).Start }));
const Peek = lazy(async () => ({ default: (await import('./Peek')).Peek }));

const MINUTE_MS = 60_000;
const NONE: readonly QueryError[] = [];

/** The home of the product: what ran, how it went, and the way to the one that matters. */
export function ExecutionsPage() {
  const at = useListState();
  const { q, filters, peek } = at;
  const navigate = useNavigate();
  const { state } = useLive();
  const session = useQuery(sessionQuery);
  const list = useInfiniteQuery(executionsQuery(filters));
  const activity = useQuery({
    ...activityQuery(filters),
    enabled: !list.isError,
    // A range that ends now moves on, also while nothing happens.
    refetchInterval: state === 'live' && !filters.since && MINUTE_MS,
  });
  const facets = useQuery({ ...facetsQuery(filters), enabled: !list.isError });
  const pipelines = useQuery(pipelinesQuery(at.time));
  const executions = useMemo(() => list.data?.pages.flatMap((page) => page.executions) ?? [], [list.data]);
  const isEmpty = list.isSuccess && executions.length === 0;
  const newest = useQuery({ ...newestQuery, enabled: isEmpty });
  const p95 = useMemo(
    () => new Map(pipelines.data?.pipelines.map((p) => [p.name, int64(p.p95Nano)])),
    [pipelines.data],
  );
  const [density, setDensity] = useState(storedDensity);
  const shownKey = useSettled(JSON.stringify(filters), !list.isPlaceholderData);
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useDraft(q);

  // What comes next is most likely one of these: have its code at hand.
  useEffect(() => {
    void import('./ExecutionPage');
  }, []);
  const isAnswered = list.isSuccess && !list.isPlaceholderData;
  useEffect(() => {
    if (isAnswered) rememberQuery(q);
  }, [isAnswered, q]);
  useHotkeys({
    '/': () => input.current?.focus(),
    ...(filters.since && !peek && { Escape: at.zoomOut }),
  });

  if (isEmpty && newest.data === null && session.data) {
    return (
      <Suspense>
        <Start session={session.data} live={state === 'live'} />
      </Suspense>
    );
  }
  const errors = list.error instanceof ApiError ? list.error.errors : NONE;
  const searchedTo = list.data?.pages.at(-1)?.searchedTo || undefined;
  const onMore = (field: string): void => {
    const text = withTerm(q, `${field}:`);
    setDraft({ text, caret: text.length });
    input.current?.focus();
  };
  return (
    <>
      <section
        aria-label="Overview"
        className="flex shrink-0 flex-col gap-1.5 border-b border-line bg-surface px-3 pt-2 pb-2"
      >
        <Histogram activity={activity.data} onZoom={at.zoom} height={92} />
        <Chips activity={activity.data} q={q} onQuery={at.setQuery} />
      </section>
      <ListTools
        at={at}
        input={input}
        draft={draft}
        onDraft={setDraft}
        errors={errors}
        facets={facets.data}
        onMore={onMore}
        mayKeep={session.data?.scope === 'admin'}
        density={density}
        onDensity={(next) => {
          setDensity(next);
          storeDensity(next);
        }}
      />
      <div className="flex min-h-0 flex-1">
        <ListFacets list={facets.data} onQuery={at.setQuery} onMore={onMore} narrow={peek !== undefined} />
        {list.isError && !list.data ? (
          <div className="flex-1">
            {errors.length === 0 ? (
              <Problem error={list.error} what="list" onRetry={() => void list.refetch()} />
            ) : (
              <p className="px-6 py-14 text-center text-ink-2">
                The query cannot be read yet. What is wrong is marked in it.
              </p>
            )}
          </div>
        ) : list.isPending || (isEmpty && newest.isPending) ? (
          <Skeleton lines={14} className="flex-1 gap-7! p-6" />
        ) : isEmpty ? (
          <Nothing
            filters={filters}
            newest={newest.data ?? undefined}
            searchedTo={list.hasNextPage ? searchedTo : undefined}
            onMore={() => void list.fetchNextPage()}
            onChange={at.setFilters}
          />
        ) : (
          <ExecutionTable
            key={shownKey}
            executions={executions}
            peeked={peek}
            onPeek={at.setPeek}
            onOpen={(id) => void navigate({ to: '/executions/$id', params: { id } })}
            onCompare={(a, b) => void navigate({ to: '/compare', search: { a, b } })}
            onContrast={(ids) => void navigate({ to: '/contrast', search: { ids: ids.join(',') } })}
            shown={at.shown}
            density={density}
            p95={p95}
            renderPin={(execution, pin) => <PinnedCell execution={execution} pin={pin} />}
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            onMore={list.fetchNextPage}
            searchedTo={searchedTo}
          />
        )}
        {peek && (
          <Suspense>
            <Peek id={peek} onClose={() => at.setPeek(undefined)} />
          </Suspense>
        )}
      </div>
    </>
  );
}

/** The text being edited; what the URL says replaces it whenever that changes. */
function useDraft(q: string): [Draft, (draft: Draft) => void] {
  const [draft, setDraft] = useState<Draft>({ text: q, caret: q.length });
  const [from, setFrom] = useState(q);
  if (from !== q) {
    setFrom(q);
    if (draft.text.trim() !== q) setDraft({ text: q, caret: q.length });
  }
  return [draft, setDraft];
}

/** The last value that was settled: what is on the screen while the next is read. */
function useSettled(value: string, isSettled: boolean): string {
  const [settled, setSettled] = useState(value);
  if (isSettled && settled !== value) setSettled(value);
  return isSettled ? value : settled;
}
