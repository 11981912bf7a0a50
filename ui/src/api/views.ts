import { queryOptions } from '@tanstack/react-query';
import { client, nothing, take } from './client';
import type { NewView } from './types';

export const viewsQuery = queryOptions({
  queryKey: ['views'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/views', { signal }))).views,
  staleTime: 60_000,
});

export function createView(view: NewView) {
  return take(client.POST('/api/views', { body: view }));
}

export function replaceView(id: string, view: NewView) {
  return take(client.PUT('/api/views/{id}', { params: { path: { id } }, body: view }));
}

export function deleteView(id: string) {
  return nothing(client.DELETE('/api/views/{id}', { params: { path: { id } } }));
}
