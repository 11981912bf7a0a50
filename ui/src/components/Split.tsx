import { type ReactNode, useRef, useState } from 'react';
import { cx } from '@/lib/cx';

const KEY = 'xray.split';
const MIN = 0.28;
const MAX = 0.72;

function remembered(): number {
  try {
    const n = Number(localStorage.getItem(KEY));
    return n >= MIN && n <= MAX ? n : 0.55;
  } catch {
    return 0.55;
  }
}

/**
 * Two panes with a bar between that can be dragged or moved by arrow keys. On
 * a narrow screen only one is seen: the right one covers the left when `over`.
 */
export function Split({ left, right, over }: { left: ReactNode; right: ReactNode; over: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(remembered);
  const move = (to: number): void => {
    const next = Math.min(MAX, Math.max(MIN, to));
    setShare(next);
    try {
      localStorage.setItem(KEY, String(next));
    } catch {
      // not remembered then
    }
  };
  return (
    <div ref={box} className="relative flex min-h-0 flex-1">
      <div
        className={cx('flex min-w-0 flex-col max-lg:w-full!', over && 'max-lg:hidden')}
        style={{ width: `${share * 100}%` }}
      >
        {left}
      </div>
      <div
        role="separator"
        aria-label="Width of the panes"
        aria-orientation="vertical"
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={MIN * 100}
        aria-valuemax={MAX * 100}
        tabIndex={0}
        onKeyDown={(e) => {
          const step = e.key === 'ArrowLeft' ? -0.03 : e.key === 'ArrowRight' ? 0.03 : 0;
          if (step !== 0) {
            e.preventDefault();
            e.stopPropagation();
            move(share + step);
          }
        }}
        onPointerDown={(e) => e.currentTarget.setPointerCapture(e.pointerId)}
        onPointerMove={(e) => {
          const area = box.current?.getBoundingClientRect();
          if (area && e.currentTarget.hasPointerCapture(e.pointerId))
            move((e.clientX - area.left) / area.width);
        }}
        className="group relative z-10 w-px shrink-0 cursor-col-resize touch-none bg-line outline-none before:absolute before:inset-y-0 before:-left-1.5 before:w-3 hover:bg-accent-fill focus-visible:bg-accent-fill focus-visible:shadow-[0_0_0_1px_var(--accent-fill)] max-lg:hidden"
      />
      <div className={cx('flex min-w-0 flex-1 flex-col', !over && 'max-lg:hidden')}>{right}</div>
    </div>
  );
}
