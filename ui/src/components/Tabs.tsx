import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';

export interface Tab<T extends string> {
  value: T;
  label: string;
  /** Small and grey behind the label: a count or a size. */
  note?: string;
  disabled?: boolean;
}

/** A row of tabs; the panels are `TabPanel`s inside `children`. */
export function Tabs<T extends string>({
  label,
  tabs,
  value,
  onChange,
  end,
  className,
  children,
}: {
  label: string;
  tabs: ReadonlyArray<Tab<T>>;
  value: T;
  onChange: (value: T) => void;
  end?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Radix.Root value={value} onValueChange={(v) => onChange(v as T)} activationMode="manual">
      <div className={cx('flex items-center gap-2 border-b border-line', className)}>
        <Radix.List aria-label={label} className="flex min-w-0 flex-1 gap-0.5 overflow-x-auto">
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.value}
              value={tab.value}
              disabled={tab.disabled ?? false}
              className="relative flex h-9 shrink-0 items-center gap-1.5 px-2.5 text-sm font-medium text-ink-2 after:absolute after:inset-x-2 after:-bottom-px after:h-0.5 after:rounded-full hover:text-ink focus-visible:-outline-offset-2 disabled:text-ink-3 disabled:hover:text-ink-3 data-[state=active]:text-ink data-[state=active]:after:bg-accent-fill"
            >
              {tab.label}
              {tab.note && <span className="num text-xs font-normal text-ink-3">{tab.note}</span>}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {end}
      </div>
      {children}
    </Radix.Root>
  );
}

export function TabPanel({
  value,
  children,
  className,
}: {
  value: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <Radix.Content value={value} className={cx('focus-visible:-outline-offset-2', className)}>
      {children}
    </Radix.Content>
  );
}
