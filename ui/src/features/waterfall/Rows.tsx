import { ChevronRight, CircleX, Clock3, Repeat2, RotateCw, Star, Unplug } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { Station } from '@/api/types';
import { Glyph } from '@/components/Glyph';
import { Mark } from '@/components/Mark';
import { cx } from '@/lib/cx';
import { cost, count, duration, grouped, plural } from '@/lib/format';
import { kindLabel } from '@/lib/kinds';
import type { Node } from './arrange';
import { bar, type FoldRow, type LaneRow, type StepRow } from './layout';

/** Columns of every row and of the ruler. */
export const GRID = 'grid h-full grid-cols-[minmax(0,11fr)_minmax(0,9fr)] items-center';

/** Columns of a tree's rows: name, items, time, cost. */
const TREE_GRID =
  'grid h-full grid-cols-[minmax(0,1fr)_104px_64px_64px] items-center gap-2 pr-3 @max-lg:grid-cols-[minmax(0,1fr)_96px_60px] @max-sm:grid-cols-[minmax(0,1fr)_60px]';

/** Where bars lie; the room on the right is for their durations. */
export const TRACK = 'absolute inset-y-0 right-16 left-2';

const INDENT = 15;
const DEEPEST = 14;

function indent(depth: number): number {
  return 8 + Math.min(depth, DEEPEST) * INDENT;
}

/** One step. Remembered, because while scrolling only the new lines are worth drawing. */
export const StepLine = memo(function StepLine({
  row,
  look,
  span,
  nowNano,
  decisive,
  station,
  onToggle,
}: {
  row: StepRow;
  look: 'tree' | 'waterfall';
  span: number;
  nowNano: number | undefined;
  decisive: boolean;
  station: Station | undefined;
  onToggle: (id: string) => void;
}) {
  const { step, children } = row.node;
  return (
    <div className={look === 'waterfall' ? GRID : TREE_GRID}>
      <div
        role="gridcell"
        className="flex min-w-0 items-center gap-1.5 pr-2"
        style={{ paddingLeft: indent(row.depth) }}
      >
        <Twisty
          open={row.expanded}
          shown={children.length > 0}
          onToggle={() => onToggle(row.id)}
          name={step.name}
        />
        <Glyph kind={step.type} label={kindLabel(step.type)} />
        <div className="flex min-w-0 flex-1 flex-col">
          <div className="flex min-w-0 items-center gap-1.5">
            <bdi
              className={cx('truncate text-sm font-medium', step.status === 'error' && 'text-err')}
              title={step.name}
            >
              {step.name || '(no name)'}
            </bdi>
            {step.status !== 'ok' && <Mark status={step.status} size={12} look="icon" />}
            <Badges node={row.node} decisive={decisive} />
            {!row.expanded && row.node.below > 0 && <Below node={row.node} />}
          </div>
          {look === 'tree' && step.headline && (
            <span dir="auto" className="truncate text-xs text-ink-3" title={step.headline}>
              {step.headline}
            </span>
          )}
        </div>
      </div>
      {look === 'waterfall' ? (
        <div role="gridcell" className="relative h-full min-w-0 border-l border-line/50">
          <Bar node={row.node} span={span} nowNano={nowNano} />
        </div>
      ) : (
        <Figures node={row.node} span={span} nowNano={nowNano} station={station} />
      )}
    </div>
  );
});

function Badges({ node, decisive }: { node: Node; decisive: boolean }) {
  return (
    <>
      {decisive && (
        <Badge icon={<Star size={10} aria-hidden />} text="decisive" tone="text-accent bg-accent-soft" />
      )}
      {node.attempt > 1 && (
        <Badge
          icon={<RotateCw size={10} aria-hidden />}
          text={`try ${node.attempt}`}
          title="The step of this name before it failed"
        />
      )}
      {node.skewed && (
        <Badge
          icon={<Clock3 size={10} aria-hidden />}
          text="clock skew"
          title="Began before its parent: two clocks disagree"
        />
      )}
      {node.cycle && (
        <Badge
          icon={<Repeat2 size={10} aria-hidden />}
          text="cycle"
          title="Its parents lead back to itself; shown from here"
        />
      )}
    </>
  );
}

/** What a tree's row says in numbers: items, time, cost. */
function Figures({
  node,
  span,
  nowNano,
  station,
}: {
  node: Node;
  span: number;
  nowNano: number | undefined;
  station: Station | undefined;
}) {
  const { model, costUsd, status } = node.step;
  const share = Math.min(1, node.duration / span);
  return (
    <>
      <div role="gridcell" className="num flex min-w-0 justify-end gap-2 text-xs text-ink-2 @max-sm:hidden">
        {station ? (
          <span title="Items in → out">
            {station.in > 0 && <span className="text-ink-3">{count(station.in)} → </span>}
            {count(station.out)}
            <span className="sr-only"> items</span>
          </span>
        ) : (
          model && <span className="max-w-24 truncate text-ink-3 @max-xl:hidden">{model}</span>
        )}
      </div>
      <div role="gridcell" className="num flex min-w-0 flex-col items-end gap-0.5 text-xs text-ink-2">
        <span>{status === 'running' && nowNano !== undefined ? 'running' : duration(node.duration)}</span>
        <span aria-hidden data-kind={node.step.type} className="h-[3px] w-12 rounded-full bg-line/70">
          <span
            className={cx('block h-full min-w-px rounded-full', status === 'error' ? 'bg-err' : 'bg-kind')}
            style={{ width: `${share * 100}%` }}
          />
        </span>
      </div>
      <div role="gridcell" className="num truncate text-right text-xs text-ink-3 @max-lg:hidden">
        {costUsd !== undefined && cost(costUsd)}
      </div>
    </>
  );
}

