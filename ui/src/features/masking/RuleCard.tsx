import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react';
import { IconButton } from '@/components/Button';
import { Field, FieldError } from '@/components/form/Field';
import { Select, TextArea, TextInput } from '@/components/form/inputs';
import { ACTIONS, FINDS, PRESETS, type RuleDraft } from './rules';

/** One masking rule: what it looks for, where, and what becomes of it. */
export function RuleCard({
  rule,
  place,
  count,
  at,
  onChange,
  onMove,
  onRemove,
}: {
  rule: RuleDraft;
  /** From 0. */
  place: number;
  count: number;
  /** What is wrong with a part of this rule: `/pattern`. */
  at: (part: string) => string | undefined;
  onChange: (part: Partial<RuleDraft>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}) {
  const preset = PRESETS.find(({ value }) => value === rule.find);
  const title = rule.name || preset?.value || `rule ${place + 1}`;
  const parts = ['/name', '/pattern', '/fields', '/action'];
  const unplaced = parts.some((part) => at(part)) ? undefined : at('');
  return (
    <li className="rounded-lg border border-line bg-surface has-aria-invalid:border-err">
      <div className="flex items-center gap-1 border-b border-line py-1 pr-1 pl-3">
        <span className="num mr-1 text-xs text-ink-3">{place + 1}</span>
        <h3 className="mono min-w-0 flex-1 truncate">
          <bdi>{title}</bdi>
        </h3>
        <IconButton name={`Move ${title} up`} disabled={place === 0} onClick={() => onMove(place - 1)}>
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton
          name={`Move ${title} down`}
          disabled={place === count - 1}
          onClick={() => onMove(place + 1)}
        >
          <ArrowDown size={14} aria-hidden />
        </IconButton>
        <IconButton name={`Delete ${title}`} onClick={onRemove} className="hover:text-err">
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </div>
      <div className="grid grid-cols-3 gap-x-3 gap-y-2.5 p-3 max-sm:grid-cols-1">
        <Field label="Find" hint={preset?.hint}>
          {(control) => (
            <Select {...control} options={FINDS} value={rule.find} onChange={(find) => onChange({ find })} />
          )}
        </Field>
        <Field label="Then" error={at('/action')}>
          {(control) => (
            <Select
              {...control}
              options={ACTIONS}
              value={rule.action}
              onChange={(action) => onChange({ action })}
            />
          )}
        </Field>
        <Field label="Name in the marker" error={at('/name')}>
          {(control) => (
            <TextInput
              {...control}
              value={rule.name}
              placeholder={preset?.value}
              maxLength={40}
              onChange={(e) => onChange({ name: e.target.value })}
              className="font-mono"
            />
          )}
        </Field>
        {rule.find === 'pattern' && (
          <Field
            label="Pattern"
            className="col-span-full"
            error={at('/pattern')}
            hint="RE2 syntax. It sees each text and number by itself, without quotation marks."
          >
            {(control) => (
              <TextInput
                {...control}
                value={rule.pattern}
                placeholder="\b\d{3}-\d{2}-\d{4}\b"
                onChange={(e) => onChange({ pattern: e.target.value })}
                className="font-mono"
              />
            )}
          </Field>
        )}
        <Field
          label={rule.find === 'fields' ? 'Fields' : 'Only within fields'}
          className="col-span-full"
          error={at('/fields')}
          hint={
            <>
              One a line{rule.find === 'fields' ? '' : '; none: everywhere'}. <code>password</code> anywhere,{' '}
              <code>user/email</code> in a user, <code>/xray.input/user/email</code> exactly there.
            </>
          }
        >
          {(control) => (
            <TextArea
              {...control}
              rows={Math.min(6, Math.max(1, rule.fields.split('\n').length))}
              value={rule.fields}
              onChange={(e) => onChange({ fields: e.target.value })}
              className="min-h-8 font-mono"
            />
          )}
        </Field>
        {unplaced && (
          <div className="col-span-full">
            <FieldError>{unplaced}</FieldError>
          </div>
        )}
      </div>
    </li>
  );
}
