import type { Reasoning } from '@/api/types';
import { Notice } from '@/components/Notice';
import { plural } from '@/lib/format';

/** Says of a model's words that they are about an earlier state of the record. */
export function Outdated({ reasoning, busy = false }: { reasoning: Reasoning; busy?: boolean }) {
  if (!reasoning.outdated) return null;
  const what = reasoning.lateSteps
    ? `${plural(reasoning.lateSteps, 'more step')} arrived`
    : 'the last spans arrived';
  return (
    <Notice tone="warn">
      Explained before {what}: the words below do not know of that.{' '}
      {busy
        ? 'A new explanation is on its way.'
        : 'The computed facts are up to date; explain again for new words.'}
    </Notice>
  );
}
