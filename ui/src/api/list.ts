import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { firstFilled } from '@/lib/chart';
import { ends, type TimeChoice } from '@/lib/time';
import { client, take } from './client';

/** What a link to the list restores: what the executions must hold, and when they started. */
export interface Filters extends TimeChoice {
  q?: string;
}

const PAGE = 100;

export const executionsKey = ['executions'] as const;

export function executionsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [...executionsKey, filters] as const,
    queryFn: ({ pageParam, signal }) => {
      const query = { q: filters.q, ...ends(filters, Date.now()), limit: PAGE, cursor: pageParam };
      return take(client.GET('/api/executions', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

/** The most that one page of the list holds. */
const MOST = 500;

/**
 * Those executions of a range of starts that fit the query; undefined if there
 * are more than one answer holds. What fits is the server's to say.
 */
export async function whichFit(q: string, since: string, until: string) {
  const query = { q, since, until, limit: MOST };
  const page = await take(client.GET('/api/executions', { params: { query } }));
  return page.next ? undefined : page.executions;
}

/** How many executions one group of a contrast may have. */
const GROUP = 50;

/** The ids of the newest executions that a query finds. */
export function newestIds(q: string, choice: TimeChoice) {
  return queryOptions({
    queryKey: ['ids', q, choice] as const,
    queryFn: async ({ signal }) => {
      const query = { q, ...ends(choice, Date.now()), limit: GROUP };
      const page = await take(client.GET('/api/executions', { params: { query }, signal }));
      return page.executions.map((e) => e.id);
    },
    staleTime: 5 * 60_000,
  });
}

/** The newest execution of all, to tell an empty server from one without matches. */
export const newestQuery = queryOptions({
  queryKey: ['newest'] as const,
  queryFn: async ({ signal }) => {
    const list = await take(client.GET('/api/executions', { params: { query: { limit: 1 } }, signal }));
    return list.executions[0] ?? null;
  },
  // Asked only by an empty list, which wants to know at once when it no longer is.
  staleTime: 0,
});

/** How many bars a histogram has at most. */
const BUCKETS = 90;
export const BEGINNING = '1970-01-01T00:00:00Z';

export const activityKey = ['activity'] as const;

/** How the executions ended over time, and their totals; of all time, from the first one on. */
export function activityQuery(filters: Filters) {
  return queryOptions({
    queryKey: [...activityKey, filters] as const,
    queryFn: async ({ signal }) => {
      const read = (since: string, until: string | undefined, buckets: number) => {
        const query = { q: filters.q, since, until, buckets };
        return take(client.GET('/api/executions/histogram', { params: { query }, signal }));
      };
      const { since, until } = ends(filters, Date.now());
      if (since) return read(since, until, BUCKETS);
      const all = await read(BEGINNING, until, 500);
      const first = firstFilled(all.buckets.map((b) => b.ok + b.error + b.running));
      const begin = Date.parse(all.since) + (first * Number(all.bucketNano)) / 1e6;
      return read(new Date(begin).toISOString(), until, BUCKETS);
    },
    placeholderData: keepPreviousData,
  });
}

export const facetsKey = ['facets'] as const;

export function facetsQuery(filters: Filters) {
  return queryOptions({
    queryKey: [...facetsKey, filters] as const,
    queryFn: ({ signal }) => {
      const { since = BEGINNING, until } = ends(filters, Date.now());
      const query = { q: filters.q, since, until };
      return take(client.GET('/api/facets', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

export const vocabularyQuery = queryOptions({
  queryKey: ['vocabulary'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/query', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Observed values of a field that begin so, among the executions that the rest of the query selects. */
export function valuesQuery(field: string, prefix: string, rest: string) {
  return queryOptions({
    queryKey: ['values', field, prefix, rest] as const,
    queryFn: ({ signal }) => {
      const query = { field, prefix: prefix || undefined, q: rest || undefined, limit: 20 };
      return take(client.GET('/api/query/values', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export const pipelinesKey = ['pipelines'] as const;

/** How long the executions of each name take, to tell what is long for one. */
export function pipelinesQuery(choice: TimeChoice) {
  return queryOptions({
    queryKey: [...pipelinesKey, choice] as const,
    queryFn: ({ signal }) => {
      const { since = BEGINNING, until } = ends(choice, Date.now());
      return take(client.GET('/api/pipelines', { params: { query: { since, until } }, signal }));
    },
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
  });
}

export function loadDemo() {
  return take(client.POST('/api/demo'));
}
