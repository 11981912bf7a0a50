import type { Step } from '@/api/types';
import { int64 } from '@/lib/time';

/** Where the time went: steps of one name and kind, by the time they spent themselves. */
export interface Share {
  key: string;
  name: string;
  type: string;
  count: number;
  failed: number;
  /** Nanoseconds not spent in children; parallel children count as far as they fit. */
  self: number;
  longest: number;
  longestId: string;
}

export function breakdown(steps: readonly Step[], most = 8): Share[] {
  const inChildren = new Map<string, number>();
  for (const step of steps) {
    if (step.parentId !== step.id) {
      inChildren.set(step.parentId, (inChildren.get(step.parentId) ?? 0) + int64(step.durationNano));
    }
  }
  const shares = new Map<string, Share>();
  for (const step of steps) {
    const took = int64(step.durationNano);
    const key = `${step.type}\n${step.name}`;
    let share = shares.get(key);
    if (!share) {
      share = {
        key,
        name: step.name,
        type: step.type,
        count: 0,
        failed: 0,
        self: 0,
        longest: -1,
        longestId: '',
      };
      shares.set(key, share);
    }
    share.count += 1;
    if (step.status === 'error') share.failed += 1;
    share.self += Math.max(0, took - (inChildren.get(step.id) ?? 0));
    if (took > share.longest) {
      share.longest = took;
      share.longestId = step.id;
    }
  }
  return [...shares.values()].toSorted((a, b) => b.self - a.self).slice(0, most);
}
