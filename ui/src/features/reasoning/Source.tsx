import type { Reasoning } from '@/api/types';
import { cost } from '@/lib/format';

/** Who wrote it, how much of it was proved, and what it cost. */
export function Source({ reasoning }: { reasoning: Reasoning }) {
  if (reasoning.source === 'facts') {
    return <span className="text-xs text-ink-3">from computed facts, no model</span>;
  }
  const parts = [
    reasoning.model,
    `${Math.round(reasoning.verifiedRate * 100)}% of its claims checked out`,
    reasoning.confidence && `${reasoning.confidence} confidence`,
    reasoning.costUsd !== undefined && cost(reasoning.costUsd),
  ];
  return <span className="num text-xs text-ink-3">{parts.filter(Boolean).join(' · ')}</span>;
}
