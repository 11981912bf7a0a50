import { type LucideIcon, StickyNote, ThumbsDown, ThumbsUp } from 'lucide-react';
import type { Execution } from '@/api/types';
import { FunnelSpark } from '@/components/Spark';
import { useNow } from '@/components/useNow';
import { cx } from '@/lib/cx';
import { age, cost, count, duration, grouped, plural, timestamp } from '@/lib/format';
import { elapsedNano, int64 } from '@/lib/time';
import type { Column } from './columns';

const SECOND = 'block truncate text-xs text-ink-3';

export interface CellProps {
  execution: Execution;
  /** Two lines a row, and room for what belongs to a value. */
  roomy: boolean;
  /** The P95 of the executions of this name, in nanoseconds. */
  p95: number | undefined;
}

/** What stands in a row under each column. */
export const CELLS: Record<Column, (props: CellProps) => React.ReactNode> = {
  funnel: ({ execution: e }) => e.funnel && <FunnelSpark counts={e.funnel} />,
  took: ({ execution: e, roomy, p95 }) => (
    <>
      <span className="flex items-center justify-end gap-2">
        <TookBar execution={e} p95={p95} />
        <span className="min-w-[52px] whitespace-nowrap">
          <Took execution={e} />
        </span>
      </span>
      {roomy && <Steps execution={e} className={SECOND} />}
    </>
  ),
  steps: ({ execution: e }) => (
    <span title={e.errorCount > 0 ? `${plural(e.errorCount, 'step')} failed` : undefined}>
      {e.errorCount > 0 && <span className="text-err">{grouped(e.errorCount)}/</span>}
      {grouped(e.stepCount)}
    </span>
  ),
  tokens: ({ execution: e }) => tokens(e) ?? <None />,
  cost: ({ execution: e, roomy }) => (
    <>
      {e.costUsd === undefined ? (
        <None />
      ) : (
        <span title={e.costPartial ? 'At least: the cost of some model call is not known' : undefined}>
          {cost(e.costUsd, e.costPartial)}
        </span>
      )}
      {roomy && tokens(e) && (
        <span className={SECOND} title="Tokens in → out">
          {tokens(e)}
        </span>
      )}
    </>
  ),
  model: ({ execution: e, roomy }) => (
    <span className="text-xs text-ink-2" title={e.models.join(', ')}>
      <bdi className="block truncate">{e.models[0] ?? <None />}</bdi>
      {roomy && e.models.length > 1 && (
        <span className={SECOND}>and {plural(e.models.length - 1, 'other')}</span>
      )}
    </span>
  ),
  service: ({ execution: e }) => <Name value={e.service} />,
  session: ({ execution: e }) => <Name value={e.sessionId} />,
  user: ({ execution: e }) => <Name value={e.userId} />,
  environment: ({ execution: e }) => <Name value={e.environment} />,
  release: ({ execution: e }) => <Name value={e.release} />,
  feedback: ({ execution: e }) => <Said execution={e} />,
  scores: ({ execution: e }) => <Judged execution={e} />,
  started: ({ execution: e }) => (
    <span className="text-xs whitespace-nowrap text-ink-3" title={timestamp(e.startedAt)}>
      <Age startedAt={e.startedAt} />
    </span>
  ),
};

/** A running row ticks. */
export function Took({ execution: e }: { execution: Execution }) {
  if (e.status === 'running') return <Ticking startedAt={e.startedAt} />;
  return <span>{duration(int64(e.durationNano))}</span>;
}

function Ticking({ startedAt }: { startedAt: string }) {
  const nano = elapsedNano(startedAt, useNow());
  return <span className="text-run">{duration(Math.floor(nano / 1e9) * 1e9)}</span>;
}

const BAR = 36;

