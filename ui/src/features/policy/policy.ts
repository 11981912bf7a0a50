import type { ReasoningSettings, SpendDay } from '@/api/types';
import { fieldText, typedNumber } from '@/lib/numbers';
import { int64 } from '@/lib/time';

type Policy = ReasoningSettings['policy'];

/** The policy as it is edited: numbers are what was typed. */
export interface PolicyDraft {
  policy: Policy;
  samplePercent: string;
  model: string;
  baseUrl: string;
  dailyCap: string;
  monthlyCap: string;
  concurrency: string;
}

export const POLICIES: ReadonlyArray<{ value: Policy; label: string; hint: string }> = [
  {
    value: 'default',
    label: 'As the server says',
    hint: 'Whoever runs it decides for all projects that choose this.',
  },
  { value: 'off', label: 'Off', hint: 'No model is ever asked, also when somebody wants an explanation.' },
  {
    value: 'on_demand',
    label: 'On demand',
    hint: 'Only what somebody asks for: an explanation, a question, a comparison.',
  },
  { value: 'failures', label: 'Failures', hint: 'Executions that failed, and what somebody asks for.' },
  { value: 'sample', label: 'A sample', hint: 'A share of all executions, and what somebody asks for.' },
  { value: 'all', label: 'All', hint: 'Every execution.' },
];

export function policyLabel(policy: string | undefined): string {
  return POLICIES.find(({ value }) => value === policy)?.label ?? policy ?? '';
}

export function toDraft(set: ReasoningSettings): PolicyDraft {
  return {
    policy: set.policy,
    samplePercent: fieldText(set.samplePercent ?? 0),
    model: set.model ?? '',
    baseUrl: set.baseUrl ?? '',
    dailyCap: fieldText(set.dailyCapUsd),
    monthlyCap: fieldText(set.monthlyCapUsd),
    concurrency: set.concurrency ? String(set.concurrency) : '',
  };
}

/** The settings to send, or the field of them that holds no number. */
export function toSettings(draft: PolicyDraft): ReasoningSettings | { wrong: string } {
  const numbers = {
    samplePercent: typedNumber(draft.samplePercent) ?? 0,
    dailyCapUsd: typedNumber(draft.dailyCap),
    monthlyCapUsd: typedNumber(draft.monthlyCap),
    concurrency: typedNumber(draft.concurrency) ?? 0,
  };
  const wrong = Object.entries(numbers).find(([, n]) => Number.isNaN(n));
  if (wrong) return { wrong: `/${wrong[0]}` };
  if (!Number.isInteger(numbers.concurrency)) return { wrong: '/concurrency' };
  return { policy: draft.policy, ...numbers, model: draft.model.trim(), baseUrl: draft.baseUrl };
}

const DAY_MS = 86_400_000;

/** Cost and calls of each of the last days, those without a call too, oldest first. */
export function byDay(
  spend: readonly SpendDay[],
  days: number,
  nowMs: number,
): { start: number; cost: number[]; calls: number[] } {
  const today = Math.floor(nowMs / DAY_MS);
  const first = today - days + 1;
  const cost = new Array<number>(days).fill(0);
  const calls = new Array<number>(days).fill(0);
  for (const day of spend) {
    const at = Math.floor(Date.parse(`${day.day}T00:00:00Z`) / DAY_MS) - first;
    if (at < 0 || at >= days) continue;
    cost[at] = day.costUsd;
    calls[at] = int64(day.calls);
  }
  return { start: first * DAY_MS, cost, calls };
}

export interface SpendTotals {
  today: number;
  month: number;
  range: number;
  calls: number;
  unpriced: number;
  tokens: number;
}

/** What was spent today, in this month and in all of these days; days and months are of UTC. */
export function totals(spend: readonly SpendDay[], nowMs: number): SpendTotals {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const sum: SpendTotals = { today: 0, month: 0, range: 0, calls: 0, unpriced: 0, tokens: 0 };
  for (const day of spend) {
    if (day.day === today) sum.today = day.costUsd;
    if (day.day.slice(0, 7) === today.slice(0, 7)) sum.month += day.costUsd;
    sum.range += day.costUsd;
    sum.calls += int64(day.calls);
    sum.unpriced += int64(day.unpricedCalls);
    sum.tokens += int64(day.inputTokens) + int64(day.outputTokens);
  }
  return sum;
}
