import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { cx } from '@/lib/cx';

const LOOK =
  'min-w-0 rounded-md border border-line-strong bg-canvas px-2.5 text-sm text-ink disabled:bg-sunken disabled:text-ink-2 aria-invalid:border-err';

export function TextInput({
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return (
    <input
      type="text"
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={cx('h-8 w-full', LOOK, className)}
    />
  );
}

export function TextArea({
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea spellCheck={false} {...rest} className={cx('w-full py-1.5', LOOK, className)} />;
}

/** A number with the unit behind it. Its value is text until it is read: half a number is no error yet. */
export function NumberInput({
  unit,
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { unit?: string }) {
  return (
    <span className={cx('flex items-center gap-2', className)}>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        {...rest}
        className={cx('num h-8 w-full max-w-32', LOOK)}
      />
      {unit && <span className="shrink-0 text-sm text-ink-2">{unit}</span>}
    </span>
  );
}

/** The browser's own list: it is known to every keyboard, reader and phone. */
export function Select<T extends string>({
  options,
  value,
  onChange,
  className,
  ...rest
}: Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange' | 'value'> & {
  options: ReadonlyArray<{ value: T; label: string }>;
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <select
      {...rest}
      value={value}
      onChange={(event) => onChange(event.target.value as T)}
      className={cx('h-8 w-full', LOOK, 'px-2', className)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function Check({
  label,
  hint,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { label: ReactNode; hint?: ReactNode }) {
  const id = useId();
  return (
    <label className="flex items-start gap-2 text-sm">
      <input
        type="checkbox"
        aria-labelledby={`${id}-label`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...rest}
        className="mt-[3px] shrink-0 accent-accent-fill"
      />
      <span className="min-w-0">
        <span id={`${id}-label`}>{label}</span>
        {hint && (
          <span id={`${id}-hint`} className="block text-xs text-ink-3">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

/** One of a few, each with a sentence of its own. */
export function RadioCards<T extends string>({
  legend,
  name,
  options,
  value,
  onChange,
  disabled,
}: {
  legend: string;
  name: string;
  options: ReadonlyArray<{ value: T; label: string; hint: string }>;
  value: T;
  onChange: (value: T) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <fieldset disabled={disabled} className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <div className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
        {options.map((option) => (
          <label
            key={option.value}
            className={cx(
              'flex items-start gap-2.5 px-3 py-2 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-ring',
              option.value === value ? 'bg-accent-soft' : !disabled && 'cursor-pointer hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              aria-labelledby={`${id}-${option.value}`}
              aria-describedby={`${id}-${option.value}-hint`}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="mt-[3px] shrink-0 accent-accent-fill outline-none"
            />
            <span className="min-w-0">
              <span id={`${id}-${option.value}`} className="block text-sm font-medium">
                {option.label}
              </span>
              <span id={`${id}-${option.value}-hint`} className="block text-xs text-ink-2">
                {option.hint}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