/** How long it took, beside the tick of what is long for executions of its name. */
function TookBar({ execution: e, p95 }: { execution: Execution; p95: number | undefined }) {
  if (!p95 || e.status === 'running') return null;
  const nano = int64(e.durationNano);
  // The tick stands at two thirds; what is longer than one and a half of it fills the bar.
  // Percentiles are off by two in a hundred; what is the longest of few is not long for that.
  const long = nano > p95 * 1.05;
  const fill = Math.max(1, Math.min(1, nano / (1.5 * p95)) * BAR);
  const words = long ? `Longer than the P95 of ${duration(p95)}` : `P95 of its pipeline: ${duration(p95)}`;
  return (
    <svg width={BAR} height="12" role="img" aria-label={words} className="shrink-0">
      <title>{words}</title>
      <rect x="0" y="5" width={BAR} height="2" rx="1" className="fill-line" />
      <rect x="0" y="4.5" width={fill} height="3" rx="1" className={long ? 'fill-warn' : 'fill-ink-3'} />
      <rect x={(BAR * 2) / 3} y="2" width="1" height="8" className="fill-ink-2" />
    </svg>
  );
}

export function Steps({ execution: e, className }: { execution: Execution; className: string }) {
  return (
    <span className={className}>
      {e.errorCount > 0 && <span className="text-err">{grouped(e.errorCount)} failed of </span>}
      {e.errorCount > 0 ? grouped(e.stepCount) : plural(e.stepCount, 'step')}
    </span>
  );
}

export function Age({ startedAt }: { startedAt: string }) {
  return age(Date.parse(startedAt), useNow());
}

function tokens(e: Execution): string | undefined {
  if (e.inputTokens === undefined && e.outputTokens === undefined) return undefined;
  const side = (n: string | undefined): string => (n === undefined ? '–' : count(int64(n)));
  return `${side(e.inputTokens)} → ${side(e.outputTokens)}`;
}

function Name({ value }: { value: string | undefined }) {
  if (!value) return <None />;
  return (
    <bdi className={cx('block truncate text-xs text-ink-2')} title={value}>
      {value}
    </bdi>
  );
}

/** Thumbs and notes, counted; with words for those who do not see the signs. */
function Said({ execution: e }: { execution: Execution }) {
  const { up = 0, down = 0 } = e.feedback ?? {};
  const notes = e.noteCount ?? 0;
  if (up + down + notes === 0) return <None />;
  return (
    <span className="num flex items-center gap-2 text-xs">
      {up > 0 && <Counted icon={ThumbsUp} n={up} word={`${plural(up, 'thumb')} up`} className="text-ok" />}
      {down > 0 && (
        <Counted icon={ThumbsDown} n={down} word={`${plural(down, 'thumb')} down`} className="text-err" />
      )}
      {notes > 0 && (
        <Counted icon={StickyNote} n={notes} word={plural(notes, 'note')} className="text-ink-2" />
      )}
    </span>
  );
}

function Counted({
  icon: Icon,
  n,
  word,
  className,
}: {
  icon: LucideIcon;
  n: number;
  word: string;
  className: string;
}) {
  return (
    <span className={cx('inline-flex items-center gap-0.5', className)} title={word}>
      <Icon size={12} aria-hidden />
      <span aria-hidden>{n}</span>
      <span className="sr-only">{word}</span>
    </span>
  );
}

/** The first score, and how many others there are. */
function Judged({ execution: e }: { execution: Execution }) {
  const words = (e.scores ?? []).map(
    (s) => `${s.name} ${s.mean === undefined ? s.category : Math.round(s.mean * 1000) / 1000}`,
  );
  const [first, ...others] = words;
  if (!first) return <None />;
  return (
    <span className="flex gap-1 text-xs text-ink-2" title={words.join(', ')}>
      <bdi className="truncate">{first}</bdi>
      {others.length > 0 && <span className="shrink-0 text-ink-3">+{others.length}</span>}
    </span>
  );
}

export function None() {
  return (
    <span className="text-ink-3">
      <span aria-hidden>–</span>
      <span className="sr-only">none</span>
    </span>
  );
}
