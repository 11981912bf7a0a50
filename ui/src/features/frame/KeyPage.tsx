import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { Logo } from '@/components/Logo';
import { Notice } from '@/components/Notice';

/** Asks for an API key when the server wants one. */
export function KeyPage({
  refused,
  onKey,
}: {
  /** Why the key that was given did not do. */
  refused: string | undefined;
  onKey: (key: string, remember: boolean) => void;
}) {
  const [key, setKey] = useState('');
  const [remember, setRemember] = useState(false);
  return (
    <main className="relative flex h-full items-center justify-center overflow-y-auto p-5">
      <div aria-hidden className="lightbox pointer-events-none absolute inset-0" />
      <form
        className="relative flex w-full max-w-sm flex-col gap-3 rounded-xl border border-line bg-surface p-6 shadow-pop"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim()) onKey(key.trim(), remember);
        }}
      >
        <Logo size={34} />
        <h1 className="mt-2 text-lg font-semibold tracking-tight">This server asks for an API key</h1>
        <p className="text-sm text-ink-2">
          A key with the scope read or admin. Whoever runs the server makes one with{' '}
          <code className="mono text-ink">xray key create --project NAME --scope read</code>
        </p>
        {refused && <Notice tone="error">{refused}</Notice>}
        <label className="flex flex-col gap-1 text-sm font-medium">
          API key
          <input
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={key}
            onChange={(e) => setKey(e.target.value)}
            placeholder="xray_…"
            className="h-9 rounded-md border border-line-strong bg-canvas px-2.5 font-mono font-normal"
          />
        </label>
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
      </form>
    </main>
  );
}
