import { CircleCheck, CircleDashed, CircleX, type LucideIcon } from 'lucide-react';
import { cx } from '@/lib/cx';

const MARKS: Record<
  'ok' | 'error' | 'running',
  { icon: LucideIcon; word: string; className: string; soft: string }
> = {
  ok: { icon: CircleCheck, word: 'OK', className: 'text-ok', soft: 'bg-ok-soft' },
  error: { icon: CircleX, word: 'Failed', className: 'text-err', soft: 'bg-err-soft' },
  running: { icon: CircleDashed, word: 'Running', className: 'text-run', soft: 'bg-run-soft' },
};

/** How something went, as icon and word: never by colour alone. */
export function Mark({
  status,
  size = 14,
  look = 'plain',
}: {
  status: 'ok' | 'error' | 'running';
  size?: number;
  look?: 'plain' | 'pill' | 'icon';
}) {
  const { icon: Icon, word, className, soft } = MARKS[status];
  return (
    <span
      className={cx(
        'inline-flex shrink-0 items-center gap-1.5 font-medium whitespace-nowrap',
        className,
        look === 'pill' && cx('rounded-full py-0.5 pr-2.5 pl-2 text-xs', soft),
      )}
      title={look === 'icon' ? word : undefined}
    >
      <Icon
        size={size}
        strokeWidth={2.2}
        aria-hidden
        className={cx(status === 'running' && 'animate-beat')}
      />
      <span className={cx(look === 'icon' && 'sr-only')}>{word}</span>
    </span>
  );
}
