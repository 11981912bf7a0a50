import type { ReactNode } from 'react';
import type { Pipeline, ReleaseSeen } from '@/api/types';
import { Chart } from '@/components/chart/Chart';
import { Legend } from '@/components/chart/Legend';
import type { Series } from '@/components/chart/types';
import type { Span } from '@/lib/chart';
import { cost, count, duration } from '@/lib/format';
import { parseNano } from '@/lib/time';
import { costs, durations, endings } from './series';

const HEIGHT = 132;

/** How a pipeline, or one of its steps, did over time, with the releases that came on the axis. */
export function Trends({
  pipeline,
  step,
  stepSeries,
  before,
  daily,
  releases,
  onZoom,
  onWhole,
}: {
  pipeline: Pipeline;
  /** The step whose times are shown; absent, those of the executions. */
  step: string | undefined;
  stepSeries: Pipeline | undefined;
  before: Pipeline | undefined;
  daily: Pipeline | undefined;
  releases: readonly ReleaseSeen[];
  onZoom: (span: Span) => void;
  /** Back from the step to the executions. */
  onWhole: () => void;
}) {
  const timed = step === undefined ? pipeline : stepSeries;
  const ended = endings(timed?.series ?? []);
  const lines = durations(timed?.series ?? [], before?.series);
  return (
    <div className="grid grid-cols-3 gap-4 max-lg:grid-cols-2 max-md:grid-cols-1">
      <Panel title={step === undefined ? 'Executions' : 'Calls'} series={ended}>
        {timed && (
          <Drawn
            name={step === undefined ? 'Executions over time' : 'Calls of the step over time'}
            of={timed}
            look="bars"
            series={ended}
            format={count}
            releases={releases}
            onZoom={onZoom}
          />
        )}
      </Panel>
      <Panel
        title="Duration"
        series={lines}
        note={
          step !== undefined && (
            <button
              type="button"
              onClick={onWhole}
              className="flex min-w-0 items-center gap-1 rounded-full bg-accent-soft px-2 text-xs text-accent hover:underline"
              title={`${step}: back to whole executions`}
            >
              <bdi className="truncate">{step}</bdi>
              <span aria-hidden>×</span>
              <span className="sr-only">: back to whole executions</span>
            </button>
          )
        }
      >
        {timed && (
          <Drawn
            name="Duration over time"
            of={timed}
            look="lines"
            series={lines}
            format={duration}
            releases={releases}
            onZoom={onZoom}
          />
        )}
      </Panel>
      <Panel title="Cost per day" note={<span className="text-2xs text-ink-3">days in UTC</span>}>
        {daily && (
          <Drawn
            name="Cost per day"
            of={daily}
            look="bars"
            series={costs(daily.series)}
            format={(usd) => cost(usd)}
            fractions
            releases={releases}
            onZoom={onZoom}
          />
        )}
      </Panel>
    </div>
  );
}

function Panel({
  title,
  series,
  note,
  children,
}: {
  title: string;
  series?: readonly Series[];
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={title}
      className="min-w-0 rounded-lg border border-line bg-surface px-3 pt-2 pb-1 max-lg:last:col-span-2 max-md:last:col-span-1"
    >
      <div className="mb-1 flex min-h-5 min-w-0 flex-wrap items-center gap-x-2">
        <h2 className="shrink-0 text-sm font-semibold">{title}</h2>
        {note}
        <span className="ml-auto">{series && <Legend series={series} />}</span>
      </div>
      <div style={{ minHeight: HEIGHT }}>{children}</div>
    </section>
  );
}

function Drawn({
  of,
  releases,
  ...rest
}: {
  name: string;
  of: Pipeline;
  look: 'bars' | 'lines';
  series: readonly Series[];
  format: (value: number) => string;
  fractions?: boolean;
  releases: readonly ReleaseSeen[];
  onZoom: (span: Span) => void;
}) {
  return (
    <Chart
      start={Number(parseNano(of.since) / 1_000_000n)}
      width={Number(of.bucketNano) / 1e6}
      height={HEIGHT}
      marks={releases.map((r) => ({ at: Date.parse(r.at), label: `release ${r.release}` }))}
      {...rest}
    />
  );
}
