import type { RefObject } from 'react';

/** A bar between two panes that is dragged or moved by arrow keys. Places are shares of the box. */
export function Divider({
  name,
  box,
  at,
  min,
  max,
  onMove,
}: {
  name: string;
  box: RefObject<HTMLElement | null>;
  at: number;
  min: number;
  max: number;
  onMove: (to: number) => void;
}) {
  const move = (to: number): void => onMove(Math.min(max, Math.max(min, to)));
  return (
    <div
      role="separator"
      aria-label={name}
      aria-orientation="vertical"
      aria-valuenow={Math.round(at * 100)}
      aria-valuemin={Math.round(min * 100)}
      aria-valuemax={Math.round(max * 100)}
      tabIndex={0}
      onKeyDown={(e) => {
        const step = e.key === 'ArrowLeft' ? -0.03 : e.key === 'ArrowRight' ? 0.03 : 0;
        if (step !== 0) {
          e.preventDefault();
          e.stopPropagation();
          move(at + step);
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
  );
}
