import type { Key, NewKey, Session } from '@/api/types';

export const SCOPES: ReadonlyArray<{ value: NewKey['scope']; label: string; hint: string }> = [
  {
    value: 'ingest',
    label: 'Send',
    hint: 'For your pipelines: may send executions and feedback, and see nothing.',
  },
  {
    value: 'read',
    label: 'Look',
    hint: 'For people, scripts and coding agents: may see everything of this project.',
  },
  { value: 'admin', label: 'Everything', hint: 'May send, look, and change the settings of this project.' },
];

const DAY_MS = 86_400_000;

export const EXPIRIES = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const;

/** When a key ends that is made now and lasts so many days; never for ''. */
export function expiryAt(days: string, nowMs: number): string | undefined {
  return days === '' ? undefined : new Date(nowMs + Number(days) * DAY_MS).toISOString();
}

export const OVERLAPS = [
  { value: '0', label: 'Not at all' },
  { value: '0.0417', label: 'For an hour' },
  { value: '1', label: 'For a day' },
  { value: '7', label: 'For a week' },
  { value: '30', label: 'For 30 days' },
] as const;

/** Until when an old secret works that is replaced now. */
export function overlapUntil(days: string, nowMs: number): string {
  // The server allows 30 days from when it hears of it, so not a minute more.
  return new Date(nowMs + Math.max(0, Number(days) * DAY_MS - 60_000)).toISOString();
}

/** Whether a key opens anything still. */
export function works(key: Key): boolean {
  return key.state === 'active' || key.state === 'ending';
}

/** Keys that work before those that do not; of each the newest first. */
export function inOrder(keys: readonly Key[]): Key[] {
  return keys.toSorted(
    (a, b) => Number(works(b)) - Number(works(a)) || b.createdAt.localeCompare(a.createdAt),
  );
}

/** What to paste where the pipeline runs. */
export function envBlock(secret: string, scope: Key['scope'], { otlp }: Session): string {
  if (scope === 'read') return `export XRAY_API_KEY=${secret}`;
  return [
    `export XRAY_API_KEY=${secret}`,
    `export XRAY_ENDPOINT=${otlp.http}`,
    '',
    '# or for any OpenTelemetry SDK',
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${otlp.http}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    `export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${secret}`,
  ].join('\n');
}
