import type { Activity } from '@/api/types';
import { Chart } from '@/components/chart/Chart';
import type { Series } from '@/components/chart/types';
import type { Span } from '@/lib/chart';
import { count } from '@/lib/format';
import { parseNano } from '@/lib/time';

/** How executions ended over time. Failures stand at the bottom, where they are compared best. */
export function Histogram({
  activity,
  onZoom,
  height,
}: {
  activity: Activity | undefined;
  onZoom: (span: Span) => void;
  height: number;
}) {
  if (!activity) return <div style={{ height }} />;
  const series: Series[] = [
    { label: 'failed', tone: 'bar-err', values: activity.buckets.map((b) => b.error) },
    { label: 'OK', tone: 'bar-ok', values: activity.buckets.map((b) => b.ok) },
    { label: 'running', tone: 'bar-run', values: activity.buckets.map((b) => b.running) },
  ];
  return (
    <Chart
      name="Executions over time"
      start={Number(parseNano(activity.since) / 1_000_000n)}
      width={Number(activity.bucketNano) / 1e6}
      look="bars"
      series={series}
      format={count}
      height={height}
      onZoom={onZoom}
    />
  );
}
