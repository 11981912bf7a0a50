import { useEffect, useMemo, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { bytes } from '@/lib/format';
import { LongText } from './LongText';

const HEAD = 6_000;
const TAIL = 1_500;
/** More text than this in one element would hold the page while it is laid out. */
const MOST_AT_ONCE = 60_000;

/**
 * Text as it is: never HTML, never links. A long one shows its head and tail;
 * `find` is a part to light and scroll to.
 */
export function TextBlock({
  text,
  find,
  className,
}: {
  text: string;
  find?: string | undefined;
  className?: string;
}) {
  const [whole, setWhole] = useState(false);
  const mark = useRef<HTMLElement>(null);
  const at = find ? text.indexOf(find) : -1;
  const cut = !whole && text.length > HEAD + TAIL + 500 && (at < 0 || text.length > MOST_AT_ONCE);
  useEffect(() => {
    if (at >= 0) mark.current?.scrollIntoView({ block: 'center' });
  }, [at]);
  const around = useMemo(() => excerpt(text, at, find?.length ?? 0), [text, at, find]);

  const look = cx('[overflow-wrap:anywhere] whitespace-pre-wrap', className);
  const more = (left: number) => (
    <button
      type="button"
      onClick={() => setWhole(true)}
      className="my-2 block w-full rounded-md border border-dashed border-line-strong py-1.5 text-center font-sans text-xs text-ink-2 hover:bg-hover hover:text-ink"
    >
      {bytes(left)} left out, {bytes(text.length)} in all · show everything
    </button>
  );
  if (at >= 0 && find && (cut || text.length <= MOST_AT_ONCE)) {
    return (
      <div dir="auto" className={look}>
        {cut && around.from > 0 && more(around.from)}
        {text.slice(cut ? around.from : 0, at)}
        <mark ref={mark} className="lit animate-found">
          {find}
        </mark>
        {text.slice(at + find.length, cut ? around.to : undefined)}
        {cut && around.to < text.length && more(text.length - around.to)}
      </div>
    );
  }
  if (!cut) {
    if (text.length > MOST_AT_ONCE) return <LongText text={text} {...(className ? { className } : {})} />;
    return (
      <div dir="auto" className={look}>
        {text}
      </div>
    );
  }
  return (
    <div dir="auto" className={look}>
      {text.slice(0, HEAD)}
      {more(text.length - HEAD - TAIL)}
      {text.slice(-TAIL)}
    </div>
  );
}

/** What is shown around a lit part of a text that is too long to show. */
function excerpt(text: string, at: number, length: number): { from: number; to: number } {
  return { from: Math.max(0, at - HEAD / 2), to: Math.min(text.length, at + length + HEAD / 2) };
}
