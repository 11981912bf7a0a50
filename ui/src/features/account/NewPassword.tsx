import { PasswordField } from '@/components/Field';

export const MIN_PASSWORD = 15;

/** A password that somebody chooses; the server has the last word. */
export function NewPassword({
  label = 'Password',
  value,
  onChange,
}: {
  label?: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const length = [...value].length;
  return (
    <PasswordField
      label={label}
      autoComplete="new-password"
      required
      value={value}
      onChange={(e) => onChange(e.target.value)}
      hint={
        length > 0 && length < MIN_PASSWORD
          ? `${MIN_PASSWORD - length} more ${MIN_PASSWORD - length === 1 ? 'character' : 'characters'}.`
          : `${MIN_PASSWORD} characters or more; a sentence is easy to keep in mind.`
      }
    />
  );
}
