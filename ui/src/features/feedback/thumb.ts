import type { Score } from '@/api/types';

/** What a thumb is about: the execution as a whole, a step of it, or a claim of an explanation. */
export interface Target {
  stepId?: string | undefined;
  claim?: string | undefined;
}

export type Way = 'up' | 'down';

/** The thumbs on a thing: how many there are, and the one of whoever looks. */
export interface Given {
  up: number;
  down: number;
  own: Score | undefined;
}

/** Counts the thumbs on one thing, not those on what is within it. */
export function givenOn(scores: readonly Score[], { stepId, claim }: Target, author: string): Given {
  const given: Given = { up: 0, down: 0, own: undefined };
  for (const score of scores) {
    if (score.name !== 'feedback' || (score.claim ?? '') !== (claim ?? '')) continue;
    // A claim is its words: the step whose explanation says them does not matter.
    if (!claim && (score.stepId ?? '') !== (stepId ?? '')) continue;
    if (score.value === 'up') given.up++;
    else given.down++;
    if (score.mine && score.source === 'human' && score.author === author) given.own = score;
  }
  return given;
}
