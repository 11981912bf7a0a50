import type { StepDetail } from '@/api/types';
import { JsonTree } from '@/components/JsonTree';
import { Payload } from '@/components/Payload';
import { TextBlock } from '@/components/TextBlock';
import { cx } from '@/lib/cx';
import { duration } from '@/lib/format';
import { parseNano } from '@/lib/time';

const AT_MOST = 300;

/** Events of the span and log records that belong to it, in their order. */
export function Events({ step }: { step: StepDetail }) {
  const { events } = step;
  if (events.length === 0)
    return <p className="py-6 text-center text-ink-3">No events were recorded in this step.</p>;
  const start = parseNano(step.startedAt);
  return (
    <ol className="flex flex-col gap-2">
      {events.slice(0, AT_MOST).map((event, i) => {
        const { 'exception.stacktrace': trace, ...rest } = event.attributes as Record<string, unknown>;
        const exception = event.name === 'exception';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events may be equal in all but their place
          <li key={i} className="rounded-lg border border-line bg-surface px-3 py-2">
            <div className="flex items-baseline gap-2">
              <bdi className={cx('font-medium', exception && 'text-err')}>{event.name || '(no name)'}</bdi>
              <span className="num ml-auto text-xs text-ink-3">
                {event.time ? `+${duration(Number(parseNano(event.time) - start))}` : ''}
              </span>
            </div>
            {Object.keys(rest).length > 0 && <JsonTree value={rest} base="/attributes" />}
            {typeof trace === 'string' && (
              <TextBlock
                text={trace}
                className="mt-1.5 max-h-80 overflow-auto rounded-md bg-canvas p-2 font-mono text-xs text-ink-2"
              />
            )}
            {event.body !== undefined && <Payload value={event.body} base="/body" label="the body" />}
          </li>
        );
      })}
      {events.length > AT_MOST && (
        <li className="text-sm text-ink-3">{events.length - AT_MOST} more events.</li>
      )}
    </ol>
  );
}
