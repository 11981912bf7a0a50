import { CircleAlert, CircleX, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';

const TONES = {
  info: { icon: Info, className: 'bg-run-soft text-run', word: 'Note' },
  warn: { icon: CircleAlert, className: 'bg-warn-soft text-warn', word: 'Attention' },
  error: { icon: CircleX, className: 'bg-err-soft text-err', word: 'Error' },
};

/** Something that went other than expected, said plainly where it matters. */
export function Notice({
  tone,
  children,
  action,
  className,
}: {
  tone: keyof typeof TONES;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  const { icon: Icon, className: look, word } = TONES[tone];
  return (
    <div
      role={tone === 'info' ? 'status' : 'alert'}
      className={cx('flex items-start gap-2 rounded-lg px-3 py-2 text-sm', look, className)}
    >
      <Icon size={15} className="mt-[1.5px] shrink-0" aria-hidden />
      <span className="sr-only">{word}:</span>
      <div className="min-w-0 flex-1 text-ink [overflow-wrap:anywhere]">{children}</div>
      {action}
    </div>
  );
}

/** A page or pane that has nothing to show, and says why. */
export function Blank({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-14 text-center">
      {icon && <div className="mb-1 text-ink-3">{icon}</div>}
      <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
      {children && <div className="text-ink-2">{children}</div>}
      {action && <div className="mt-3 flex gap-2">{action}</div>}
    </div>
  );
}
