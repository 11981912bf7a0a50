import type { AlertEvent, AlertPoint, AlertRule } from '@/api/types';
import { Chart } from '@/components/chart/Chart';
import { aggregateOf, bucketsOf, valueWords } from './words';

/** What an alert saw, its threshold, and when it fired. */
export function AlertChart({
  rule,
  points,
  events,
  height = 170,
}: {
  rule: Pick<AlertRule, 'aggregate' | 'threshold'>;
  points: readonly AlertPoint[];
  events: readonly AlertEvent[];
  height?: number;
}) {
  const { start, width, values } = bucketsOf(points);
  if (values.length === 0) {
    return <p className="py-6 text-center text-sm text-ink-2">There is no window to show yet.</p>;
  }
  const { label } = aggregateOf(rule.aggregate);
  const limit = rule.aggregate === 'missing' ? [] : [threshold(values.length, rule.threshold ?? 0)];
  const end = start + width * values.length;
  return (
    <Chart
      name={`${label} by window`}
      look="lines"
      fractions
      start={start}
      width={width}
      height={height}
      format={(v) => valueWords(rule.aggregate, v)}
      series={[{ label: label.toLowerCase(), tone: 'accent', values }, ...limit]}
      marks={events
        .map((e) => ({ at: Date.parse(e.at), label: e.fired ? 'fires' : 'resolved' }))
        .filter(({ at }) => at >= start && at <= end)}
    />
  );
}

const threshold = (n: number, at: number) => ({
  label: 'threshold',
  tone: 'warn' as const,
  values: Array.from({ length: n }, () => at),
});
