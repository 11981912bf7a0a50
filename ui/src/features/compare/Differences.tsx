import { useState } from 'react';
import type { Difference } from '@/api/types';
import { TextBlock } from '@/components/TextBlock';
import { cx } from '@/lib/cx';
import { plural } from '@/lib/format';
import { copyText } from '@/lib/json';

const AT_FIRST = 20;

/** Values that changed, one below the other: where, what A had, what B has. */
export function Differences({ differences }: { differences: readonly Difference[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? differences : differences.slice(0, AT_FIRST);
  return (
    <>
      <ul className="flex flex-col gap-2">
        {shown.map((d) => (
          <li key={d.pointer} className="overflow-hidden rounded-lg border border-line bg-surface">
            <div className="border-b border-line/70 px-2.5 py-1 font-mono text-2xs text-ink-3 [overflow-wrap:anywhere]">
              {d.pointer || 'the whole'}
            </div>
            {d.words.length > 0 ? (
              <Words difference={d} />
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

/** How one text becomes the other. Struck and underlined: not by colour alone. */
function Words({ difference }: { difference: Difference }) {
  return (
    <p
      dir="auto"
      className="px-2.5 py-1.5 text-sm leading-relaxed [overflow-wrap:anywhere] whitespace-pre-wrap"
    >
      {difference.words.map((word, i) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: an edit has no other identity than its place
        if (word.op === '=') return <span key={i}>{word.text}</span>;
        const Tag = word.op === '-' ? 'del' : 'ins';
        return (
          <Tag
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={i}
            className={cx(
              'rounded-[3px] px-0.5',
              word.op === '-' ? 'bg-err-soft text-err line-through' : 'bg-ok-soft text-ok underline',
            )}
          >
            {word.text}
          </Tag>
        );
      })}
    </p>
  );
}
