import type { ReactNode } from 'react';
import { queryDuration, quoted } from '@/lib/query';

/** How a screen draws a link to the executions that a query finds in the range that is shown. */
export type Found = (props: { q: string; hint: string; children: ReactNode }) => ReactNode;

/** Executions of a name, and what else must hold. */
export function ofPipeline(name: string, ...terms: Array<string | undefined>): string {
  return [`name:${quoted(name)}`, ...terms.filter((term) => term !== undefined)].join(' ');
}

/** Those that took at least so long. */
export function slower(nano: number): string | undefined {
  const value = queryDuration(nano);
  return value && `duration:>=${value}`;
}

/** A step of a name, of which the rest holds. */
export function withStep(step: string, ...terms: Array<string | undefined>): string {
  return [`step:${quoted(step)}`, ...terms.filter((term) => term !== undefined)].join(' ');
}

/** Of a step: that it took at least so long. */
export function slowerStep(nano: number): string | undefined {
  const value = queryDuration(nano);
  return value && `step.duration:>=${value}`;
}
