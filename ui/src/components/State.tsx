import { Circle, CircleAlert, CircleCheck, CircleX } from 'lucide-react';
import { cx } from '@/lib/cx';

const LOOKS = {
  ok: { icon: CircleCheck, className: 'text-ok' },
  err: { icon: CircleX, className: 'text-err' },
  warn: { icon: CircleAlert, className: 'text-warn' },
  idle: { icon: Circle, className: 'text-ink-2' },
};

/** A state as a sign and a word, never by colour alone. */
export function State({ word, tone }: { word: string; tone: keyof typeof LOOKS }) {
  const { icon: Icon, className } = LOOKS[tone];
  return (
    <span className={cx('inline-flex shrink-0 items-center gap-1 text-xs font-medium', className)}>
      <Icon size={13} aria-hidden />
      {word}
    </span>
  );
}
