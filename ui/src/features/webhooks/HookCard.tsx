import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { testWebhook } from '@/api/hooks';
import type { Webhook } from '@/api/types';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { State } from '@/components/State';
import { plural, timestamp } from '@/lib/format';
import { Deliveries } from './Deliveries';
import { health, KINDS } from './words';

/** One webhook: where it leads, how it does, and its log when it is opened. */
export function HookCard({ hook, actions }: { hook: Webhook; actions: ReactNode }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const test = useMutation({
    mutationFn: () => testWebhook(hook.id),
    onSuccess: () => setOpen(true),
    onSettled: () => void client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  return (
    <li className="rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="min-w-0 font-semibold [overflow-wrap:anywhere]">{hook.name}</h2>
        <State {...health(hook)} />
        <span className="text-xs text-ink-2">{KINDS.find((k) => k.value === hook.kind)?.label}</span>
      </div>
      <p className="mt-1 font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">
        {hook.url ?? hook.to?.join(', ')}
      </p>
      <p className="mt-1 text-xs text-ink-2">
        {hook.events.length > 0 ? hook.events.join(', ') : 'only alerts that name it'}
        {hook.query && (
          <>
            {' '}
            · matching <code className="font-mono text-ink">{hook.query}</code>
          </>
        )}
        {hook.waiting > 0 && ` · ${plural(hook.waiting, 'delivery', 'deliveries')} waiting`}
        {hook.dropped !== '0' && ` · ${hook.dropped} events dropped, too many waited`}
        {hook.secrets > 1 && ` · signed with ${hook.secrets} secrets`}
      </p>
      {hook.pausedWhy && (
        <Notice tone="warn" className="mt-2">
          Paused: {hook.pausedWhy}
        </Notice>
      )}
      {hook.closedUntil && (
        <p className="mt-1 text-xs text-warn">
          {plural(hook.failures, 'attempt')} failed in a row; nothing is tried before{' '}
          {timestamp(hook.closedUntil)}
        </p>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button disabled={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide deliveries' : 'Deliveries'}
        </Button>
        {actions}
      </div>
      {test.error && (
        <Notice tone="error" className="mt-2">
          {test.error.message}
        </Notice>
      )}
      {open && (
        <div className="mt-3">
          <Deliveries hook={hook.id} />
        </div>
      )}
    </li>
  );
}
