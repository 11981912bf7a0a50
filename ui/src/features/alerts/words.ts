import type { Alert, AlertPoint, AlertRule, NewAlert } from '@/api/types';
import { cost, count, duration } from '@/lib/format';

type Aggregate = AlertRule['aggregate'];

/** What can be watched; `unit` is what people type, `scale` makes the API's number of it. */
export const AGGREGATES: ReadonlyArray<{ value: Aggregate; label: string; unit: string; scale: number }> = [
  { value: 'error_rate', label: 'Error rate', unit: '%', scale: 0.01 },
  { value: 'count', label: 'Executions', unit: '', scale: 1 },
  { value: 'p95', label: 'P95 duration', unit: 'ms', scale: 1 },
  { value: 'cost', label: 'Cost', unit: 'USD', scale: 1 },
  { value: 'tokens', label: 'Tokens', unit: '', scale: 1 },
  { value: 'drop_rate', label: 'Drop rate', unit: '%', scale: 0.01 },
  { value: 'unverified_rate', label: 'Unverified claims', unit: '%', scale: 0.01 },
  { value: 'missing', label: 'No execution at all', unit: '', scale: 1 },
];

export function aggregateOf(value: Aggregate) {
  return AGGREGATES.find((a) => a.value === value) ?? { value, label: value, unit: '', scale: 1 };
}

/** A value of the aggregate in words, with its unit. */
export function valueWords(aggregate: Aggregate, value: number | null | undefined): string {
  if (value === null || value === undefined) return 'no value';
  switch (aggregate) {
    case 'p95':
      return duration(value * 1e6);
    case 'cost':
      return cost(value);
    case 'error_rate':
    case 'drop_rate':
    case 'unverified_rate':
      return `${Math.round(value * 1000) / 10} %`;
    default:
      return count(value);
  }
}

export function stateOf(alert: Alert, nowMs: number): { word: string; tone: 'ok' | 'err' | 'warn' | 'idle' } {
  if (alert.error) return { word: 'cannot be evaluated', tone: 'warn' };
  const muted = isMuted(alert, nowMs) ? ', muted' : '';
  if (alert.status === 'firing') return { word: `firing${muted}`, tone: 'err' };
  if (alert.status === 'pending') return { word: `pending${muted}`, tone: 'warn' };
  return {
    word: alert.evaluatedAt ? `ok${muted}` : 'not looked at yet',
    tone: alert.evaluatedAt ? 'ok' : 'idle',
  };
}

export function isMuted(alert: Alert, nowMs: number): boolean {
  return alert.mutedUntil !== undefined && Date.parse(alert.mutedUntil) > nowMs;
}

export const FRESH: NewAlert = {
  name: '',
  query: '',
  aggregate: 'error_rate',
  windowMinutes: 15,
  threshold: 0.1,
  below: false,
  forMinutes: 0,
  graceSeconds: 60,
  webhooks: [],
};

/** What of an alert is its definition. */
export function definition(a: NewAlert): NewAlert {
  const { name, query, aggregate, windowMinutes, threshold, below, forMinutes, graceSeconds, webhooks } = a;
  return { name, query, aggregate, windowMinutes, threshold, below, forMinutes, graceSeconds, webhooks };
}

/** The rule alone, as a preview wants it. */
export function ruleOf(a: NewAlert): AlertRule {
  const { name: _, webhooks: __, ...rule } = definition(a);
  return rule;
}

/** Points as a chart has them: equal steps from the first to the last. */
export function bucketsOf(points: readonly AlertPoint[]): {
  start: number;
  width: number;
  values: Array<number | null>;
} {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return { start: 0, width: 60_000, values: [] };
  const from = Date.parse(first.at);
  const width = points.length > 1 ? (Date.parse(last.at) - from) / (points.length - 1) : 60_000;
  return { start: from - width / 2, width, values: points.map((p) => p.value ?? null) };
}
