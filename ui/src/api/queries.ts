import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { firstFilled } from '@/lib/chart';
import { ends, type TimeChoice } from '@/lib/time';
import { client, take } from './client';
import type { Status } from './types';

/** What a link to the list restores; the API's own filters. */
export interface Filters extends TimeChoice {
  status?: Status;
  name?: string;
  service?: string;
  sessionId?: string;
  userId?: string;
}

const PAGE = 100;

export const executionsKey = ['executions'] as const;

export function executionsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [...executionsKey, filters] as const,
    queryFn: ({ pageParam, signal }) => {
      const { range, since, until, ...rest } = filters;
      const within = ends({ range, since, until }, Date.now());
      const query = { ...rest, ...within, limit: PAGE, cursor: pageParam };
      return take(client.GET('/api/executions', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
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

export function loadDemo() {
  return take(client.POST('/api/demo'));
}

/** How many bars a histogram has at most. */
const BUCKETS = 90;
const BEGINNING = '1970-01-01T00:00:00Z';

export const activityKey = ['activity'] as const;

/** How the executions ended over time; of all time, from the first one on. */
export function activityQuery(choice: TimeChoice) {
  return queryOptions({
    queryKey: [...activityKey, choice] as const,
    queryFn: async ({ signal }) => {
      const read = (since: string, until: string | undefined, buckets: number) =>
        take(
          client.GET('/api/executions/histogram', { params: { query: { since, until, buckets } }, signal }),
        );
      const { since, until } = ends(choice, Date.now());
      if (since) return read(since, until, BUCKETS);
      const all = await read(BEGINNING, until, 500);
      const first = firstFilled(all.buckets.map((b) => b.ok + b.error + b.running));
      const begin = Date.parse(all.since) + (first * Number(all.bucketNano)) / 1e6;
      return read(new Date(begin).toISOString(), until, BUCKETS);
    },
    placeholderData: keepPreviousData,
  });
}

export function executionQuery(id: string) {
  return queryOptions({
    queryKey: ['execution', id] as const,
    queryFn: ({ signal }) => take(client.GET('/api/executions/{id}', { params: { path: { id } }, signal })),
  });
}

export function stepsQuery(id: string) {
  return queryOptions({
    queryKey: ['steps', id] as const,
    queryFn: async ({ signal }) =>
      (await take(client.GET('/api/executions/{id}/steps', { params: { path: { id } }, signal }))).steps,
  });
}

export function stepQuery(id: string, stepId: string) {
  return queryOptions({
    queryKey: ['step', id, stepId] as const,
    queryFn: ({ signal }) =>
      take(client.GET('/api/executions/{id}/steps/{stepId}', { params: { path: { id, stepId } }, signal })),
    // Payloads can be megabytes: few are kept once nobody looks.
    gcTime: 60_000,
  });
}

/** What each step did to the items. Computed from all payloads, so asked for only where items were seen. */
export function funnelQuery(id: string) {
  return queryOptions({
    queryKey: ['funnel', id] as const,
    queryFn: ({ signal }) =>
      take(client.GET('/api/executions/{id}/funnel', { params: { path: { id } }, signal })),
  });
}

/** The most that one answer holds. */
export const MOST_ITEMS = 500;

export function itemsQuery(id: string) {
  return queryOptions({
    queryKey: ['items', id] as const,
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: { limit: MOST_ITEMS } };
      return take(client.GET('/api/executions/{id}/items', { params, signal }));
    },
  });
}

export function itemQuery(id: string, key: string) {
  return queryOptions({
    queryKey: ['item', id, key] as const,
    queryFn: ({ signal }) =>
      take(client.GET('/api/executions/{id}/items/{key}', { params: { path: { id, key } }, signal })),
  });
}

export function whyNotQuery(id: string, q: string) {
  return queryOptions({
    queryKey: ['why-not', id, q] as const,
    queryFn: ({ signal }) =>
      take(client.GET('/api/executions/{id}/why-not', { params: { path: { id }, query: { q } }, signal })),
  });
}

export function compareQuery(a: string, b: string) {
  return queryOptions({
    queryKey: ['compare', a, b] as const,
    queryFn: ({ signal }) => take(client.GET('/api/compare', { params: { query: { a, b } }, signal })),
    gcTime: 60_000,
  });
}

export const sessionQuery = queryOptions({
  queryKey: ['session'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/session', { signal })),
  staleTime: 60_000,
});

export const projectsQuery = queryOptions({
  queryKey: ['projects'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/projects', { signal }))).projects,
  staleTime: 60_000,
});

export function explainAgain(executionId: string, stepName?: string) {
  return take(client.POST('/api/reasoning/process', { body: { executionId, stepName } }));
}

/** The whole execution as OTLP JSON, as a file; the key is in the request, so a plain link would not do. */
export async function downloadOtlp(id: string): Promise<Blob> {
  return take(
    client.GET('/api/executions/{id}/otlp', { params: { path: { id } }, parseAs: 'blob' }),
  ) as Promise<unknown> as Promise<Blob>;
}
