import type { IngestKey } from '@/api/types';
import { age, bytes, count, timestamp } from '@/lib/format';
import { reasonWords } from './log';

/** Who sent in the time that is looked at, and what last went wrong for them. */
export function Senders({ keys, now }: { keys: readonly IngestKey[]; now: number }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
      {keys.map((key) => (
        <li key={key.keyId} className="px-3 py-2">
          <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
            <bdi className="min-w-40 flex-1 truncate font-medium">
              {key.name || (key.prefix ? `${key.prefix}…` : 'Without a stored key')}
            </bdi>
            <span className="num">{count(key.requests)} taken</span>
            <span className={key.refused > 0 ? 'num text-err' : 'num text-ink-3'}>
              {count(key.refused)} refused
            </span>
            <span className="num w-20 text-right text-ink-2">{bytes(key.bytes)}</span>
          </div>
          {key.lastError?.text && (
            <p className="mt-1 text-xs text-ink-2 [overflow-wrap:anywhere]">
              <time dateTime={key.lastError.at} title={timestamp(key.lastError.at)} className="text-ink-3">
                {age(Date.parse(key.lastError.at), now)}
              </time>{' '}
              {reasonWords(key.lastError.reason)[0]}: <bdi>{key.lastError.text}</bdi>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
