import type { ReactNode } from 'react';

/** The title of a page of the settings, what it is about, and its main act. */
export function SectionHead({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0">
        <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
        {children && <p className="mt-0.5 max-w-prose text-sm text-ink-2">{children}</p>}
      </div>
      {action}
    </header>
  );
}
