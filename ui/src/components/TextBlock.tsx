import { useEffect, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { bytes } from '@/lib/format';

const HEAD = 6_000;
const TAIL = 1_500;

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
  const cut = !whole && at < 0 && text.length > HEAD + TAIL + 500;
  useEffect(() => {
    if (at >= 0) mark.current?.scrollIntoView({ block: 'center' });
  }, [at]);

  const look = cx('[overflow-wrap:anywhere] whitespace-pre-wrap', className);
  if (at >= 0 && find) {
    return (
      <div dir="auto" className={look}>
        {text.slice(0, at)}
        <mark ref={mark} className="lit animate-found">
          {find}
        </mark>
        {text.slice(at + find.length)}
      </div>
    );
  }
  if (!cut) {
    return (
      <div dir="auto" className={look}>
        {text}
      </div>
    );
  }
  return (
    <div dir="auto" className={look}>
      {text.slice(0, HEAD)}
      <button
        type="button"
        onClick={() => setWhole(true)}
        className="my-2 block w-full rounded-md border border-dashed border-line-strong py-1.5 text-center font-sans text-xs text-ink-2 hover:bg-hover hover:text-ink"
      >
        {bytes(text.length - HEAD - TAIL)} between here, {bytes(text.length)} in all · show everything
      </button>
      {text.slice(-TAIL)}
    </div>
  );
}
