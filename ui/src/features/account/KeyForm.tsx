import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { PasswordField } from '@/components/Field';
import { Notice } from '@/components/Notice';
import { DoorCard, DoorLink } from './DoorCard';

/** Asks for an API key. */
export function KeyForm({
  refused,
  setup,
  onKey,
  onLogin,
}: {
  /** Why the key that was given did not do. */
  refused: string | undefined;
  /** Nobody can sign in yet. */
  setup: boolean;
  onKey: (key: string, remember: boolean) => void;
  /** Absent where nobody can sign in. */
  onLogin: (() => void) | undefined;
}) {
  const [key, setKey] = useState('');
  const [remember, setRemember] = useState(false);
  return (
    <DoorCard
      title="This server asks for an API key"
      intro={
        <>
          A key with the scope read or admin. Whoever runs the server makes one with{' '}
          <code className="mono text-ink">xray key create --project NAME --scope read</code>
        </>
      }
      problem={refused}
      onSubmit={() => key.trim() && onKey(key.trim(), remember)}
      footer={onLogin && <DoorLink onClick={onLogin}>Sign in instead</DoorLink>}
    >
      {setup && (
        <Notice tone="info">
          Nobody can sign in yet. The link that makes the first owner is in the server’s log, printed when it
          started.
        </Notice>
      )}
      <PasswordField
        label="API key"
        autoComplete="off"
        value={key}
        onChange={(e) => setKey(e.target.value)}
        placeholder="xray_…"
      />
      <label className="flex items-center gap-2 text-sm text-ink-2">
        <input
          type="checkbox"
          checked={remember}
          onChange={(e) => setRemember(e.target.checked)}
          className="accent-accent-fill"
        />
        Remember it on this device
      </label>
      <Button type="submit" look="main" className="h-9" disabled={key.trim() === ''}>
        <KeyRound size={14} aria-hidden />
        Continue
      </Button>
      <p className="text-xs text-ink-3">It is kept in this browser only and sent to this server only.</p>
    </DoorCard>
  );
}
