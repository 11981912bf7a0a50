import type { Webhook, WebhookDelivery, WebhookEvent, WebhookKind } from '@/api/types';

export const KINDS: ReadonlyArray<{ value: WebhookKind; label: string }> = [
  { value: 'webhook', label: 'Signed webhook' },
  { value: 'slack', label: 'Slack or compatible' },
  { value: 'email', label: 'E-mail' },
];

export const EVENTS: ReadonlyArray<{ value: WebhookEvent; label: string }> = [
  { value: 'execution.completed', label: 'An execution completed' },
  { value: 'execution.failed', label: 'An execution failed' },
  { value: 'explanation.ready', label: 'An explanation is ready' },
  { value: 'alert.fired', label: 'Any alert fired' },
  { value: 'alert.resolved', label: 'Any alert resolved' },
];

/** How a webhook does, in a word and a tone. */
export function health(hook: Webhook): { word: string; tone: 'ok' | 'err' | 'warn' | 'idle' } {
  if (hook.paused) return { word: 'paused', tone: 'idle' };
  if (hook.failures > 2) return { word: 'failing', tone: 'err' };
  if (hook.failures > 0) return { word: 'retrying', tone: 'warn' };
  return hook.lastOkAt ? { word: 'delivering', tone: 'ok' } : { word: 'not used yet', tone: 'idle' };
}

export function outcome(d: WebhookDelivery): { word: string; tone: 'ok' | 'err' | 'warn' | 'idle' } {
  if (d.status === 'delivered') return { word: `delivered ${d.responseStatus ?? ''}`.trim(), tone: 'ok' };
  if (d.status === 'failed') return { word: `failed ${d.responseStatus ?? ''}`.trim(), tone: 'err' };
  return d.attempts === 0 ? { word: 'waiting', tone: 'idle' } : { word: 'tried again', tone: 'warn' };
}
