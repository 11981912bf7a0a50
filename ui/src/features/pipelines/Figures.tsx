import type { ReactNode } from 'react';
import type { NamedStats } from '@/api/types';
import { cx } from '@/lib/cx';
import { cost, count, duration, grouped, plural } from '@/lib/format';
import { int64 } from '@/lib/time';
import { type Found, ofPipeline, slower } from './links';
import { change, changeWords, percent } from './series';

/** The sums of a pipeline; beside each, by how much it changed since the range before. */
export function Figures({
  total: now,
  before: then,
  found: Found,
}: {
  total: NamedStats;
  before: NamedStats | undefined;
  found: Found;
}) {
  const share = (s: NamedStats): number => (s.count > 0 ? s.errorCount / s.count : 0);
  const percentile = (label: string, key: 'p50Nano' | 'p95Nano' | 'p99Nano'): ReactNode => (
    <Figure label={label} by={change(int64(now[key]), then && int64(then[key]))} more="worse">
      <Found
        q={ofPipeline(now.name, slower(int64(now[key])))}
        hint={`Executions that took at least ${duration(int64(now[key]))}`}
      >
        {duration(int64(now[key]))}
      </Found>
    </Figure>
  );
  const tokens = (s: NamedStats): number => int64(s.inputTokens) + int64(s.outputTokens);
  return (
    <dl
      aria-label="Totals"
      className="grid grid-cols-7 gap-px overflow-hidden rounded-lg border border-line bg-line max-lg:grid-cols-4 max-sm:grid-cols-2"
    >
      <Figure label="Executions" by={change(now.count, then?.count)}>
        <Found q={ofPipeline(now.name)} hint={plural(now.count, 'execution')}>
          {count(now.count)}
        </Found>
      </Figure>
      <Figure label="Failed" by={change(share(now), then && share(then))} more="worse">
        {now.errorCount > 0 ? (
          <Found q={ofPipeline(now.name, 'status:error')} hint={`The ${grouped(now.errorCount)} that failed`}>
            <span className="text-err">{percent(share(now))}</span>
          </Found>
        ) : (
          '0 %'
        )}
      </Figure>
      {percentile('P50', 'p50Nano')}
      {percentile('P95', 'p95Nano')}
      {percentile('P99', 'p99Nano')}
      <Figure label="Tokens" by={change(tokens(now), then && tokens(then))}>
        <Found q={ofPipeline(now.name, 'has:tokens')} hint={`${grouped(tokens(now))}, input and output`}>
          {count(tokens(now))}
        </Found>
      </Figure>
      <Figure label="Cost" by={change(now.costUsd, then?.costUsd)} more="worse">
        <Found q={ofPipeline(now.name, 'has:cost')} hint="Executions whose cost is known">
          {cost(now.costUsd)}
        </Found>
      </Figure>
    </dl>
  );
}

function Figure({
  label,
  by,
  more,
  children,
}: {
  label: string;
  by: number | undefined;
  /** What an increase means; absent, neither good nor bad. */
  more?: 'worse';
  children: ReactNode;
}) {
  const words = changeWords(by);
  const tone =
    more && by !== undefined && Math.abs(by) >= 0.05 ? (by > 0 ? 'text-err' : 'text-ok') : 'text-ink-3';
  return (
    <div className="flex flex-col gap-0.5 bg-surface px-3.5 py-2.5 max-lg:last:col-span-2">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="num flex items-baseline gap-2">
        <span className="text-lg font-semibold tracking-tight">{children}</span>
        {words && (
          <span className={cx('text-xs', tone)}>
            {words}
            <span className="sr-only"> since the range before</span>
          </span>
        )}
      </dd>
    </div>
  );
}
