import { type ReactNode, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { Divider } from './Divider';

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
    setShare(to);
    try {
      localStorage.setItem(KEY, String(to));
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
      <Divider name="Width of the panes" box={box} at={share} min={MIN} max={MAX} onMove={move} />
      <div className={cx('flex min-w-0 flex-1 flex-col', !over && 'max-lg:hidden')}>{right}</div>
    </div>
  );
}
