import { memo } from 'react';
import type { Execution } from '@/api/types';
import { Mark } from '@/components/Mark';
import { FunnelSpark } from '@/components/Spark';
import { useNow } from '@/components/useNow';
import { cx } from '@/lib/cx';
import { age, cost, count, duration, grouped, plural, timestamp } from '@/lib/format';
import { elapsedNano, int64 } from '@/lib/time';
import { PickBox } from './Picked';

/**
 * Columns leave as the list gets narrower: the name and its outcome stay. The
 * list is a container (`@container`), so a peek beside it counts as narrow.
 */
export const COLUMNS =
  'grid items-center gap-x-5 px-4 grid-cols-[minmax(0,1fr)_auto] ' +
  '@2xl:grid-cols-[76px_minmax(0,1fr)_88px_76px] ' +
  '@4xl:grid-cols-[76px_minmax(0,1fr)_160px_88px_76px] ' +
  '@6xl:grid-cols-[76px_minmax(0,1fr)_160px_88px_96px_124px_76px]';

const FROM_2XL = 'hidden @2xl:block';
const FROM_4XL = 'hidden @4xl:block';
const FROM_6XL = 'hidden @6xl:block';
const SECOND = 'block text-xs text-ink-3';

export function HeaderRow() {
  const cell = 'eyebrow truncate';
  return (
    <div
      role="row"
      aria-rowindex={1}
      className={cx(COLUMNS, 'sticky top-0 z-10 h-8 border-b border-line bg-surface')}
    >
      <span role="columnheader" className={cx(cell, FROM_2XL)}>
        Status
      </span>
      <span role="columnheader" className={cell}>
        Name and outcome
      </span>
      <span role="columnheader" className={cx(cell, FROM_4XL)}>
        Funnel
      </span>
      <span role="columnheader" className={cx(cell, FROM_2XL, 'text-right')}>
        Took
      </span>
      <span role="columnheader" className={cx(cell, FROM_6XL, 'text-right')}>
        Cost
      </span>
      <span role="columnheader" className={cx(cell, FROM_6XL)}>
        Model
      </span>
      <span role="columnheader" className={cx(cell, 'text-right')}>
        Started
      </span>
    </div>
  );
}

/** One run in one glance: how it went, what it was, why it ended so. */
export const ExecutionRow = memo(function ExecutionRow({
  execution: e,
  picked,
  onPick,
}: {
  execution: Execution;
  /** Its place among those picked to be compared; -1 if it is not. */
  picked: number;
  onPick: (id: string) => void;
}) {
  return (
    <>
      <span role="gridcell" className={cx(FROM_2XL, 'text-xs')}>
        <Mark status={e.status} />
      </span>
      <div role="gridcell" className="min-w-0">
        <PickBox name={e.name} picked={picked} onPick={() => onPick(e.id)} />
        <div className="flex min-w-0 items-center gap-2">
          <span className="inline-flex @2xl:hidden">
            <Mark status={e.status} look="icon" />
          </span>
          <bdi className="truncate font-medium" title={e.name}>
            {e.name || '(no name)'}
          </bdi>
          {e.service && <bdi className="shrink-0 truncate text-xs text-ink-3 max-sm:hidden">{e.service}</bdi>}
          <Tags tags={e.tags} />
        </div>
        <Outcome execution={e} />
      </div>
      <span role="gridcell" className={cx(FROM_4XL, 'min-w-0 overflow-hidden')}>
        {e.funnel && <FunnelSpark counts={e.funnel} />}
      </span>
      <span role="gridcell" className={cx(FROM_2XL, 'num text-right text-sm')}>
        <Took execution={e} />
        <span className={SECOND}>
          {e.errorCount > 0 && <span className="text-err">{grouped(e.errorCount)} failed of </span>}
          {e.errorCount > 0 ? grouped(e.stepCount) : plural(e.stepCount, 'step')}
        </span>
      </span>
      <span role="gridcell" className={cx(FROM_6XL, 'num text-right text-sm')}>
        {e.costUsd === undefined ? <None /> : cost(e.costUsd, e.costPartial)}
        <Tokens execution={e} />
      </span>
      <span
        role="gridcell"
        className={cx(FROM_6XL, 'min-w-0 text-xs text-ink-2')}
        title={e.models.join(', ')}
      >
        <span className="block truncate">{e.models[0] ?? <None />}</span>
        {e.models.length > 1 && <span className={SECOND}>and {plural(e.models.length - 1, 'other')}</span>}
      </span>
      <span
        role="gridcell"
        className="num text-right text-xs whitespace-nowrap text-ink-3"
        title={timestamp(e.startedAt)}
      >
        <Age startedAt={e.startedAt} />
      </span>
    </>
  );
});

function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <>
      {tags.slice(0, 3).map((tag) => (
        <bdi
          key={tag}
          className="max-w-28 shrink-0 truncate rounded border border-line px-1.5 text-2xs text-ink-2 max-sm:hidden"
        >
          {tag}
        </bdi>
      ))}
      {tags.length > 3 && <span className="num text-2xs text-ink-3">+{tags.length - 3}</span>}
    </>
  );
}

function Outcome({ execution: e }: { execution: Execution }) {
  if (e.headline) {
    return (
      <div dir="auto" className="truncate text-sm text-ink-2" title={e.headline}>
        {e.headline}
      </div>
    );
  }
  const waiting =
    e.status === 'running' ? 'Running…' : e.settled ? 'Not explained yet' : 'Waiting for the last steps…';
  return <div className="truncate text-sm text-ink-3">{waiting}</div>;
}

/** A running row ticks. */
function Took({ execution: e }: { execution: Execution }) {
  if (e.status === 'running') return <Ticking startedAt={e.startedAt} />;
  return duration(int64(e.durationNano));
}

function Ticking({ startedAt }: { startedAt: string }) {
  const nano = elapsedNano(startedAt, useNow());
  return <span className="text-run">{duration(Math.floor(nano / 1e9) * 1e9)}</span>;
}

function Age({ startedAt }: { startedAt: string }) {
  return age(Date.parse(startedAt), useNow());
}

function Tokens({ execution: e }: { execution: Execution }) {
  if (e.inputTokens === undefined && e.outputTokens === undefined) return null;
  const side = (n: string | undefined): string => (n === undefined ? '–' : count(int64(n)));
  return (
    <span className={SECOND} title="Tokens in → out">
      {side(e.inputTokens)} → {side(e.outputTokens)}
    </span>
  );
}

function None() {
  return (
    <span className="text-ink-3">
      <span aria-hidden>–</span>
      <span className="sr-only">none</span>
    </span>
  );
}
