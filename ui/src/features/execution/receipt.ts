import type { ExecutionDetail } from '@/api/types';
import { grouped } from '@/lib/format';

/** `12/12 steps · 1 cut`: what the SDK counted against what arrived. */
export function receiptWords(
  e: ExecutionDetail,
): { text: string; complete: boolean; title: string } | undefined {
  const r = e.receipt;
  if (!r) return undefined;
  const missing = r.ended - r.received;
  const complete = missing <= 0 && r.dropped === 0 && r.cut === 0;
  const parts = [`${grouped(r.received)}/${grouped(r.ended)} steps`];
  if (r.dropped > 0) parts.push(`${grouped(r.dropped)} dropped`);
  if (r.cut > 0) parts.push(`${grouped(r.cut)} cut`);
  const title = [
    `The SDK started ${grouped(r.started)} steps and ended ${grouped(r.ended)}; ${grouped(r.received)} arrived.`,
    missing > 0 && `${grouped(missing)} have not arrived.`,
    r.dropped > 0 &&
      `${grouped(r.dropped)} were not delivered: the queue was full, sending failed, or the server refused them.`,
    r.cut > 0 && `${grouped(r.cut)} payloads were shortened before sending.`,
  ];
  return { text: parts.join(' · '), complete, title: title.filter(Boolean).join(' ') };
}
