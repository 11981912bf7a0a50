import { useState } from 'react';
import type { Key, NewKey } from '@/api/types';
import { Button } from '@/components/Button';
import { Field, FieldError } from '@/components/form/Field';
import { RadioCards, Select, TextInput } from '@/components/form/inputs';
import { EXPIRIES, expiryAt, OVERLAPS, overlapUntil, SCOPES } from './keys';

interface FormProps {
  busy: boolean;
  error: string | undefined;
  onCancel: () => void;
}

/** Makes a key. */
export function NewKeyForm({
  busy,
  error,
  onCancel,
  onCreate,
}: FormProps & { onCreate: (key: NewKey) => void }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<NewKey['scope']>('ingest');
  const [days, setDays] = useState<string>('');
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const expiresAt = expiryAt(days, Date.now());
        onCreate({ name: name.trim(), scope, ...(expiresAt && { expiresAt }) });
      }}
    >
      <Field label="Name" hint="Who or what uses it: checkout in production.">
        {(control) => (
          <TextInput {...control} value={name} maxLength={100} onChange={(e) => setName(e.target.value)} />
        )}
      </Field>
      <RadioCards legend="It may" name="scope" options={SCOPES} value={scope} onChange={setScope} />
      <Field label="It ends">
        {(control) => (
          <Select {...control} options={EXPIRIES} value={days} onChange={setDays} className="max-w-48" />
        )}
      </Field>
      <Foot busy={busy} error={error} onCancel={onCancel} label="Make key" />
    </form>
  );
}

/** Gives a key a new secret, while the old one goes on for a while. */
export function RotateForm({
  keyOf,
  busy,
  error,
  onCancel,
  onRotate,
}: FormProps & { keyOf: Key; onRotate: (oldWorksUntil: string) => void }) {
  const [days, setDays] = useState<string>('1');
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onRotate(overlapUntil(days, Date.now()));
      }}
    >
      <p className="text-sm text-ink-2">
        A new secret takes over from <bdi className="font-medium text-ink">{keyOf.name || keyOf.prefix}</bdi>{' '}
        with the same name, scope and limits.
      </p>
      <Field label="The old secret works on" hint="Long enough to bring the new one everywhere.">
        {(control) => (
          <Select {...control} options={OVERLAPS} value={days} onChange={setDays} className="max-w-48" />
        )}
      </Field>
      <Foot busy={busy} error={error} onCancel={onCancel} label="Make new secret" />
    </form>
  );
}

/** Asks before a key ends for good. */
export function RevokeForm({
  keyOf,
  busy,
  error,
  onCancel,
  onRevoke,
}: FormProps & { keyOf: Key; onRevoke: () => void }) {
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onRevoke();
      }}
    >
      <p className="text-sm text-ink-2">
        Whoever uses <bdi className="font-medium text-ink">{keyOf.name || keyOf.prefix}</bdi> is refused
        within seconds. This cannot be undone.
      </p>
      <Foot busy={busy} error={error} onCancel={onCancel} label="Revoke for good" />
    </form>
  );
}

function Foot({ busy, error, onCancel, label }: FormProps & { label: string }) {
  return (
    <>
      {error && <FieldError>{error}</FieldError>}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="main" disabled={busy}>
          {label}
        </Button>
      </div>
    </>
  );
}
