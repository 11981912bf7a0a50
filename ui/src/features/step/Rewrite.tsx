import { useMemo } from 'react';
import type { StepDetail } from '@/api/types';
import { Edits } from '@/components/Edits';
import { isObject, preview } from '@/lib/json';
import { memberChanges } from '@/lib/members';
import { textDiff } from '@/lib/textdiff';

/** What a step that touched no items made of its input: a text diff, or the members that changed. */
export function Rewrite({ step }: { step: StepDetail }) {
  const { input, output } = step;
  const large = step.large?.some((o) => o.pointer === '/input' || o.pointer === '/output');
  const edits = useMemo(
    () => (typeof input === 'string' && typeof output === 'string' ? textDiff(input, output) : undefined),
    [input, output],
  );
  const members = useMemo(
    () => (isObject(input) && isObject(output) ? memberChanges(input, output) : undefined),
    [input, output],
  );
  if (edits?.some((e) => e.op === '=' && e.text.trim() !== '')) {
    return (
      <section aria-label="What became of the text">
        <h3 className="eyebrow mb-1.5">What became of the text</h3>
        <Edits edits={edits} className="rounded-lg border border-line bg-surface px-3 py-2" />
      </section>
    );
  }
  if (members?.shared) {
    return (
      <section aria-label="Members that changed">
        <h3 className="eyebrow mb-1.5">From input to output</h3>
        {members.changes.length === 0 && <p className="text-ink-2">What both have is the same in both.</p>}
        <ul className="flex flex-col gap-1 text-xs">
          {members.changes.map(({ pointer, from, to }) => (
            <li
              key={pointer}
              className="rounded-md border border-line bg-surface px-2.5 py-1.5 [overflow-wrap:anywhere]"
            >
              <span className="font-mono text-2xs text-ink-3">{pointer}</span>{' '}
              {from !== undefined && (
                <del className="rounded-[3px] bg-err-soft px-0.5 font-mono text-err">
                  {preview(from, 300)}
                </del>
              )}{' '}
              {to !== undefined && (
                <ins className="rounded-[3px] bg-ok-soft px-0.5 font-mono text-ok">{preview(to, 300)}</ins>
              )}
            </li>
          ))}
        </ul>
      </section>
    );
  }
  return (
    <p className="py-6 text-center text-ink-3">
      {large
        ? 'Input or output is too large to be compared here.'
        : 'This step touched no items, and its input and output have nothing in common to compare.'}
    </p>
  );
}
