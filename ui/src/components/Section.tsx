import type { ReactNode } from 'react';

/** A titled part of a page; boxed if what is in it has no frame of its own. */
export function Section({
  title,
  note,
  boxed = false,
  id,
  action,
  children,
}: {
  title: string;
  note?: ReactNode;
  boxed?: boolean;
  id?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={title}
      id={id}
      className={boxed ? 'min-w-0 rounded-lg border border-line bg-surface p-4' : 'min-w-0'}
    >
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <h2 className="text-sm font-semibold">{title}</h2>
        {note && <p className="num text-xs text-ink-3">{note}</p>}
        {action && <span className="ml-auto text-xs">{action}</span>}
      </div>
      {children}
    </section>
  );
}
