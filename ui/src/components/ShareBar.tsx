import { cx } from '@/lib/cx';

const TONES = { warn: 'bg-warn', err: 'bg-bar-err', accent: 'bg-accent-fill' };

/** A share of one as a thin bar; the number must stand beside it. */
export function ShareBar({ share, tone }: { share: number; tone: keyof typeof TONES }) {
  return (
    <span aria-hidden className="block h-1 w-full overflow-hidden rounded-full bg-line">
      <span
        className={cx('block h-full rounded-full', TONES[tone])}
        style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }}
      />
    </span>
  );
}
