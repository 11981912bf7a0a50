import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { cx } from '@/lib/cx';
import { useScroll } from './Scroll';

const PIECE = 4_000;

/** Megabytes of text in pieces, of which only those in sight are laid out. Must stand inside a Scroll. */
export function LongText({ text, className }: { text: string; className?: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  const list = useRef<HTMLDivElement>(null);
  const scroll = useScroll(list);
  const virtual = useVirtualizer({
    count: pieces.length,
    getScrollElement: () => scroll.element,
    estimateSize: () => 900,
    scrollMargin: scroll.margin,
    overscan: 2,
  });
  return (
    <div className={cx('[overflow-wrap:anywhere] whitespace-pre-wrap', className)}>
      <div ref={list} dir="auto" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const [from, to] = pieces[item.index] as [number, number];
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - scroll.margin}px)` }}
            >
              {text.slice(from, to)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Cuts at the ends of lines where there are some, and never through a pair of surrogates. */
export function piecesOf(text: string): Array<[number, number]> {
  const out: Array<[number, number]> = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PIECE);
    if (to < text.length) {
      const line = text.lastIndexOf('\n', to);
      if (line > from + PIECE / 2) to = line + 1;
      else if ((text.charCodeAt(to) & 0xfc00) === 0xdc00) to += 1;
    }
    out.push([from, to]);
    from = to;
  }
  return out;
}
