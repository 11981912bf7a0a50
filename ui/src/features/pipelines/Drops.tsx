import type { ReactNode } from 'react';
import type { DropSum } from '@/api/types';
import { ShareBar } from '@/components/ShareBar';
import { grouped, plural } from '@/lib/format';
import { type Found, ofPipeline, withStep } from './links';

const MOST = 8;

/** By which criteria items are dropped, those that drop most first, each with one that was. */
export function Drops({
  name,
  drops,
  counted,
  found: Found,
  example,
}: {
  name: string;
  drops: readonly DropSum[];
  /** Executions whose items were counted. */
  counted: number;
  found: Found;
  /** How the screen links to the step in which the sample was dropped. */
  example: (drop: DropSum, children: ReactNode) => ReactNode;
}) {
  if (drops.length === 0) {
    return (
      <p className="text-sm text-ink-3">
        {counted > 0 ? 'No step dropped any items.' : 'No execution whose items were counted yet.'}
      </p>
    );
  }
  const most = drops[0]?.items ?? 1;
  return (
    <ol aria-label="Criteria" className="flex flex-col gap-3">
      {drops.slice(0, MOST).map((drop) => (
        <li key={`${drop.stepName}\n${drop.text}`} className="flex min-w-0 flex-col gap-1 text-sm">
          <div className="flex items-baseline gap-3">
            <span dir="auto" className="min-w-0 flex-1 font-medium [overflow-wrap:anywhere]">
              {drop.text || <span className="font-normal text-ink-2">no criterion was found</span>}
            </span>
            <span className="num shrink-0">
              <Found
                q={ofPipeline(name, withStep(drop.stepName, 'step.drop:>0'))}
                hint={`In ${plural(drop.executions, 'execution')}. All in which this step dropped items`}
              >
                {grouped(drop.items)}
              </Found>
            </span>
          </div>
          <ShareBar share={drop.items / most} tone="warn" />
          <div className="flex min-w-0 gap-1.5 text-xs text-ink-2">
            <bdi className="max-w-[40%] shrink-0 truncate">{drop.stepName || '(no name)'}</bdi>
            <span aria-hidden>·</span>
            {example(
              drop,
              <bdi className="truncate">{drop.sample ? `such as ${drop.sample}` : 'an example'}</bdi>,
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
