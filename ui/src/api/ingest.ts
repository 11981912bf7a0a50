import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, take } from './client';
import type { LimitSettings } from './types';

export const limitsQuery = queryOptions({
  queryKey: ['settings', 'limits'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/settings/limits', { signal })),
});

export function saveLimits(limits: LimitSettings) {
  return take(client.PUT('/api/settings/limits', { body: limits }));
}

/** What was sent in the last minutes; asked again every few seconds while it is looked at. */
export function ingestQuery(minutes: number) {
  return queryOptions({
    queryKey: ['settings', 'ingest', minutes] as const,
    queryFn: ({ signal }) => {
      const until = new Date();
      const query = {
        since: new Date(until.getTime() - minutes * 60_000).toISOString(),
        until: until.toISOString(),
      };
      return take(client.GET('/api/settings/ingest', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}
