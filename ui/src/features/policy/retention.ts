import type { Expiry, Retention } from '@/api/types';
import { grouped, plural } from '@/lib/format';
import { typedNumber } from '@/lib/numbers';

export interface RetentionDraft {
  payloadDays: string;
  structureDays: string;
}

export const toDraft = (days: Retention): RetentionDraft => ({
  payloadDays: String(days.payloadDays),
  structureDays: String(days.structureDays),
});

/** Whole days, or the field that holds none. */
export function toDays(draft: RetentionDraft): Retention | { wrong: string } {
  const days = {
    payloadDays: typedNumber(draft.payloadDays) ?? Number.NaN,
    structureDays: typedNumber(draft.structureDays) ?? Number.NaN,
  };
  const wrong = Object.entries(days).find(([, n]) => !Number.isSafeInteger(n));
  return wrong ? { wrong: `/${wrong[0]}` } : days;
}

/** `22 Nov 2026`: a day of UTC. */
export function dayWords(ms: number): string {
  return new Date(ms).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** The first day whose data would be kept. */
export function keptFrom(days: number, nowMs: number): string | undefined {
  if (!Number.isSafeInteger(days) || days < 1 || days > 36_500) return undefined;
  return dayWords(nowMs - days * 86_400_000);
}

/** What saving would delete, in words; undefined if it is nothing. */
export function lossWords({ payloads, structure, counted }: Expiry): string | undefined {
  const some = (n: number): string =>
    n >= counted ? `${grouped(counted)} executions or more` : plural(n, 'execution');
  const parts = [
    structure > 0 && `${some(structure)} as a whole`,
    payloads > structure && `the payloads of ${some(payloads)}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? `This deletes ${parts.join(', and ')}.` : undefined;
}
