import type { FormEventHandler, ReactNode } from 'react';
import { Logo } from '@/components/Logo';
import { Notice } from '@/components/Notice';

/** The frame of every page before the door: one card, one act. */
export function DoorCard({
  title,
  intro,
  problem,
  onSubmit,
  children,
  footer,
}: {
  title: string;
  intro?: ReactNode;
  /** What went wrong at the last try. */
  problem?: string | undefined;
  onSubmit?: () => void;
  children?: ReactNode;
  footer?: ReactNode;
}) {
  const submit: FormEventHandler = (event) => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <main className="relative flex h-full justify-center overflow-y-auto p-5">
      <div aria-hidden className="lightbox pointer-events-none absolute inset-0" />
      <div className="relative my-auto flex w-full max-w-sm flex-col gap-4">
        <form
          onSubmit={submit}
          className="flex flex-col gap-3.5 rounded-xl border border-line bg-surface p-6 shadow-pop"
        >
          <Logo size={34} />
          <div className="mt-1">
            <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
            {intro && <div className="mt-1 text-sm text-ink-2 [overflow-wrap:anywhere]">{intro}</div>}
          </div>
          {problem && <Notice tone="error">{problem.charAt(0).toUpperCase() + problem.slice(1)}</Notice>}
          {children}
        </form>
        {footer && <div className="flex flex-col items-center gap-2 text-sm text-ink-2">{footer}</div>}
      </div>
    </main>
  );
}

/** A quiet way to another page before the door. */
export function DoorLink({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" onClick={onClick} className="rounded font-medium text-accent hover:underline">
      {children}
    </button>
  );
}
