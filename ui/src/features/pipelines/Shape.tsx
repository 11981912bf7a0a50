import type { ReactNode } from 'react';
import type { NamedStats, Pipeline, PipelineShape, ShapeStep, StepStability } from '@/api/types';
import { Glyph } from '@/components/Glyph';
import { ShareBar } from '@/components/ShareBar';
import { cx } from '@/lib/cx';
import { cost, count, duration, grouped, plural } from '@/lib/format';
import { kindLabel } from '@/lib/kinds';
import { int64 } from '@/lib/time';
import { type Found, ofPipeline, slowerStep, withStep } from './links';
import { percent } from './series';

/**
 * The steps of a pipeline as a tree, each with what it does to the items and
 * what it takes. Numbers of a step are of all steps of its name.
 */
export function Shape({
  pipeline,
  shape,
  stability,
  selected,
  onSelect,
  found,
}: {
  pipeline: Pipeline;
  shape: PipelineShape;
  stability: readonly StepStability[] | undefined;
  selected: string | undefined;
  onSelect: (step: string | undefined) => void;
  found: Found;
}) {
  const stats = new Map(pipeline.steps.map((s) => [s.name, s]));
  const stable = new Map(stability?.map((s) => [s.stepName, s]));
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed border-collapse text-sm">
        <caption className="sr-only">Steps of the pipeline</caption>
        <thead>
          <tr className="h-8 border-b border-line text-xs text-ink-3">
            <th scope="col" className="px-3 text-left font-normal">
              Step
            </th>
            <Column label="In → out" className="w-32 max-sm:w-24" />
            <Column label="Dropped" className="w-24 max-sm:w-[70px]" />
            <Column label="P50" className="w-20 max-lg:hidden" />
            <Column label="P95" className="w-20 max-sm:hidden" />
            <Column label="P99" className="w-20 max-lg:hidden" />
            <Column label="Failed" className="w-20 max-md:hidden" />
            <Column label="Cost" className="w-20 max-lg:hidden" />
            <Column label="Stable" className="w-20 max-xl:hidden" />
          </tr>
        </thead>
        <tbody>
          {shape.steps.map((step, i) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: a name may stand at several places of the tree
              key={i}
              name={pipeline.total.name}
              step={step}
              lookedAt={shape.lookedAt}
              stats={stats.get(step.name)}
              stability={stable.get(step.name)}
              on={step.name === selected}
              onSelect={onSelect}
              found={found}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Column({ label, className }: { label: string; className: string }) {
  return (
    <th scope="col" className={cx('px-3 text-right font-normal', className)}>
      {label}
    </th>
  );
}

interface RowProps {
  name: string;
  step: ShapeStep;
  lookedAt: number;
  stats: NamedStats | undefined;
  stability: StepStability | undefined;
  on: boolean;
  onSelect: (step: string | undefined) => void;
  found: Found;
}

function Row({ name, step, lookedAt, stats, stability, on, onSelect, found: Found }: RowProps) {
  const here = withStep(step.name);
  const percentile = (key: 'p50Nano' | 'p95Nano' | 'p99Nano'): ReactNode =>
    stats && (
      <Found
        q={ofPipeline(name, here, slowerStep(int64(stats[key])))}
        hint={`Executions in which this step took at least ${duration(int64(stats[key]))}`}
      >
        {duration(int64(stats[key]))}
      </Found>
    );
  return (
    <tr className={cx('border-b border-line/60 last:border-0', on ? 'bg-selected' : 'hover:bg-hover')}>
      <th scope="row" className="p-0 text-left font-normal">
        <button
          type="button"
          aria-pressed={on}
          onClick={() => onSelect(on ? undefined : step.name)}
          title={`${step.name || '(no name)'}: over time`}
          className="flex h-9 w-full min-w-0 items-center gap-1.5 px-3"
          style={{ paddingLeft: 12 + Math.min(step.depth, 8) * 16 }}
        >
          <Glyph kind={step.type} label={kindLabel(step.type)} />
          <bdi className="truncate font-medium">{step.name || '(no name)'}</bdi>
          {step.calls > 1 && <span className="num shrink-0 text-xs text-ink-3">×{count(step.calls)}</span>}
          {step.runs < lookedAt && (
            <span
              className="num shrink-0 text-xs text-ink-3"
              title={`In ${grouped(step.runs)} of ${plural(lookedAt, 'execution')}`}
            >
              {percent(step.runs / lookedAt)}
            </span>
          )}
        </button>
      </th>
      <td className="num px-3 text-right">
        {step.items && (
          <Found
            q={ofPipeline(name, here, `step.in:${step.items.in}`, `step.out:${step.items.out}`)}
            hint={`Medians of ${plural(step.items.calls, 'call')}. Executions with just these`}
          >
            {step.items.in > 0
              ? `${count(step.items.in)} → ${count(step.items.out)}`
              : `→ ${count(step.items.out)}`}
          </Found>
        )}
      </td>
      <td className="num px-3 text-right">
        {step.items && step.items.in > 0 && (
          <>
            {step.items.dropped > 0 ? (
              <Found
                q={ofPipeline(name, here, 'step.drop:>0')}
                hint={`${plural(step.items.dropped, 'item')} dropped. Executions in which it dropped some`}
              >
                {percent(step.items.dropRate)}
              </Found>
            ) : (
              <span className="text-ink-3">0 %</span>
            )}
            <ShareBar share={step.items.dropRate} tone="warn" />
          </>
        )}
      </td>
      <td className="num px-3 text-right max-lg:hidden">{percentile('p50Nano')}</td>
      <td className="num px-3 text-right max-sm:hidden">{percentile('p95Nano')}</td>
      <td className="num px-3 text-right max-lg:hidden">{percentile('p99Nano')}</td>
      <td className="num px-3 text-right max-md:hidden">
        {stats && stats.errorCount > 0 ? (
          <Found
            q={ofPipeline(name, here, 'step.status:error')}
            hint={`${grouped(stats.errorCount)} of ${plural(stats.count, 'call')} failed`}
          >
            <span className="text-err">{percent(stats.errorCount / stats.count)}</span>
          </Found>
        ) : (
          <span className="text-ink-3">{stats ? '0 %' : ''}</span>
        )}
      </td>
      <td className="num px-3 text-right max-lg:hidden">
        {stats && stats.costUsd > 0 && (
          <Found
            q={ofPipeline(name, here, 'step.cost:>0')}
            hint="Executions in which this step cost something"
          >
            {cost(stats.costUsd)}
          </Found>
        )}
      </td>
      <td className="num px-3 text-right text-ink-2 max-xl:hidden">
        {stability && (
          <a
            href="#stability"
            title={`Of ${plural(stability.inputs, 'input')} that came more than once, those with always the same output`}
            className="hover:underline"
          >
            {stability.inputs - stability.unstable}/{stability.inputs}
          </a>
        )}
      </td>
    </tr>
  );
}
