import { queryOptions } from '@tanstack/react-query';
import { client, take, takeExact } from './client';
import type { ExecutionDetail } from './types';

export function executionQuery(id: string) {
  return queryOptions({
    queryKey: ['execution', id] as const,
    // Its metadata and outcome are the program's own JSON, with the program's own numbers.
    queryFn: ({ signal }) =>
      takeExact<ExecutionDetail>(
        client.GET('/api/executions/{id}', { params: { path: { id } }, signal, parseAs: 'text' }),
      ),
  });
}

/** What another explanation would cost; computed from all payloads, so asked for only when it matters. */
export function estimateQuery(executionId: string) {
  return queryOptions({
    queryKey: ['estimate', executionId] as const,
    queryFn: ({ signal }) =>
      take(client.GET('/api/reasoning/estimate', { params: { query: { executionId } }, signal })),
    staleTime: 60_000,
    retry: false,
  });
}

export function stepsQuery(id: string) {
  return queryOptions({
    queryKey: ['steps', id] as const,
    queryFn: async ({ signal }) =>
      (await take(client.GET('/api/executions/{id}/steps', { params: { path: { id } }, signal }))).steps,
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
