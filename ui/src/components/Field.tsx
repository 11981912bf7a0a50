import { Eye, EyeOff } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId, useState } from 'react';
import { cx } from '@/lib/cx';

const BOX =
  'h-9 w-full rounded-md border border-line-strong bg-canvas px-2.5 font-normal text-ink disabled:opacity-60';

interface Common {
  label: string;
  /** Below the field: what is expected, or what follows. */
  hint?: ReactNode;
}

/** A named field of a form. */
export function TextField({
  label,
  hint,
  className,
  ...input
}: Common & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1 text-sm">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...input}
        className={cx(BOX, className)}
      />
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

/** A field for a secret, which can be looked at. */
export function PasswordField({ label, hint, ...input }: Common & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          type={shown ? 'text' : 'password'}
          spellCheck={false}
          autoCapitalize="off"
          aria-describedby={hint ? `${id}-hint` : undefined}
          {...input}
          className={cx(BOX, 'pr-10')}
        />
        <button
          type="button"
          aria-label="Show what is typed"
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 right-0 inline-flex w-9 items-center justify-center rounded-md text-ink-3 hover:text-ink"
        >
          <Icon size={15} aria-hidden />
        </button>
      </div>
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

/** One of a few choices. */
export function SelectField({
  label,
  hint,
  children,
  className,
  ...select
}: Common & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1 text-sm">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...select}
        className={cx(BOX, className)}
      >
        {children}
      </select>
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

function Hint({ id, children }: { id: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <p id={`${id}-hint`} className="text-xs text-ink-3">
      {children}
    </p>
  );
}
