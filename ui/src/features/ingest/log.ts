import type { IngestLog } from '@/api/types';

export interface Buckets {
  /** The start of the first, in milliseconds since 1970. */
  start: number;
  width: number;
  taken: number[];
  refused: number[];
}

/** The log's minutes in about so many buckets of whole minutes, with those in which nothing was sent. */
export function buckets(log: IngestLog, most: number): Buckets {
  const minute = 60_000;
  const since = Math.floor(Date.parse(log.since) / minute);
  const until = Math.ceil(Date.parse(log.until) / minute);
  const span = Math.max(1, Math.ceil((until - since) / most));
  const count = Math.max(1, Math.ceil((until - since) / span));
  const taken = new Array<number>(count).fill(0);
  const refused = new Array<number>(count).fill(0);
  for (const each of log.minutes) {
    const at = Math.floor((Date.parse(each.at) / minute - since) / span);
    if (at < 0 || at >= count) continue;
    taken[at] = (taken[at] ?? 0) + each.requests;
    for (const { requests } of each.refused) refused[at] = (refused[at] ?? 0) + requests;
  }
  return { start: since * minute, width: span * minute, taken, refused };
}

export interface Reason {
  reason: string;
  requests: number;
  records: number;
}

/** Why something was refused, the most frequent reason first. */
export function reasons(log: IngestLog): Reason[] {
  const all = new Map<string, Reason>();
  for (const { refused } of log.minutes) {
    for (const { reason, requests, records } of refused) {
      const sum = all.get(reason) ?? { reason, requests: 0, records: 0 };
      all.set(reason, {
        reason,
        requests: sum.requests + requests,
        records: sum.records + records,
      });
    }
  }
  return [...all.values()]
    .filter(({ requests, records }) => requests + records > 0)
    .sort((a, b) => b.requests + b.records - (a.requests + a.records));
}

export function sums(log: IngestLog): { requests: number; records: number; bytes: number; refused: number } {
  const out = { requests: 0, records: 0, bytes: 0, refused: 0 };
  for (const each of log.minutes) {
    out.requests += each.requests;
    out.records += each.records;
    out.bytes += each.bytes;
    for (const { requests } of each.refused) out.refused += requests;
  }
  return out;
}

const WORDS: Record<string, [what: string, next: string]> = {
  requests_per_second: [
    'More requests a second than the limit',
    'Batch more in one request, or raise the limit.',
  ],
  bytes_per_second: ['More data a second than the limit', 'Send less, or raise the limit.'],
  bytes_per_day: ['More data a day than the limit', 'It goes on at midnight UTC, or raise the limit.'],
  max_request_bytes: ['A request over the limit', 'Send smaller batches: the same again does not help.'],
  limit: [
    'The receiver was full',
    'Clients send again by themselves. If it stays, give the server more memory or a faster disk.',
  ],
  invalid: ['It could not be read', 'The last error below says what is wrong.'],
  too_large: ['Larger than the server takes', 'Send smaller batches: the same again does not help.'],
  forbidden: ['The key may not send', 'Use a key that may send.'],
  unauthorized: ['The key is not known or has ended', 'Use a key of this project.'],
  unavailable: ['The server could not store', 'Clients send again by themselves. Look at the database.'],
  internal: ['A fault of X-Ray', 'Its log says more.'],
  records: ['Single records of requests that were taken', 'The last error below says what is wrong.'],
};

/** What a reason means, and what to do about it. */
export function reasonWords(reason: string): [what: string, next: string] {
  return WORDS[reason] ?? [reason.replaceAll('_', ' '), ''];
}
