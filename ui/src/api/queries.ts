import { queryOptions } from '@tanstack/react-query';
import { client, take } from './client';

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