function Below({ node }: { node: Node }) {
  return (
    <span className="num flex items-center gap-1 rounded bg-sunken px-1.5 text-2xs text-ink-3">
      +{grouped(node.below)}
      {node.errorsBelow > 0 && (
        <span className="flex items-center gap-0.5 text-err">
          <CircleX size={10} aria-hidden />
          {node.errorsBelow}
          <span className="sr-only">failed</span>
        </span>
      )}
    </span>
  );
}

function Badge({
  icon,
  text,
  title,
  tone = 'text-warn bg-warn-soft',
}: {
  icon: ReactNode;
  text: string;
  title?: string;
  tone?: string;
}) {
  return (
    <span
      className={cx('inline-flex shrink-0 items-center gap-1 rounded px-1.5 text-2xs font-medium', tone)}
      title={title}
    >
      {icon}
      {text}
    </span>
  );
}

function Twisty({
  open,
  shown,
  onToggle,
  name,
}: {
  open: boolean;
  shown: boolean;
  onToggle: () => void;
  name: string;
}) {
  if (!shown) return <span className="w-4 shrink-0" />;
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={`${open ? 'Fold' : 'Unfold'} ${name}`}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
      className="flex size-4 shrink-0 items-center justify-center rounded text-ink-3 hover:bg-line hover:text-ink"
    >
      <ChevronRight size={12} className={cx('transition-transform', open && 'rotate-90')} aria-hidden />
    </button>
  );
}

function Bar({ node, span, nowNano }: { node: Node; span: number; nowNano: number | undefined }) {
  const running = node.step.status === 'running' && nowNano !== undefined;
  const drawn = running ? { ...node, duration: Math.max(node.duration, span - node.start) } : node;
  const { left, width, off } = bar(drawn, span);
  const label = running ? 'running' : duration(node.duration);
  const error = node.step.status === 'error';
  return (
    <div className={TRACK}>
      {off ? (
        <span
          className={cx(
            'absolute top-1/2 -translate-y-1/2 text-2xs text-warn',
            off === 'before' ? 'left-0' : 'right-0',
          )}
        >
          {off === 'before' ? '◂ long before' : 'long after ▸'}
        </span>
      ) : (
        <>
          <div
            data-kind={node.step.type}
            className={cx(
              'absolute top-1/2 h-[9px] min-w-[3px] -translate-y-1/2 overflow-hidden rounded-[3px]',
              error ? 'bg-err' : 'bg-kind',
              running && 'opacity-80',
            )}
            style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
          >
            {running && <div className="h-full w-1/4 animate-sweep bg-canvas/60" />}
          </div>
          <span
            className={cx(
              'num absolute top-1/2 -translate-y-1/2 px-1.5 text-2xs whitespace-nowrap',
              error ? 'text-err' : 'text-ink-3',
            )}
            style={{ left: `max(${(left + width) * 100}%, ${left * 100}% + 3px)` }}
          >
            {label}
          </span>
        </>
      )}
    </div>
  );
}

export function LaneLine({ row, onToggle }: { row: LaneRow; onToggle: () => void }) {
  return (
    <div role="gridcell" className="flex h-full items-center gap-1.5 bg-warn-soft/50 pr-3 pl-2 text-xs">
      <Twisty open={row.expanded} shown onToggle={onToggle} name="parent not received" />
      <Unplug size={13} className="shrink-0 text-warn" aria-hidden />
      <span className="font-medium text-warn">Parent not received</span>
      <span className="min-w-0 truncate text-ink-2">
        {plural(row.size, 'step')} name a parent that has not arrived:{' '}
        <span className="mono">{row.parentId}</span>
      </span>
    </div>
  );
}

export function FoldLine({ row, onOpen }: { row: FoldRow; onOpen: () => void }) {
  return (
    <div role="gridcell" className="flex h-full items-center" style={{ paddingLeft: indent(row.depth) + 20 }}>
      <button
        type="button"
        onClick={onOpen}
        className="rounded-md px-1.5 py-0.5 text-xs font-medium text-accent hover:bg-accent-soft"
      >
        {grouped(row.hidden)} more like this
      </button>
      <span className="num ml-2 text-xs text-ink-3">
        {row.name} · P50 {duration(row.p50)} · P95 {duration(row.p95)}
      </span>
    </div>
  );
}
