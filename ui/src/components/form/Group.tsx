import { type ReactNode, useId } from 'react';

/** Fields that belong together, under a heading. */
export function Group({
  title,
  about,
  action,
  children,
}: {
  title: string;
  about?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mb-7">
      <div className="mb-2.5 flex flex-wrap items-end justify-between gap-x-3 gap-y-1">
        <div className="min-w-0">
          <h2 id={id} className="text-base font-semibold tracking-tight">
            {title}
          </h2>
          {about && <p className="mt-0.5 max-w-prose text-sm text-ink-2">{about}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
