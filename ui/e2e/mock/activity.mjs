// What /api/executions/histogram answers, of the executions that fit.
const MINUTE = 60_000;
const WIDTHS = [1, 5, 15, 30, 60, 360, 1_440, 43_200].map((n) => n * MINUTE);

export function activity(executions, query) {
  const until = Date.parse(query.get('until') ?? new Date().toISOString());
  const since = Date.parse(query.get('since') ?? new Date(until - 1_440 * MINUTE).toISOString());
  const most = Number(query.get('buckets') ?? 60);
  const width = WIDTHS.find((w) => (until - since) / w < most - 1) ?? WIDTHS.at(-1);
  const start = Math.floor(since / width) * width;
  const end = Math.ceil(until / width) * width;
  const buckets = Array.from({ length: (end - start) / width }, () => ({ ok: 0, error: 0, running: 0 }));
  for (const e of executions) buckets[Math.floor((Date.parse(e.startedAt) - start) / width)][e.status]++;
  return {
    since: new Date(start).toISOString(),
    until: new Date(end).toISOString(),
    bucketNano: String(width * 1e6),
    buckets,
    total: total(executions.filter((e) => e.status !== 'running')),
    explanationCostUsd: 0.0123,
  };
}

function total(ended) {
  const took = ended.map((e) => Number(e.durationNano)).sort((a, b) => a - b);
  const at = (share) => String(took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? 0);
  return {
    count: ended.length,
    errorCount: ended.filter((e) => e.status === 'error').length,
    p50Nano: at(0.5),
    p95Nano: at(0.95),
    p99Nano: at(0.99),
    inputTokens: '0',
    outputTokens: '0',
    costUsd: ended.reduce((sum, e) => sum + (e.costUsd ?? 0), 0),
  };
}
