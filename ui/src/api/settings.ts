import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, nothing, take } from './client';
import type { MaskingSettings, OwnPrice, ReasoningSettings, Retention } from './types';

export const maskingQuery = queryOptions({
  queryKey: ['settings', 'masking'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/settings/masking', { signal })),
});

export function saveMasking(settings: MaskingSettings) {
  return take(client.PUT('/api/settings/masking', { body: settings }));
}

export function tryMasking(settings: MaskingSettings, sample: string) {
  return queryOptions({
    queryKey: ['settings', 'masking test', settings, sample] as const,
    queryFn: ({ signal }) =>
      take(client.POST('/api/settings/masking/test', { body: { settings, sample }, signal })),
    placeholderData: keepPreviousData,
    gcTime: 0, // a sample may hold what nobody should keep
    retry: false,
  });
}

export const policyQuery = queryOptions({
  queryKey: ['settings', 'reasoning'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/settings/reasoning', { signal })),
});

export function savePolicy(settings: ReasoningSettings) {
  return take(client.PUT('/api/settings/reasoning', { body: settings }));
}

/** What models cost by day; `days` back from today, UTC. */
export function spendQuery(days: number) {
  return queryOptions({
    queryKey: ['settings', 'spend', days] as const,
    queryFn: async ({ signal }) =>
      (await take(client.GET('/api/settings/reasoning/spend', { params: { query: { days } }, signal }))).days,
    placeholderData: keepPreviousData,
  });
}

const PAGE = 100;

export const callsQuery = infiniteQueryOptions({
  queryKey: ['settings', 'calls'] as const,
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: PAGE, cursor: pageParam };
    return take(client.GET('/api/settings/reasoning/calls', { params: { query }, signal }));
  },
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next,
});

export const retentionQuery = queryOptions({
  queryKey: ['settings', 'retention'] as const,
  queryFn: ({ signal }) => take(client.GET('/api/settings/retention', { signal })),
});

export function saveRetention(days: Retention) {
  return take(client.PUT('/api/settings/retention', { body: days }));
}

export function expiryQuery({ payloadDays, structureDays }: Retention) {
  return queryOptions({
    queryKey: ['settings', 'expiry', payloadDays, structureDays] as const,
    queryFn: ({ signal }) =>
      take(
        client.GET('/api/settings/retention/expiry', {
          params: { query: { payloadDays, structureDays } },
          signal,
        }),
      ),
    staleTime: 0,
  });
}

export const pricesKey = ['settings', 'prices'] as const;

export function pricesQuery(q: string, own: boolean, limit: number) {
  return queryOptions({
    queryKey: [...pricesKey, q, own, limit] as const,
    queryFn: ({ signal }) =>
      take(client.GET('/api/settings/prices', { params: { query: { q, own, limit } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function setPrice(price: OwnPrice) {
  return take(client.PUT('/api/settings/prices', { body: price }));
}

export function removePrice(provider: string, model: string) {
  return nothing(client.DELETE('/api/settings/prices', { params: { query: { provider, model } } }));
}

/** Who did what: to the project, or with `server` to the server as a whole. */
export function actsQuery(verb: string, server: boolean) {
  return infiniteQueryOptions({
    queryKey: ['settings', 'acts', verb, server] as const,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: PAGE,
        cursor: pageParam,
        ...(verb && { verb }),
        ...(server && { server }),
      };
      return take(client.GET('/api/settings/audit', { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });
}
