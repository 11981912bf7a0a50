import { cx } from '@/lib/cx';

/** Where something will stand; the widths vary so that it looks like text. */
export function Skeleton({ lines = 3, className }: { lines?: number; className?: string }) {
  return (
    <div className={cx('flex flex-col gap-2.5', className)} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: all alike
          key={i}
          className="h-3 animate-beat rounded bg-line"
          style={{ width: `${[92, 64, 78, 48, 85, 57][i % 6]}%` }}
        />
      ))}
    </div>
  );
}
