import { queryOptions } from '@tanstack/react-query';
import { client, nothing, take } from './client';
import type { NewKey } from './types';

export const keysQuery = queryOptions({
  queryKey: ['settings', 'keys'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/settings/keys', { signal }))).keys,
});

export function createKey(key: NewKey) {
  return take(client.POST('/api/settings/keys', { body: key }));
}

/** `oldWorksUntil` is when the old secret ends. */
export function rotateKey(id: string, oldWorksUntil: string) {
  return take(
    client.POST('/api/settings/keys/{id}/rotate', { params: { path: { id } }, body: { oldWorksUntil } }),
  );
}

export function revokeKey(id: string) {
  return nothing(client.DELETE('/api/settings/keys/{id}', { params: { path: { id } } }));
}
