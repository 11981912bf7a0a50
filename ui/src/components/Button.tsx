import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { cx } from '@/lib/cx';
import { Tip } from './Tip';

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> };

const LOOKS = {
  plain: 'border border-line bg-raised text-ink hover:bg-hover hover:border-line-strong',
  quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
  main: 'bg-accent-fill text-on-accent font-semibold hover:brightness-110',
};

export function Button({
  look = 'plain',
  className,
  children,
  ...rest
}: Props & { look?: keyof typeof LOOKS }) {
  return (
    <button
      type="button"
      {...rest}
      className={cx(
        'inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 text-sm font-medium whitespace-nowrap select-none disabled:opacity-50',
        LOOKS[look],
        className,
      )}
    >
      {children}
    </button>
  );
}

/** A button that is only an icon; its name is for screen readers and the tip. */
export function IconButton({
  name,
  keys,
  className,
  children,
  ...rest
}: Props & { name: string; keys?: string; children: ReactNode }) {
  return (
    <Tip text={name} keys={keys}>
      <button
        type="button"
        aria-label={name}
        {...rest}
        className={cx(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink disabled:opacity-50',
          className,
        )}
      >
        {children}
      </button>
    </Tip>
  );
}
