import { type FormEvent, useState } from 'react';
import type { NewWebhook, Webhook } from '@/api/types';
import { Button } from '@/components/Button';
import { Choice } from '@/components/Choice';
import { TextField } from '@/components/Field';
import { Notice } from '@/components/Notice';
import { Tick } from '@/components/Tick';
import { EVENTS, KINDS } from './words';

/** Where a webhook leads and what it is told. */
export function HookForm({
  hook,
  error,
  busy,
  onSave,
  onCancel,
}: {
  /** The one that is changed; undefined makes a new one. */
  hook: Webhook | undefined;
  error: Error | null;
  busy: boolean;
  onSave: (hook: NewWebhook) => void;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState<NewWebhook>(() =>
    hook
      ? { ...hook, to: hook.to ?? [] }
      : { name: '', kind: 'webhook', url: '', to: [], events: ['execution.failed'], query: '' },
  );
  const set = (change: Partial<NewWebhook>): void => setDraft({ ...draft, ...change });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { name, kind, url, to, events, query, paused } = draft;
    onSave({ name, kind, events, query, paused, ...(kind === 'email' ? { to } : { url }) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <TextField
          label="Name"
          required
          maxLength={100}
          value={draft.name}
          onChange={(e) => set({ name: e.target.value })}
        />
        <Choice
          label="Kind"
          disabled={!!hook}
          options={KINDS}
          value={draft.kind}
          onChange={(kind) => set({ kind })}
        />
      </div>
      {draft.kind === 'email' ? (
        <TextField
          label="To"
          hint="Addresses, separated by commas."
          required
          value={(draft.to ?? []).join(', ')}
          onChange={(e) => set({ to: e.target.value.split(',').map((s) => s.trimStart()) })}
        />
      ) : (
        <TextField
          label="URL"
          hint={hook?.kind === 'slack' ? 'Shown without its secret; leave it to keep it.' : undefined}
          required
          type="text"
          inputMode="url"
          placeholder="https://example.com/hooks/xray"
          value={draft.url ?? ''}
          onChange={(e) => set({ url: e.target.value })}
        />
      )}
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 text-sm font-medium">Is told when</legend>
        {EVENTS.map(({ value, label }) => (
          <Tick
            key={value}
            label={label}
            checked={draft.events.includes(value)}
            onChange={(on) =>
              set({ events: on ? [...draft.events, value] : draft.events.filter((e) => e !== value) })
            }
          />
        ))}
      </fieldset>
      <TextField
        label="Only executions that match"
        hint="A query, as in the list of executions. Alerts are told whatever it says."
        className="font-mono"
        placeholder="status:error cost:>0.05"
        value={draft.query ?? ''}
        onChange={(e) => set({ query: e.target.value })}
      />
      {hook && <Tick label="Paused" checked={!!draft.paused} onChange={(paused) => set({ paused })} />}
      {error && <Notice tone="error">{error.message}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="main" type="submit" disabled={busy}>
          {hook ? 'Save' : 'Create webhook'}
        </Button>
      </div>
    </form>
  );
}
