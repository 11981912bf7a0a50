import { memo, type ReactNode } from 'react';
import type { Execution } from '@/api/types';
import { Mark } from '@/components/Mark';
import { FunnelSpark } from '@/components/Spark';
import { cx } from '@/lib/cx';
import { cost } from '@/lib/format';
import { Age, CELLS, Steps, Took } from './cells';
import { COLUMNS, type Column, type Pin, pinName } from './columns';
import { PickBox } from './Picked';

const isRight = (column: Column): boolean => 'right' in COLUMNS[column];

/** Columns in the order of the row: pinned values before the age, which ends it. */
export function inOrder(columns: readonly Column[]): { before: Column[]; after: Column[] } {
  return {
    before: columns.filter((c) => c !== 'started'),
    after: columns.filter((c) => c === 'started'),
  };
}

export function HeaderRow({ columns, pins }: { columns: readonly Column[]; pins: readonly Pin[] }) {
  const { before, after } = inOrder(columns);
  const head = (column: Column): ReactNode => (
    <span
      key={column}
      role="columnheader"
      className={cx('eyebrow truncate', isRight(column) && 'text-right')}
    >
      {COLUMNS[column].label}
    </span>
  );
  return (
    <>
      <span role="columnheader" className="eyebrow truncate">
        Status
      </span>
      <span role="columnheader" className="eyebrow truncate">
        Name and outcome
      </span>
      {before.map(head)}
      {pins.map((pin) => (
        <span key={pinName(pin)} role="columnheader" className="eyebrow truncate" title={pinName(pin)}>
          {pin.pointer.split('/').at(-1)}
        </span>
      ))}
      {after.map(head)}
    </>
  );
}

export interface RowProps {
  execution: Execution;
  columns: readonly Column[];
  pins: readonly Pin[];
  roomy: boolean;
  p95: number | undefined;
  /** Its place among those picked to be compared; -1 if it is not. */
  picked: number;
  onPick: (id: string, through?: boolean) => void;
  renderPin: (execution: Execution, pin: Pin) => ReactNode;
}

/** One run in one glance: how it went, what it was, why it ended so. */
export const ExecutionRow = memo(function ExecutionRow(props: RowProps) {
  const { execution: e, columns, pins, roomy, p95, picked, onPick, renderPin } = props;
  const { before, after } = inOrder(columns);
  const cell = (column: Column): ReactNode => {
    const Cell = CELLS[column];
    return (
      <span
        key={column}
        role="gridcell"
        className={cx('num min-w-0 overflow-hidden text-sm', isRight(column) && 'text-right')}
      >
        <Cell execution={e} roomy={roomy} p95={p95} />
      </span>
    );
  };
  return (
    <>
      <span role="gridcell" className="text-xs">
        <Mark status={e.status} />
      </span>
      <div role="gridcell" className={cx('min-w-0', !roomy && 'flex items-baseline gap-3')}>
        <PickBox name={e.name} picked={picked} onPick={(through) => onPick(e.id, through)} />
        <div
          className={cx('flex min-w-0 items-center gap-2 overflow-hidden', !roomy && 'max-w-[60%] shrink-0')}
        >
          <bdi className="max-w-full shrink-0 truncate font-medium" title={e.name}>
            {e.name || '(no name)'}
          </bdi>
          {roomy && e.service && !columns.includes('service') && (
            <bdi className="truncate text-xs text-ink-3">{e.service}</bdi>
          )}
          {roomy && <Tags tags={e.tags} />}
        </div>
        <Outcome execution={e} />
      </div>
      {before.map(cell)}
      {pins.map((pin) => (
        <span key={pinName(pin)} role="gridcell" className="min-w-0 overflow-hidden text-xs">
          {renderPin(e, pin)}
        </span>
      ))}
      {after.map(cell)}
    </>
  );
});

/** The same on a narrow screen, where a row is a card. */
export const ExecutionCard = memo(function ExecutionCard({
  execution: e,
  picked,
  onPick,
}: Pick<RowProps, 'execution' | 'picked' | 'onPick'>) {
  return (
    <div role="gridcell" className="col-span-full flex min-w-0 flex-col gap-0.5 py-2">
      <PickBox name={e.name} picked={picked} onPick={(through) => onPick(e.id, through)} />
      <div className="flex min-w-0 items-center gap-2">
        <Mark status={e.status} look="icon" />
        <bdi className="min-w-0 flex-1 truncate font-medium" title={e.name}>
          {e.name || '(no name)'}
        </bdi>
        <span className="num shrink-0 text-xs text-ink-3">
          <Age startedAt={e.startedAt} />
        </span>
      </div>
      <Outcome execution={e} />
      <div className="num flex min-w-0 items-center gap-3 text-xs text-ink-2">
        <Took execution={e} />
        <Steps execution={e} className="text-ink-3" />
        {e.costUsd !== undefined && <span className="text-ink-3">{cost(e.costUsd, e.costPartial)}</span>}
        <span className="ml-auto min-w-0 overflow-hidden">
          {e.funnel && <FunnelSpark counts={e.funnel} />}
        </span>
      </div>
    </div>
  );
});

function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <>
      {tags.slice(0, 3).map((tag) => (
        <bdi
          key={tag}
          className="max-w-28 shrink-0 truncate rounded border border-line px-1.5 text-2xs text-ink-2"
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
      <div dir="auto" className="min-w-0 truncate text-sm text-ink-2" title={e.headline}>
        {e.headline}
      </div>
    );
  }
  const waiting =
    e.status === 'running' ? 'Running…' : e.settled ? 'Not explained yet' : 'Waiting for the last steps…';
  return <div className="truncate text-sm text-ink-3">{waiting}</div>;
}
