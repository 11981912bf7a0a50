import { RefreshCw, Trash2 } from 'lucide-react';
import type { Key } from '@/api/types';
import { IconButton } from '@/components/Button';
import { cx } from '@/lib/cx';
import { age, timestamp } from '@/lib/format';
import { works } from './keys';

const STATES: Record<Key['state'], { word: string; className: string }> = {
  active: { word: 'Works', className: 'bg-ok-soft text-ok' },
  ending: { word: 'Ends soon', className: 'bg-warn-soft text-warn' },
  expired: { word: 'Expired', className: 'bg-sunken text-ink-2' },
  revoked: { word: 'Revoked', className: 'bg-sunken text-ink-2' },
};

const SCOPES: Record<Key['scope'], string> = { ingest: 'send', read: 'look', admin: 'everything' };

/** What is lesser hides where there is little room. */
const LESSER = '@max-2xl:hidden';

/** The keys of a project, without their secrets. */
export function KeyTable({
  keys,
  now,
  onRotate,
  onRevoke,
}: {
  keys: readonly Key[];
  now: number;
  onRotate: (key: Key) => void;
  onRevoke: (key: Key) => void;
}) {
  return (
    <section
      aria-label="Keys"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="@container overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line bg-raised text-left">
            {['Key', 'May', 'State', 'Last used', 'Ends', 'Made'].map((label) => (
              <th
                key={label}
                scope="col"
                className={cx(
                  'eyebrow px-3 py-2 whitespace-nowrap',
                  label !== 'Key' && label !== 'State' && LESSER,
                )}
              >
                {label}
              </th>
            ))}
            <th>
              <span className="sr-only">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr
              key={key.id}
              className={cx('border-b border-line last:border-0', !works(key) && 'text-ink-3')}
            >
              <th scope="row" className="max-w-64 @max-2xl:max-w-40 px-3 py-2 text-left font-normal">
                <bdi className="block truncate font-medium" title={key.name}>
                  {key.name || '(no name)'}
                </bdi>
                <span className="mono text-ink-3">{key.prefix}…</span>
                <span className="block text-xs text-ink-2 @2xl:hidden">
                  {SCOPES[key.scope]},{' '}
                  {key.lastUsedAt ? `used ${age(Date.parse(key.lastUsedAt), now)}` : 'never used'}
                </span>
              </th>
              <td className={cx('px-3 py-2 whitespace-nowrap', LESSER)}>{SCOPES[key.scope]}</td>
              <td className="px-3 py-2 whitespace-nowrap">
                <span
                  className={cx('rounded px-1.5 py-0.5 text-xs font-medium', STATES[key.state].className)}
                >
                  {STATES[key.state].word}
                </span>
              </td>
              <Time at={key.lastUsedAt} now={now} none="never" />
              <Time at={key.revokedAt ?? key.expiresAt} now={now} none="never" day />
              <Time at={key.createdAt} now={now} none="" />
              <td className="py-1 pr-2 text-right whitespace-nowrap">
                {works(key) && (
                  <>
                    {!key.replacedBy && (
                      <IconButton name={`Rotate ${key.name || key.prefix}`} onClick={() => onRotate(key)}>
                        <RefreshCw size={14} aria-hidden />
                      </IconButton>
                    )}
                    <IconButton
                      name={`Revoke ${key.name || key.prefix}`}
                      onClick={() => onRevoke(key)}
                      className="hover:text-err"
                    >
                      <Trash2 size={14} aria-hidden />
                    </IconButton>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Time({ at, now, none, day }: { at: string | undefined; now: number; none: string; day?: boolean }) {
  return (
    <td className={cx('num px-3 py-2 whitespace-nowrap', LESSER)}>
      {at ? (
        <time dateTime={at} title={timestamp(at)}>
          {day ? timestamp(at).slice(0, 16) : age(Date.parse(at), now)}
        </time>
      ) : (
        none
      )}
    </td>
  );
}
