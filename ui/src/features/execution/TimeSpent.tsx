import { useMemo } from 'react';
import type { Step } from '@/api/types';
import { Glyph } from '@/components/Glyph';
import { duration, grouped } from '@/lib/format';
import { breakdown } from './breakdown';

/** The names that took the time; each leads to its longest step. */
export function TimeSpent({ steps, onStep }: { steps: readonly Step[]; onStep: (id: string) => void }) {
  const shares = useMemo(() => breakdown(steps), [steps]);
  const top = Math.max(1, ...shares.map((s) => s.self));
  return (
    <ul className="flex flex-col">
      {shares.map((share) => (
        <li key={share.key}>
          <button
            type="button"
            onClick={() => onStep(share.longestId)}
            title="Go to the longest of them"
            className="-mx-1.5 grid w-[calc(100%+12px)] grid-cols-[14px_minmax(0,1fr)_minmax(40px,26%)_68px] items-center gap-2.5 rounded-md px-1.5 py-1 text-left text-sm hover:bg-hover"
          >
            <Glyph kind={share.type} />
            <span className="flex min-w-0 items-baseline gap-1.5">
              <bdi className="truncate">{share.name || '(no name)'}</bdi>
              {share.count > 1 && (
                <span className="num shrink-0 text-xs text-ink-3">×{grouped(share.count)}</span>
              )}
              {share.failed > 0 && (
                <span className="num shrink-0 text-xs text-err">{grouped(share.failed)} failed</span>
              )}
            </span>
            <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-line">
              <span
                data-kind={share.type}
                className="block h-full rounded-full bg-kind"
                style={{ width: `${(share.self / top) * 100}%` }}
              />
            </span>
            <span className="num text-right text-ink-2">{duration(share.self)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
