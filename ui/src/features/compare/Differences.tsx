import { useState } from 'react';
import type { Difference } from '@/api/types';
import { Edits } from '@/components/Edits';
import { TextBlock } from '@/components/TextBlock';
import { cx } from '@/lib/cx';
import { plural } from '@/lib/format';
import { copyText } from '@/lib/json';
import { everywhere } from './paths';

const AT_FIRST = 20;

/** Values that changed, one below the other: where, what A had, what B has. */
export function Differences({
  differences,
  onIgnore,
}: {
  differences: readonly Difference[];
  onIgnore: (pointer: string) => void;
}) {
  const [all, setAll] = useState(false);
  const shown = all ? differences : differences.slice(0, AT_FIRST);
  return (
    <>
      <ul className="flex flex-col gap-2">
        {shown.map((d) => (
          <li key={d.pointer} className="overflow-hidden rounded-lg border border-line bg-surface">
            <div className="flex items-start gap-2 border-b border-line/70 py-1 pr-1 pl-2.5 font-mono text-2xs text-ink-3">
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{d.pointer || 'the whole'}</span>
              <button
                type="button"
                title={`Leave ${everywhere(d.pointer)} out of comparisons of this pipeline`}
                onClick={() => onIgnore(everywhere(d.pointer))}
                className="shrink-0 rounded px-1 font-sans hover:bg-hover hover:text-ink"
              >
                ignore
              </button>
            </div>
            {d.words.length > 0 ? (
              <Edits edits={spaced(d.words)} className="px-2.5 py-1.5" />
            ) : (
              <div className="grid grid-cols-2 divide-x divide-line/70 max-sm:grid-cols-1 max-sm:divide-x-0 max-sm:divide-y">
                <Side name="A" value={d.a} />
                <Side name="B" value={d.b} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {differences.length > AT_FIRST && !all && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="mt-2 rounded text-xs font-medium text-accent hover:underline"
        >
          Show {plural(differences.length - AT_FIRST, 'more change')}
        </button>
      )}
    </>
  );
}

function Side({ name, value }: { name: 'A' | 'B'; value: unknown }) {
  return (
    <div className="flex min-w-0 gap-2 px-2.5 py-1.5">
      <span className={cx('text-xs font-semibold', name === 'A' ? 'text-err' : 'text-ok')}>{name}</span>
      {value === undefined ? (
        <span className="text-xs text-ink-3">has no value here</span>
      ) : (
        <TextBlock
          text={copyText(value)}
          className="max-h-72 min-w-0 flex-1 overflow-y-auto font-mono text-xs"
        />
      )}
    </div>
  );
}

/** Runs of words with the blanks between them that the API leaves out. */
function spaced(words: Difference['words']): Difference['words'] {
  return words.map((word, i) => (i < words.length - 1 ? { ...word, text: `${word.text} ` } : word));
}
