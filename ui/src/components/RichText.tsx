import { useState } from 'react';
import { cx } from '@/lib/cx';
import { isRendered, Markdown } from './Markdown';
import { TextBlock } from './TextBlock';

/** A text that may be Markdown: drawn as such, as it came on a click, and plain where a part of it is lit. */
export function RichText({
  text,
  find,
  className,
}: {
  text: string;
  find?: string | undefined;
  className?: string;
}) {
  const [plain, setPlain] = useState(false);
  if (find || !isRendered(text))
    return <TextBlock text={text} find={find} {...(className ? { className } : {})} />;
  return (
    <div className="group/rich relative">
      {plain ? (
        <TextBlock text={text} className={cx(className, 'font-mono text-xs')} />
      ) : (
        <Markdown text={text} {...(className ? { className } : {})} />
      )}
      <button
        type="button"
        aria-pressed={plain}
        onClick={() => setPlain(!plain)}
        className="absolute top-0 right-0 rounded border border-line bg-raised px-1.5 text-2xs text-ink-2 opacity-0 group-focus-within/rich:opacity-100 group-hover/rich:opacity-100"
      >
        {plain ? 'drawn' : 'as it came'}
      </button>
    </div>
  );
}
