import { Field } from '@/components/form/Field';
import { NumberInput } from '@/components/form/inputs';
import { LIMITS, type LimitsDraft } from './limits';

/** The limits of a project or a key. */
export function LimitFields({
  limits,
  at,
  onChange,
}: {
  limits: LimitsDraft;
  /** What is wrong with one of them. */
  at: (name: string) => string | undefined;
  onChange: (part: Partial<LimitsDraft>) => void;
}) {
  return (
    <div className="grid grid-cols-3 gap-x-4 gap-y-3 max-lg:grid-cols-2 max-sm:grid-cols-1">
      {LIMITS.map(({ name, label, unit, hint }) => (
        <Field key={name} label={label} error={at(name)} hint={hint ?? 'Empty: no limit.'}>
          {(control) => (
            <NumberInput
              {...control}
              unit={unit}
              value={limits[name]}
              onChange={(e) => onChange({ [name]: e.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
