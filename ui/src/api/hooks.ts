import { queryOptions } from '@tanstack/react-query';
import { client, nothing, take } from './client';
import type { AlertRule, NewAlert, NewWebhook } from './types';

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/webhooks', { signal }))).webhooks,
  refetchInterval: 15_000,
  retry: false,
});

export const createWebhook = (body: NewWebhook) => take(client.POST('/api/webhooks', { body }));

const at = (id: string) => ({ params: { path: { id } } });

export const replaceWebhook = (id: string, body: NewWebhook) =>
  take(client.PUT('/api/webhooks/{id}', { ...at(id), body }));
export const deleteWebhook = (id: string) => nothing(client.DELETE('/api/webhooks/{id}', at(id)));
export const rotateSecret = (id: string, overlapHours: number) =>
  take(client.POST('/api/webhooks/{id}/secret', { ...at(id), body: { overlapHours } }));
export const testWebhook = (id: string) => take(client.POST('/api/webhooks/{id}/test', at(id)));

/** Looks again quickly while something is on its way. */
export function deliveriesQuery(id: string) {
  return queryOptions({
    queryKey: ['webhooks', id, 'deliveries'] as const,
    queryFn: async ({ signal }) =>
      (await take(client.GET('/api/webhooks/{id}/deliveries', { ...at(id), signal }))).deliveries,
    refetchInterval: (query) =>
      query.state.data?.some((d) => d.status === 'pending' && d.attempts === 0) ? 700 : 10_000,
  });
}

export function deliveryQuery(id: string, delivery: string) {
  return queryOptions({
    queryKey: ['webhooks', id, 'deliveries', delivery] as const,
    queryFn: ({ signal }) =>
      take(
        client.GET('/api/webhooks/{id}/deliveries/{delivery}', {
          params: { path: { id, delivery } },
          signal,
        }),
      ),
    refetchInterval: (query) => (query.state.data?.status === 'pending' ? 1_500 : false),
  });
}

export const resendDelivery = (id: string, delivery: string) =>
  take(
    client.POST('/api/webhooks/{id}/deliveries/{delivery}/resend', { params: { path: { id, delivery } } }),
  );

export const alertsQuery = queryOptions({
  queryKey: ['alerts'] as const,
  queryFn: async ({ signal }) => (await take(client.GET('/api/alerts', { signal }))).alerts,
  refetchInterval: 15_000,
});

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ['alerts', id] as const,
    queryFn: ({ signal }) => take(client.GET('/api/alerts/{id}', { ...at(id), signal })),
    refetchInterval: 15_000,
  });
}

export const createAlert = (body: NewAlert) => take(client.POST('/api/alerts', { body }));
export const replaceAlert = (id: string, body: NewAlert) =>
  take(client.PUT('/api/alerts/{id}', { ...at(id), body }));
export const deleteAlert = (id: string) => nothing(client.DELETE('/api/alerts/{id}', at(id)));
export const muteAlert = (id: string, until?: string) =>
  take(client.PUT('/api/alerts/{id}/mute', { ...at(id), body: until ? { until } : {} }));

export function previewQuery(rule: AlertRule) {
  return queryOptions({
    queryKey: ['alerts', 'preview', rule] as const,
    queryFn: ({ signal }) => take(client.POST('/api/alerts/preview', { body: rule, signal })),
    retry: false,
    placeholderData: (before) => before,
  });
}
