import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, ChevronRight, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { deliveriesQuery, deliveryQuery, resendDelivery } from '@/api/hooks';
import type { WebhookDelivery } from '@/api/types';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { State } from '@/components/State';
import { plural, timestamp } from '@/lib/format';
import { Exchange } from './Exchange';
import { outcome } from './words';

/** What a webhook was told, newest first, and how that went. */
export function Deliveries({ hook }: { hook: string }) {
  const list = useQuery(deliveriesQuery(hook));
  const [open, setOpen] = useState<string>();
  if (list.isError) return <Notice tone="error">{list.error.message}</Notice>;
  if (!list.data) return <Skeleton lines={3} />;
  if (list.data.length === 0) {
    return (
      <p className="py-2 text-sm text-ink-2">
        It has been told nothing yet. Send a test to see that it arrives.
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {list.data.map((d) => (
        <Row
          key={d.id}
          hook={hook}
          delivery={d}
          open={open === d.id}
          onToggle={() => setOpen(open === d.id ? undefined : d.id)}
        />
      ))}
    </ul>
  );
}

function Row({
  hook,
  delivery: d,
  open,
  onToggle,
}: {
  hook: string;
  delivery: WebhookDelivery;
  open: boolean;
  onToggle: () => void;
}) {
  const Icon = open ? ChevronDown : ChevronRight;
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="flex w-full flex-wrap items-center gap-x-3 gap-y-0.5 px-2 py-1.5 text-left text-sm hover:bg-hover"
      >
        <Icon size={14} aria-hidden className="shrink-0 text-ink-3" />
        <State {...outcome(d)} />
        <span className="font-mono text-xs text-ink-2">{d.event}</span>
        <span className="min-w-0 flex-1 truncate">{d.subject}</span>
        <span className="num text-xs text-ink-2">{timestamp(d.createdAt)}</span>
      </button>
      {open && <Detail hook={hook} id={d.id} />}
    </li>
  );
}

function Detail({ hook, id }: { hook: string; id: string }) {
  const client = useQueryClient();
  const detail = useQuery(deliveryQuery(hook, id));
  const resend = useMutation({
    mutationFn: () => resendDelivery(hook, id),
    onSettled: () => void client.invalidateQueries({ queryKey: ['webhooks', hook] }),
  });
  if (!detail.data) return <Skeleton lines={3} className="p-3" />;
  const d = detail.data;
  const last = d.tried.at(-1);
  return (
    <div className="flex flex-col gap-3 bg-surface px-3 pt-1 pb-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-2">
        <span>
          {plural(d.attempts, 'attempt')}
          {d.nextAt && `, the next ${timestamp(d.nextAt)}`}
        </span>
        <span className="font-mono [overflow-wrap:anywhere]">{d.messageId}</span>
        <Button className="ml-auto" disabled={resend.isPending} onClick={() => resend.mutate()}>
          <RotateCcw size={13} aria-hidden />
          Resend
        </Button>
      </div>
      {(last?.error ?? resend.error) && <Notice tone="error">{resend.error?.message ?? last?.error}</Notice>}
      {d.tried.length > 1 && (
        <ol className="text-xs text-ink-2">
          {d.tried.map((a) => (
            <li key={a.at}>
              {timestamp(a.at)} · {a.durationMs} ms · {a.error ?? `answered ${a.status ?? ''}`}
            </li>
          ))}
        </ol>
      )}
      <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
        <Exchange title="Request" side={last?.request} />
        <Exchange title="Response" side={last?.response} />
      </div>
    </div>
  );
}
