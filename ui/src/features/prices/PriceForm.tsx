import { type FormEvent, useState } from 'react';
import type { ModelPrice, OwnPrice } from '@/api/types';
import { Button } from '@/components/Button';
import { Field, FieldError } from '@/components/form/Field';
import { NumberInput, TextInput } from '@/components/form/inputs';
import { type PriceDraft, toDraft, toPrice } from './price';

/** A price of the project's own, for a model of the list or one that no table knows. */
export function PriceForm({
  price,
  saving,
  error,
  onSave,
  onCancel,
}: {
  /** The one to begin with; absent for a model of any name. */
  price: ModelPrice | undefined;
  saving: boolean;
  error: { message: string; field?: string | undefined } | undefined;
  onSave: (price: OwnPrice) => void;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState<PriceDraft>(() => toDraft(price));
  const [wrong, setWrong] = useState<string>();
  const set = (part: Partial<PriceDraft>): void => {
    setWrong(undefined);
    setDraft({ ...draft, ...part });
  };
  const at = (field: string): string | undefined =>
    wrong === field ? 'This is no number.' : error?.field === field ? error.message : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const made = toPrice(draft);
    if ('wrong' in made) setWrong(made.wrong);
    else onSave(made);
  };
  const usd = (name: 'input' | 'output' | 'cacheRead' | 'cacheWrite', label: string, hint?: string) => (
    <Field label={label} error={at(`/${name}`)} hint={hint}>
      {(control) => (
        <NumberInput
          {...control}
          unit="US$"
          value={draft[name]}
          onChange={(e) => set({ [name]: e.target.value })}
        />
      )}
    </Field>
  );
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <p className="text-sm text-ink-2">
        For a million tokens, for what arrives from now on. What is stored keeps its cost until{' '}
        <code className="mono text-ink">xray reindex</code>.
      </p>
      <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
        <Field label="Provider" error={at('/provider')}>
          {(control) => (
            <TextInput
              {...control}
              value={draft.provider}
              readOnly={price !== undefined}
              onChange={(e) => set({ provider: e.target.value })}
              placeholder="openai"
            />
          )}
        </Field>
        <Field
          label="Model"
          error={at('/model')}
          hint={
            price ? 'With all the names that this model has.' : 'A * at the end stands for all that begin so.'
          }
        >
          {(control) => (
            <TextInput
              {...control}
              value={draft.model}
              readOnly={price !== undefined}
              onChange={(e) => set({ model: e.target.value })}
              placeholder="our-model-*"
              className="font-mono"
            />
          )}
        </Field>
        {usd('input', 'Input')}
        {usd('output', 'Output')}
        {usd('cacheRead', 'Read from the cache', 'Empty: as input.')}
        {usd('cacheWrite', 'Written to the cache', 'Empty: as input.')}
        <Field
          label="From which day on (UTC)"
          error={at('/from')}
          hint="Until then, what held before. Empty: for all times."
          className="col-span-full"
        >
          {(control) => (
            <TextInput
              {...control}
              type="date"
              value={draft.from}
              onChange={(e) => set({ from: e.target.value })}
              className="max-w-44"
            />
          )}
        </Field>
      </div>
      {error && !error.field && <FieldError>{error.message}</FieldError>}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="main" disabled={saving}>
          {saving ? 'Saving…' : 'Save price'}
        </Button>
      </div>
    </form>
  );
}
